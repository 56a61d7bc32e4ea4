import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KubeApi } from '../cluster/kube-api.ts';
import { phases, Runs, type RunShown } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
let runs: Runs;
const controllers: TestController[] = [];

beforeAll(async () => {
  const namespace = await api.newNamespace();
  runs = new Runs(api, namespace);
  await install(api, [namespace]);
  controllers.push(await startTestController(api));
});

afterAll(async () => {
  await Promise.all(controllers.map((controller) => controller.stop()));
  await api.close();
});

const ask = '- {name: ask, type: suspend}';

function create(name: string, group: string, policy = 'queue'): Promise<RunShown> {
  return runs.create(name, ask, `concurrency: {group: ${group}, policy: ${policy}}`);
}

const untilAsked = (name: string): Promise<RunShown> => runs.untilStep(name, 'ask', 'suspending');
const resume = (name: string) => runs.patchStatus(name, { suspend: false });
const untilWaiting = (name: string, holder: string, group: string): Promise<RunShown> =>
  runs.until(
    name,
    ({ status }) => status?.message === `waits for run ${holder} in group ${group}`,
    'waiting',
  );

describe('runs of a group', () => {
  test('are at work one after the other, and say for whom they wait', async () => {
    await create('q1', 'queue');
    await untilAsked('q1');
    await create('q2', 'queue');
    expect((await untilWaiting('q2', 'q1', 'queue')).status).toMatchObject({
      status: 'initializing',
      steps: [],
    });
    await resume('q1');
    await untilAsked('q2');
    expect((await runs.get('q1')).status?.status).toBe('succeeded');
    await resume('q2');
    expect(phases(await runs.untilFinished('q2'))).toEqual(['ask succeeded']);
  });

  test('that are made at once never overlap', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `many-${index}`);
    const post = '- {name: a, type: print-message-in-status, properties: {message: hi}}';
    const hold = `${post}\n- {name: hold, type: suspend, properties: {duration: 300ms}}`;
    await Promise.all(names.map((name) => runs.create(name, hold, 'concurrency: {group: many}')));
    const ended = await Promise.all(names.map((name) => runs.untilFinished(name)));
    const spans = ended
      .map(({ status }) => status as unknown as { startTime: string; endTime: string })
      .map(({ startTime, endTime }) => [Date.parse(startTime), Date.parse(endTime)] as const)
      .toSorted(([a], [b]) => a - b);
    expect(spans.every(([begun], at) => begun >= (spans[at - 1]?.[1] ?? 0))).toBe(true);
  });

  test('are refused where the policy says so', async () => {
    await create('r1', 'reject');
    await untilAsked('r1');
    await create('r2', 'reject', 'reject');
    const { status } = await runs.untilFinished('r2');
    expect(status?.message).toBe('group reject is taken by run r1, and its policy is reject');
    expect(status?.conditions?.find(({ type }) => type === 'Failed')?.reason).toBe('GroupTaken');
    await resume('r1');
    await runs.untilFinished('r1');
  });

  test('are replaced, after their handlers', async () => {
    await api.do('POST', runs.path('').replace(/\/$/, ''), {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name: 'p1' },
      spec: {
        concurrency: { group: 'replace' },
        workflowSpec: {
          steps: [{ name: 'ask', type: 'suspend' }],
          finally: [{ name: 'tidy', type: 'print-message-in-status', properties: { message: 'bye' } }],
        },
      },
    });
    await untilAsked('p1');
    await create('p2', 'replace', 'replace');
    await untilAsked('p2');
    const first = await runs.get('p1');
    expect([first.status?.status, ...phases(first)]).toEqual([
      'terminated',
      'ask failed/Terminate',
      'tidy succeeded',
    ]);
    await resume('p2');
    await runs.untilFinished('p2');
  });

  test('that are deleted hold nothing, and what waits is terminated without a step', async () => {
    await create('d1', 'deleted');
    await untilAsked('d1');
    await create('d2', 'deleted');
    await untilWaiting('d2', 'd1', 'deleted');
    await create('d3', 'deleted');
    await untilWaiting('d3', 'd1', 'deleted');
    await runs.patchStatus('d2', { terminated: true });
    expect((await runs.untilFinished('d2')).status).toMatchObject({
      status: 'terminated',
      message: 'the run was terminated before it began',
    });
    await api.do('DELETE', runs.path('d1'));
    await untilAsked('d3');
    await resume('d3');
    await runs.untilFinished('d3');
  });
});

test('another controller finds out from the runs who is at work', async () => {
  await create('c1', 'restart');
  await untilAsked('c1');
  await create('c2', 'restart');
  await untilWaiting('c2', 'c1', 'restart');
  await Promise.all(controllers.splice(0).map((controller) => controller.stop()));
  const [one, two] = await Promise.all([
    startTestController(api, { shard: { index: 0, count: 2 }, leaseDurationMs: 2000 }),
    startTestController(api, { shard: { index: 1, count: 2 }, leaseDurationMs: 2000 }),
  ]);
  controllers.push(one, two);
  await create('c3', 'restart');
  await untilWaiting('c3', 'c1', 'restart');
  expect((await runs.get('c2')).status?.status).toBe('initializing');
  await resume('c1');
  await untilAsked('c2');
  await untilWaiting('c3', 'c2', 'restart');
  await resume('c2');
  await untilAsked('c3');
  await resume('c3');
  expect(phases(await runs.untilFinished('c3'))).toEqual(['ask succeeded']);
});

test('handlers run in a cluster, and a second terminate ends them', async () => {
  await api.do('POST', runs.path('').replace(/\/$/, ''), {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'handled' },
    spec: {
      workflowSpec: {
        steps: [{ name: 'ask', type: 'suspend' }],
        onFailure: [
          {
            name: 'undo',
            type: 'read-object',
            properties: { apiVersion: 'v1', kind: 'ConfigMap', name: 'never' },
            retry: { errors: ['transient', 'terminal'], limit: 100, delay: '5s', maxDelay: '5s' },
          },
        ],
        finally: [{ name: 'tidy', type: 'print-message-in-status', properties: { message: 'bye' } }],
      },
    },
  });
  await untilAsked('handled');
  await runs.patchStatus('handled', { terminated: true });
  const { status } = await runs.untilStep('handled', 'undo', 'failed');
  const steps = (status?.steps ?? []).map((step) =>
    step.name === 'undo' ? { ...step, phase: 'failed', reason: 'Terminate' } : step,
  );
  await runs.patchStatus('handled', { terminated: true, steps: steps as never });
  const run = await runs.untilFinished('handled');
  expect([run.status?.status, ...phases(run)]).toEqual([
    'terminated',
    'ask failed/Terminate',
    'undo failed/Terminate',
    'tidy succeeded',
  ]);
});
