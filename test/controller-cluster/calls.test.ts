import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { declaredSteps } from '../../src/store/cluster/declared-steps.ts';
import { commandPatch, restartPatch } from '../../src/store/cluster/run-patch.ts';
import { viewOfObject } from '../../src/store/cluster/run-view.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { Provider } from './provider.ts';
import { phases, Runs, type RunShown } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
let runs: Runs;
let provider: Provider;
let controller: TestController;
let broken: string | undefined;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  provider = await Provider.start(({ body }) =>
    body === broken ? { status: 500, body: 'no' } : { body: JSON.stringify({ got: body }) },
  );
  controller = await startTestController(api);
});

afterAll(async () => {
  await controller.stop();
  provider.close();
  await api.close();
});

async function apply(name: string, body: JsonObject): Promise<void> {
  const path = `/apis/core.oam.dev/v1alpha1/namespaces/${runs.namespace}/workflows/${name}`;
  const workflow = { apiVersion: 'core.oam.dev/v1alpha1', kind: 'Workflow', metadata: { name }, ...body };
  await api.do('PATCH', `${path}?fieldManager=test&force=true`, workflow, 'application/apply-patch+yaml');
}

const parameters: JsonObject = { properties: { region: { type: 'string' } }, required: ['region'] };
const send = (name: string, body: JsonObject = {}): JsonObject => ({
  name,
  type: 'request',
  inputs: [{ from: 'context.parameters.region', parameterKey: 'body' }],
  properties: { url: `${provider.url}/${name}`, method: 'POST' },
  ...body,
});
const object = (run: RunShown): KubeObject => run as unknown as KubeObject;

test('a run goes on with the Workflow as it was when it began, in another controller too', async () => {
  const ask = { name: 'ask', type: 'suspend' };
  await apply('ship', {
    parameters,
    outputs: [{ name: 'answer', from: 'answer' }],
    steps: [ask, send('old', { outputs: [{ name: 'answer', valueFrom: 'response.got' }] })],
  });
  await runs.create(
    'frozen',
    `
- name: eu
  type: call-workflow
  properties: {workflow: ship, parameters: {region: eu}}
  outputs: [{name: said, valueFrom: outputs.answer}]
- {name: report, type: print-message-in-status, inputs: [{from: said, parameterKey: message}], properties: {}}`,
  );
  const asking = await runs.until(
    'frozen',
    (run) => phases(run).includes('eu/ask suspending/Suspend'),
    'asking',
  );
  await apply('ship', { parameters, steps: [ask, send('new')] });
  await controller.stop();
  controller = await startTestController(api);
  await runs.patchStatus('frozen', commandPatch(object(asking), { kind: 'resume', step: 'eu/ask' }) ?? {});
  const run = await runs.untilFinished('frozen');
  expect(phases(run)).toEqual(['eu succeeded', 'eu/ask succeeded', 'eu/old succeeded', 'report succeeded']);
  expect(run.status?.steps[1]?.message).toBe('eu');
  expect(provider.calls.map(({ path, body }) => `${path} ${body}`)).toEqual(['/old eu']);
  const view = viewOfObject(object(run));
  expect(view.steps[0]?.subSteps.map(({ path }) => path)).toEqual(['eu/ask', 'eu/old']);
});

test('a restart from a step inside of a call does it and what follows', async () => {
  provider.calls.length = 0;
  broken = 'us';
  await apply('inner', { parameters, steps: [send('first'), send('second')] });
  await apply('outer', {
    parameters,
    steps: [
      { name: 'fine', type: 'request', properties: { url: `${provider.url}/fine`, method: 'POST' } },
      {
        name: 'in',
        type: 'call-workflow',
        inputs: [{ from: 'context.parameters.region', parameterKey: 'parameters.region' }],
        properties: { workflow: 'inner' },
      },
    ],
  });
  await runs.create(
    'again',
    '- {name: top, type: call-workflow, properties: {workflow: outer, parameters: {region: us}}}',
  );
  const failed = await runs.untilFinished('again');
  expect(phases(failed)).toEqual([
    'top failed/Action',
    'top/fine succeeded',
    'top/in failed/Action',
    'top/in/first failed/Action',
    'top/in/second skipped/Skip',
  ]);
  broken = undefined;
  const patch = restartPatch(object(failed), declaredSteps(object(failed)), 'top/in/first');
  await runs.patchStatus('again', patch);
  const run = await runs.until('again', ({ status }) => status?.status === 'succeeded', 'succeeded');
  expect(phases(run).every((each) => each.endsWith(' succeeded'))).toBe(true);
  expect(provider.calls.map(({ path }) => path)).toEqual(['/fine', '/first', '/first', '/second']);
});

test('a Workflow that is not there in time refuses the run', async () => {
  await runs.create('lost', '- {name: top, type: call-workflow, properties: {workflow: nowhere}}');
  const run = await runs.untilFinished('lost');
  expect(run.status?.message ?? JSON.stringify(run.status?.conditions)).toContain('nowhere');
});
