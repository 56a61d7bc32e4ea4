import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { Provider } from './provider.ts';
import { phases, Runs, type RunShown } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
let runs: Runs;
let provider: Provider;
let controller: TestController;

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  provider = await Provider.start((call) => ({ body: JSON.stringify({ path: call.path }) }));
  controller = await startTestController(api);
});

afterAll(async () => {
  await controller.stop();
  provider.close();
  await api.close();
});

const post = (name: string, path: string): string =>
  `{name: ${name}, type: request, properties: {url: "${provider.url}${path}", method: POST, body: {a: 1}}}`;

describe('a run of pure steps', () => {
  test('ends with the fields that KubeVela writes, and conditions to wait for', async () => {
    await runs.create(
      'pure',
      `
- {name: a, type: print-message-in-status, properties: {message: one}}
- {name: b, type: print-message-in-status, if: 'status.a.succeeded', properties: {message: two}}
- {name: c, type: print-message-in-status, if: 'status.a.failed', properties: {message: three}}`,
    );
    const run = await runs.untilFinished('pure');
    expect(phases(run)).toEqual(['a succeeded', 'b succeeded', 'c skipped/Skip']);
    expect(run.status).toMatchObject({
      status: 'succeeded',
      mode: { steps: 'StepByStep', subSteps: 'DAG' },
      suspend: false,
      terminated: false,
      finished: true,
      progress: '3/3',
      observedGeneration: 1,
    });
    const conditions = (run.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`);
    expect(conditions).toEqual(['WorkflowRun=True', 'Complete=True', 'Failed=False', 'Passed=True']);
  });

  test('is written once', async () => {
    const { status } = await runs.get('pure');
    const managed = (await api.do('GET', runs.path('pure')))['metadata'] as {
      managedFields: readonly { manager: string; subresource?: string }[];
    };
    expect(managed.managedFields.filter(({ manager }) => manager === 'sluice')).toHaveLength(1);
    expect(status?.sluice).toMatchObject({ schema: 1 });
  });
});

describe('effects', () => {
  test('are done once each, in order, and their outputs handed on', async () => {
    await runs.create(
      'posts',
      `
- {name: a, type: request, properties: {url: "${provider.url}/first", method: POST, body: {a: 1}}, outputs: [{name: said, valueFrom: response}]}
- {name: b, type: request, inputs: [{from: said, parameterKey: body}], properties: {url: "${provider.url}/second", method: POST}}`,
    );
    const run = await runs.untilFinished('posts');
    expect(phases(run)).toEqual(['a succeeded', 'b succeeded']);
    const calls = provider.calls.filter(({ path }) => path === '/first' || path === '/second');
    expect(calls.map(({ path, body }) => [path, body])).toEqual([
      ['/first', '{"a":1}'],
      ['/second', '{"path":"/first"}'],
    ]);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(2);
  });

  test('steps of a DAG are under way at the same time', async () => {
    const steps = ['p', 'q', 'r'].map((name) => `- ${post(name, `/hold/${name}`)}`).join('\n');
    await runs.create('dag', steps, '{mode: {steps: DAG}}');
    await Promise.all(['p', 'q', 'r'].map((name) => provider.called(`/hold/${name}`)));
    provider.release();
    expect(phases(await runs.untilFinished('dag'))).toEqual(['p succeeded', 'q succeeded', 'r succeeded']);
  });

  test('a slow call holds up no other run', async () => {
    await runs.create('slow', `- ${post('a', '/hold/slow')}`);
    await provider.called('/hold/slow');
    await runs.create('quick', '- {name: a, type: print-message-in-status, properties: {message: hi}}');
    expect((await runs.untilFinished('quick')).status?.status).toBe('succeeded');
    provider.release();
    expect((await runs.untilFinished('slow')).status?.status).toBe('succeeded');
  });
});

describe('what a person asks through the status', () => {
  test('suspend holds a run in the middle of a call, and resume goes on without repeating it', async () => {
    await runs.create('held', `- ${post('a', '/hold/held')}\n- ${post('b', '/after-held')}`);
    await provider.called('/hold/held');
    await runs.untilStep('held', 'a', 'running');
    await runs.patchStatus('held', { suspend: true });
    await runs.until('held', (run) => run.status?.status === 'suspending', 'suspending');
    provider.release();
    const hasAnswer = ({ status }: RunShown): boolean =>
      JSON.stringify(status?.sluice).includes(String.raw`\"recorded\":[{`);
    await runs.until('held', hasAnswer, 'with the answer in its state');
    expect(provider.calls.some(({ path }) => path === '/after-held')).toBe(false);
    await runs.patchStatus('held', { suspend: false });
    const run = await runs.untilFinished('held');
    expect(phases(run)).toEqual(['a succeeded', 'b succeeded']);
    expect(provider.calls.filter(({ path }) => path === '/hold/held')).toHaveLength(1);
  });

  test('terminate wins against a call under way', async () => {
    await runs.create('ended', `- ${post('a', '/hold/ended')}\n- ${post('b', '/after-ended')}`);
    await provider.called('/hold/ended');
    await runs.untilStep('ended', 'a', 'running');
    await runs.patchStatus('ended', { terminated: true, suspend: false });
    const run = await runs.untilFinished('ended');
    expect(run.status?.status).toBe('terminated');
    expect(phases(run)).toEqual(['a failed/Terminate', 'b skipped/Skip']);
    provider.release();
  });

  test('a suspend step waits for a person', async () => {
    await runs.create('gate', '- {name: wait, type: suspend}\n- ' + post('b', '/after-gate'));
    const waiting = await runs.untilStep('gate', 'wait', 'suspending');
    expect(waiting.status).toMatchObject({ status: 'suspending', suspend: true });
    const steps = (waiting.status?.steps ?? []).map((step) => ({ ...step, phase: 'running' }));
    await runs.patchStatus('gate', { suspend: false, steps } as unknown as JsonObject);
    expect((await runs.untilFinished('gate')).status?.status).toBe('succeeded');
  });

  test('what was asked before a run began counts', async () => {
    await controller.stop();
    await runs.create('early-suspend', `- ${post('a', '/early-suspend')}`);
    await runs.create('early-terminate', `- ${post('a', '/early-terminate')}`);
    const asked = { finished: false, mode: {}, status: '' };
    await runs.patchStatus('early-suspend', { ...asked, suspend: true, terminated: false });
    await runs.patchStatus('early-terminate', { ...asked, suspend: false, terminated: true });
    controller = await startTestController(api);
    const ended = await runs.untilFinished('early-terminate');
    expect([ended.status?.status, ...phases(ended)]).toEqual(['terminated', 'a skipped/Skip']);
    await runs.until('early-suspend', (run) => run.status?.status === 'suspending', 'suspending');
    expect(provider.calls.filter(({ path }) => path.startsWith('/early-'))).toEqual([]);
    await runs.patchStatus('early-suspend', { suspend: false });
    expect(phases(await runs.untilFinished('early-suspend'))).toEqual(['a succeeded']);
  });

  test('an emptied status starts a finished run anew, with new keys', async () => {
    await runs.create('again', `- ${post('a', '/again')}`);
    const first = await runs.untilFinished('again');
    const empty = { finished: false, mode: {}, status: '', suspend: false, terminated: false };
    const { metadata } = first;
    await api.do('PUT', runs.path('again', '/status'), {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata,
      status: empty,
    });
    await runs.until(
      'again',
      (run) => run.status?.finished === true && run.metadata.resourceVersion !== metadata.resourceVersion,
      'finished again',
    );
    const keys = provider.calls.filter(({ path }) => path === '/again').map(({ key }) => key);
    expect(new Set(keys).size).toBe(2);
  });

  test.each(['merge patch', 'PUT that drops our fields'])(
    'restart from a failed step, as a %s',
    async (how) => {
      const name = how === 'merge patch' ? 'from-step' : 'from-step-put';
      await runs.create(
        name,
        `
- ${post('a', `/${name}/a`)}
- {name: b, type: apply-object, properties: {value: {apiVersion: v1, kind: ConfigMap, metadata: {name: "${name}", namespace: kube-system}}}}
- ${post('c', `/${name}/c`)}`,
      );
      const failed = await runs.untilFinished(name);
      expect(phases(failed)).toEqual(['a succeeded', 'b failed/FailedAfterRetries', 'c skipped/Skip']);
      const { sluice, conditions: _conditions, ...status } = failed.status ?? { steps: [], sluice: {} };
      const restarted = {
        ...status,
        status: 'executing',
        finished: false,
        steps: status.steps.slice(0, 1),
        ...(how === 'merge patch' ? { sluice } : {}),
      };
      await api.do('PUT', runs.path(name, '/status'), {
        apiVersion: 'core.oam.dev/v1alpha1',
        kind: 'WorkflowRun',
        metadata: failed.metadata,
        status: restarted,
      });
      const again = await runs.until(
        name,
        (run) =>
          run.status?.finished === true && run.metadata.resourceVersion !== failed.metadata.resourceVersion,
        'finished again',
      );
      expect(phases(again)).toEqual(['a succeeded', 'b failed/FailedAfterRetries', 'c skipped/Skip']);
      expect(provider.calls.filter(({ path }) => path === `/${name}/a`)).toHaveLength(1);
    },
  );
});

test('another process goes on where this one stopped', async () => {
  await runs.create(
    'handed',
    `- {name: wait, type: suspend, properties: {duration: 2s}}\n- ${post('b', '/handed')}`,
  );
  await runs.untilStep('handed', 'wait', 'suspending');
  await controller.stop();
  controller = await startTestController(api);
  expect(phases(await runs.untilFinished('handed'))).toEqual(['wait succeeded', 'b succeeded']);
  expect(provider.calls.filter(({ path }) => path === '/handed')).toHaveLength(1);
});

test('a process that is told to end waits for the call under way, and begins no other', async () => {
  await runs.create('drained', `- ${post('a', '/hold/drained')}\n- ${post('b', '/after-drained')}`);
  await provider.called('/hold/drained');
  const stopped = controller.stop();
  await expect.poll(() => controller.log.some((line) => line.includes('"stopping"'))).toBe(true);
  provider.release();
  await stopped;
  const left = await runs.get('drained');
  expect(left.status).toMatchObject({ finished: false, progress: '1/2' });
  expect(provider.calls.some(({ path }) => path === '/after-drained')).toBe(false);
  controller = await startTestController(api);
  expect(phases(await runs.untilFinished('drained'))).toEqual(['a succeeded', 'b succeeded']);
  for (const path of ['/hold/drained', '/after-drained'])
    expect(provider.calls.filter((call) => call.path === path)).toHaveLength(1);
});
