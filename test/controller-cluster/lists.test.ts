import { afterAll, beforeAll, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { declaredSteps } from '../../src/store/cluster/declared-steps.ts';
import { restartPatch } from '../../src/store/cluster/run-patch.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { Provider } from './provider.ts';
import { phases, Runs } from './runs.ts';
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

test('items are sub-steps of the status, each done once; a restart from the step does all of them again', async () => {
  broken = 'us';
  await runs.create(
    'list',
    `
- name: deploy
  type: request
  forEach: {from: context.regions, maxParallel: 2, failFast: false}
  inputs: [{from: item, parameterKey: body}]
  properties: {url: "${provider.url}/deploy", method: POST}
  outputs: [{name: answers, valueFrom: response.got}]
- name: report
  type: print-message-in-status
  inputs: [{from: 'answers[2]', parameterKey: message}]
  properties: {}`,
    'context: {regions: [eu, us, ap]}',
  );
  const failed = await runs.untilFinished('list');
  expect(phases(failed)).toEqual([
    'deploy failed/Action',
    'deploy[0] succeeded',
    'deploy[1] failed/Action',
    'deploy[2] succeeded',
    'report skipped/Skip',
  ]);
  expect(failed.status?.steps[0]?.message).toMatch(/^1 of 3 failed: deploy\[1\]: POST .* answered 500/);
  expect(provider.calls.map(({ body }) => body).toSorted()).toEqual(['ap', 'eu', 'us']);

  broken = undefined;
  const object = failed as unknown as KubeObject;
  await runs.patchStatus('list', restartPatch(object, declaredSteps(object), 'deploy'));
  const again = await runs.until('list', ({ status }) => status?.status === 'succeeded', 'succeeded');
  expect(again.status?.steps[1]?.message).toBe('ap');
  expect(provider.calls.map(({ body }) => body).toSorted()).toEqual(['ap', 'ap', 'eu', 'eu', 'us', 'us']);
  expect(new Set(provider.calls.map(({ key }) => key)).size).toBe(6);
});

test('another controller goes on in the middle of a list', async () => {
  await runs.create('handed-on', '- {name: ask, type: suspend, forEach: {items: [a, b, c], maxParallel: 2}}');
  const isAsking = (asking: string): Promise<unknown> =>
    runs.until(
      'handed-on',
      (run) => run.status?.status === 'suspending' && phases(run).join().includes(asking),
      asking,
    );
  await isAsking('ask[0] suspending/Suspend,ask[1] suspending/Suspend');
  await controller.stop();
  controller = await startTestController(api);
  await runs.patchStatus('handed-on', { suspend: false });
  await isAsking('ask[0] succeeded,ask[1] succeeded,ask[2] suspending/Suspend');
  await runs.patchStatus('handed-on', { suspend: false });
  const run = await runs.untilFinished('handed-on');
  expect(phases(run)).toEqual(['ask succeeded', 'ask[0] succeeded', 'ask[1] succeeded', 'ask[2] succeeded']);
});
