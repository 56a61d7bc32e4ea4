import { afterAll, beforeAll, expect, test } from 'vitest';
import { viewOfObject } from '../../src/store/cluster/run-view.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { exitCodeOfRun } from '../../src/cli/exit-code.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { phases, Runs } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
let runs: Runs;
let controller: TestController;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  controller = await startTestController(api);
});

afterAll(async () => {
  await controller.stop();
  await api.close();
});

const app = '{apiVersion: v1, kind: ConfigMap, metadata: {name: app}, data: {color: green}}';

/** Tries an object, judges it by a latency of at most 10, and deploys whatever happens. */
function release(latency: number, between = '', deployed = app): string {
  return `
- name: try
  type: apply-object
  properties: {value: ${app}}
  outputs: [{name: app, valueFrom: apply.subject}]
- name: quality
  type: gate
  inputs: [{from: app, parameterKey: subject}]
  properties:
    values: {latency: ${latency}}
    onInconclusive: block
    objectives: [{id: fast, value: {cue: values.latency}, pass: {op: "<=", value: 10}}]
${between}
- name: deploy
  type: apply-object
  if: always
  requires: [quality]
  properties: {value: ${deployed}}`;
}

async function shown(name: string) {
  const object = (await api.do('GET', runs.path(name))) as unknown as KubeObject;
  const view = viewOfObject(object);
  const ref = { namespace: runs.namespace, name };
  const code = exitCodeOfRun({ ref, view, object: {}, end: 'finished' }, undefined);
  return { view, code, status: (await runs.get(name)).status };
}

test('a verdict, and what it opened, stand in the status', async () => {
  await runs.create('opened', release(5));
  expect(phases(await runs.untilFinished('opened'))).toEqual([
    'try succeeded',
    'quality succeeded',
    'deploy succeeded',
  ]);
  const { view, code, status } = await shown('opened');
  expect(view.steps[1]?.notes).toMatchObject({
    verdict: { gate: 'quality', outcome: 'pass', open: true, score: 100 },
  });
  expect(code).toBe(0);
  expect(status?.conditions?.find(({ type }) => type === 'Passed')).toMatchObject({ status: 'True' });
});

test('a gate that does not open keeps the run from having passed, with a reason and an exit code of its own', async () => {
  await runs.create('closed', release(50));
  expect(phases(await runs.untilFinished('closed'))).toEqual([
    'try succeeded',
    'quality failed/Action',
    'deploy failed/Action',
  ]);
  const { view, code, status } = await shown('closed');
  expect(view.steps.map(({ notes }) => notes)).toMatchObject([
    undefined,
    { closed: true, verdict: { outcome: 'fail', open: false } },
    { refusedBy: { gate: 'quality', code: 'GateNotOpen' } },
  ]);
  expect(code).toBe(3);
  expect(status?.conditions?.find(({ type }) => type === 'Passed')).toMatchObject({
    status: 'False',
    reason: 'GateNotOpen',
    message: 'gates kept closed: quality, deploy',
  });
});

test.each([
  ['the same manifest', 'same', app, 'deploy succeeded'],
  ['another one', 'changed', app.replace('green', 'blue'), 'deploy failed/Action'],
])(
  'a controller that takes over holds to the verdict of the one before: %s',
  async (_what, name, deployed, end) => {
    await runs.create(
      name,
      release(5, '- {name: hold, type: suspend, properties: {duration: 2s}}', deployed),
    );
    await runs.untilStep(name, 'hold', 'suspending');
    await controller.stop();
    controller = await startTestController(api);
    expect(phases(await runs.untilFinished(name)).at(-1)).toBe(end);
  },
);
