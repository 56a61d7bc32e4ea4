import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { perform, testContext } from './context.ts';
import { fakeCluster } from './fake-cluster.ts';

const pod: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'team', resourceVersion: '7' },
  spec: {
    containers: [
      { name: 'web', image: 'nginx:1.26', env: [{ name: 'A', value: '1' }], args: ['-a', '-b'] },
      { name: 'log', image: 'logger:1' },
    ],
    nodeName: 'here',
  },
};
const change: JsonObject = {
  spec: {
    nodeName: null,
    containers: [
      { name: 'web', image: 'nginx:1.27', env: [{ name: 'B', value: '2' }], args: ['-c'] },
      { name: 'new', image: 'new:1' },
    ],
  },
};
const merged = [
  {
    name: 'web',
    image: 'nginx:1.27',
    env: [
      { name: 'A', value: '1' },
      { name: 'B', value: '2' },
    ],
    args: ['-c'],
  },
  { name: 'log', image: 'logger:1' },
  { name: 'new', image: 'new:1' },
];

test('patch-k8s-object merges what has names and replaces what has none', async () => {
  const outcome = await perform('patch-k8s-object', { value: pod, patch: change }, testContext());
  expect(outcome).toEqual({
    kind: 'ok',
    result: { result: { ...pod, spec: { containers: merged } } },
  });
});

test.each<[string, JsonObject, unknown]>([
  ['merge', { lists: 'merge' }, merged],
  ['replace, as JSON merge patch does', {}, (change['spec'] as JsonObject)['containers']],
])('lists of a patch: %s', async (_what, lists, containers) => {
  const cluster = fakeCluster();
  cluster.seed(pod);
  const context = testContext({ clusters: { '': cluster } });
  const outcome = await perform('patch', { value: pod, patch: change, ...lists }, context);
  expect(outcome).toMatchObject({ kind: 'ok', result: { result: { spec: { containers } } } });
});
