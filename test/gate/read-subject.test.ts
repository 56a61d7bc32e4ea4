import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { judgedObject } from '../../src/gate/judged-object.ts';
import { readSubject } from '../../src/gate/read-subject.ts';

const image = `registry.example/web@sha256:${'a'.repeat(64)}`;
const web: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { containers: [{ name: 'web', image }] } } },
};
const config: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'x' } };

test('manifests are judged by the digest of what would be applied, and name their images', () => {
  expect(readSubject([web, config], 'team')).toMatchObject({
    ok: true,
    subject: {
      kind: 'Objects',
      name: 'team/web, x/web',
      objects: [judgedObject(web, 'team'), judgedObject(config, 'team')].toSorted((a, b) =>
        a.digest < b.digest ? -1 : 1,
      ),
      images: [{ name: image, digest: `sha256:${'a'.repeat(64)}` }],
    },
    manifests: [web, config],
  });
});

test('an object with its digest stands for the manifest it was made of', () => {
  const judged = judgedObject(web, 'team');
  const [byDigest, byManifest] = [readSubject({ ...judged, more: 1 }, 'other'), readSubject(config, 'x')];
  expect(byDigest).toMatchObject({ subject: { kind: 'Deployment', objects: [judged] }, manifests: [] });
  expect(byManifest).toMatchObject({ subject: { kind: 'ConfigMap', name: 'x/web' } });
});

test('a name judges nothing that could be applied', () => {
  expect(readSubject('release 1', 'team')).toMatchObject({
    subject: { kind: 'Name', name: 'release 1', objects: [] },
  });
});

test.each<readonly [string, Json]>([
  ['nothing', null],
  ['an empty name', ' '],
  ['an empty list', []],
  ['a number', 1],
  ['an object without a name', { apiVersion: 'v1', kind: 'Pod', metadata: {} }],
  ['a digest that is none', { ...judgedObject(web, 'team'), digest: 'sha256:abc' }],
  ['one of several', ['x', {}]],
])('%s is no subject', (_name, value) => {
  expect(readSubject(value, 'team')).toMatchObject({ ok: false });
});
