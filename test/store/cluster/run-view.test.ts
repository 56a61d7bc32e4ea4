import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { RunState } from '../../../src/engine/state.ts';
import type { StepView } from '../../../src/engine/view.ts';
import { summaryOfObject, viewOfObject } from '../../../src/store/cluster/run-view.ts';
import { runObject, runStatus, stepStatus } from './run-objects.ts';

const steps: readonly JsonObject[] = [
  { name: 'a', type: 'request', outputs: [{ name: 'score', valueFrom: 'x' }] },
  { name: 'b', type: 'apply-deployment', timeout: '1m', if: 'inputs.score > 1', inputs: [{ from: 'score' }] },
  {
    type: 'step-group',
    subSteps: [{ name: 'x', type: 'suspend', properties: { duration: '30s' } }, { type: 't' }],
  },
];
const at = (time: string): number => Date.parse(`2026-01-01T10:${time}Z`);

function stepsOf(run: KubeObject, state?: RunState): Readonly<Record<string, StepView>> {
  const { steps: views } = viewOfObject(run, { state });
  return Object.fromEntries(
    views.flatMap((step) => [step, ...step.subSteps]).map((step) => [step.path, step]),
  );
}

describe('a run that nobody took yet', () => {
  test('has all its steps, each waiting for the one before it', () => {
    const view = viewOfObject(runObject({ steps }));
    expect(view).toMatchObject({
      name: 'demo',
      namespace: 'team',
      phase: 'initializing',
      startedAtMs: at('00:00'),
      endedAtMs: undefined,
    });
    const found = stepsOf(runObject({ steps }));
    expect(Object.keys(found)).toEqual(['a', 'b', 'step-2', 'step-2/x', 'step-2/step-2-1']);
    expect(found['a']?.waiting).toEqual({ kind: 'steps', names: [] });
    expect(found['b']?.waiting).toEqual({ kind: 'steps', names: ['a'] });
    expect(found['step-2']?.waiting).toEqual({ kind: 'steps', names: ['b'] });
  });
});

describe('what an open step waits for', () => {
  const open = (state: string): KubeObject =>
    runObject({
      steps,
      status: runStatus('executing', [stepStatus('a', 'succeeded'), stepStatus('b', state)]),
    });

  test.each<[string, StepView['waiting']]>([
    ['running', undefined],
    ['running/Wait', { kind: 'object', sinceMs: at('00:02'), untilMs: at('01:02') }],
    ['suspending/Suspend', { kind: 'person', sinceMs: at('00:05'), resumesAtMs: undefined }],
    ['pending', { kind: 'steps', names: [] }],
    ['failed/Execute', undefined],
  ])('%s', (state, waiting) => {
    const { b } = stepsOf(open(state));
    expect([b?.waiting, b?.endedAtMs]).toEqual([waiting, undefined]);
  });

  test('a suspend with a duration goes on by itself', () => {
    const group = stepStatus('step-2', 'suspending', [stepStatus('x', 'suspending/Suspend')]);
    const run = runObject({ steps, status: runStatus('suspending', [group]) });
    expect(stepsOf(run)['step-2/x']?.waiting).toEqual({
      kind: 'person',
      sinceMs: at('00:05'),
      resumesAtMs: at('00:32'),
    });
  });

  test('the state knows times that the status does not', () => {
    const state = {
      steps: { b: { stage: { kind: 'backoff', untilMs: at('00:09'), path: 'get' } } },
    } as unknown as RunState;
    expect(stepsOf(open('running'), state)['b']?.waiting).toEqual({ kind: 'retry', atMs: at('00:09') });
  });

  test('nothing is waited for once the run has ended', () => {
    const status = runStatus('failed', [stepStatus('a', 'failed/Execute')]);
    const found = stepsOf(runObject({ steps, status }));
    expect(Object.values(found).map(({ waiting }) => waiting)).toEqual(Array(5).fill(undefined));
    expect(found['a']?.endedAtMs).toBe(at('00:05'));
  });
});

describe('how a run ended', () => {
  test('a step skipped by an `if` that reads an input is a gate that did not open', () => {
    const status = runStatus('succeeded', [stepStatus('a', 'succeeded'), stepStatus('b', 'skipped/Skip')]);
    const found = stepsOf(runObject({ steps, status }));
    expect([found['a']?.isGated, found['b']?.isGated]).toEqual([false, true]);
  });

  test.each([
    ['a', []],
    ['b, a', ['b']],
    ['step-2-1', ['step-2/step-2-1']],
    ['nope', ['nope']],
    [' , ', []],
  ])('required: %j', (require, unmet) => {
    const status = runStatus('succeeded', [stepStatus('a', 'succeeded'), stepStatus('b', 'skipped/Skip')]);
    const annotations = { 'sluice.dev/require': require };
    expect(viewOfObject(runObject({ steps, status, annotations })).unmet).toEqual(unmet);
  });

  test('its deadline is told apart from any other failure', () => {
    const failed = (reason: string): KubeObject =>
      runObject({
        steps,
        spec: { timeout: '20s' },
        status: runStatus('failed', [], { conditions: [{ type: 'Failed', status: 'True', reason }] }),
      });
    expect(viewOfObject(failed('DeadlineExceeded'))).toMatchObject({
      isOverdue: true,
      deadlineAtMs: at('00:21'),
    });
    expect(viewOfObject(failed('Failed')).isOverdue).toBe(false);
  });
});

test('a run that its controller refused says why', () => {
  const conditions = [{ type: 'Failed', status: 'True', reason: 'Refused' }];
  const status = runStatus('failed', [], { message: 'there is no step type x', conditions });
  expect(viewOfObject(runObject({ steps, status }))).toMatchObject({
    isRefused: true,
    message: 'there is no step type x',
  });
});

test('a step that only the status knows comes last', () => {
  const status = runStatus('executing', [stepStatus('old', 'succeeded'), stepStatus('a', 'running')]);
  expect(Object.keys(stepsOf(runObject({ steps: [{ name: 'a', type: 't' }], status })))).toEqual([
    'a',
    'old',
  ]);
});

test('the steps of a Workflow are those of a run that refers to it', () => {
  const run = runObject({ spec: { workflowSpec: null, workflowRef: 'flow' } });
  const workflow = {
    apiVersion: 'v',
    kind: 'Workflow',
    metadata: { name: 'flow' },
    mode: { steps: 'DAG' },
    steps,
  };
  const view = viewOfObject(run, { workflow });
  expect(view.steps.map(({ path, waiting }) => [path, waiting])).toEqual([
    ['a', { kind: 'steps', names: [] }],
    ['b', { kind: 'steps', names: ['a'] }],
    ['step-2', { kind: 'steps', names: [] }],
  ]);
});

describe('one row of a list', () => {
  const begun = [
    stepStatus('a', 'succeeded'),
    stepStatus('step-2', 'running', [stepStatus('x', 'failed/Timeout')]),
  ];
  test.each([
    [{}, { done: 2, total: 5 }],
    [{ progress: '3/7' }, { done: 3, total: 7 }],
    [{ progress: 'many' }, { done: 2, total: 5 }],
  ])('%j', (rest, progress) => {
    const run = runObject({ steps, status: runStatus('executing', begun, rest) });
    expect(summaryOfObject(run)).toMatchObject({
      ref: { namespace: 'team', name: 'demo' },
      phase: 'executing',
      finished: false,
      startedAtMs: at('00:01'),
      progress,
    });
  });
});

test.each([
  null,
  [],
  'text',
  { steps: 'none' },
  { steps: [null, 3, { name: 5 }], startTime: 'soon', status: 'odd' },
])('a status that makes no sense is shown as nothing: %j', (status) => {
  const view = viewOfObject(runObject({ steps, status: status as JsonObject }));
  expect([view.phase, view.startedAtMs]).toEqual(['initializing', at('00:00')]);
});

describe('notes of gates and models', () => {
  const verdict: JsonObject = {
    id: 'v1',
    gate: 'a',
    outcome: 'fail',
    open: false,
    mode: 'enforce',
    score: 62,
    threshold: 80,
    subject: { name: 'web', digest: 'sha256:0' },
    at: '2026-01-01T10:00:00Z',
    expires: null,
    override: null,
    reasons: ['latency: 900 > 500'],
  };
  const models = { calls: 2, cached: 1, inputTokens: 20, outputTokens: 5, microDollars: null };
  const viewWith = (sluice: JsonObject, rest: JsonObject = {}) =>
    viewOfObject(
      runObject({
        steps,
        status: runStatus('failed', [{ ...stepStatus('a', 'failed/Action'), sluice }], rest),
      }),
    );

  test('are those of the status', () => {
    const view = viewWith({ closed: true, verdict, models });
    expect(view.steps[0]?.notes).toEqual({ closed: true, verdict, models });
    expect(view.isGateClosed).toBe(true);
  });

  test('a step that a gate refused keeps the run from having passed', () => {
    const view = viewWith({ refusedBy: { gate: 'g', code: 'VerdictExpired' } });
    expect(view.steps[0]?.notes).toEqual({ refusedBy: { gate: 'g', code: 'VerdictExpired' } });
    expect(view.isGateClosed).toBe(true);
  });

  test('that were pruned leave the condition', () => {
    const condition = { type: 'Passed', status: 'False', reason: 'GateNotOpen' };
    expect(viewWith({}, { conditions: [condition] }).isGateClosed).toBe(true);
    expect(viewWith({}, { conditions: [{ ...condition, reason: 'Failed' }] }).isGateClosed).toBe(false);
  });

  test.each<JsonObject>([
    { verdict: 'pass' },
    { verdict: { outcome: 'great', open: true } },
    { models: [] },
    { closed: 'yes', refusedBy: 3 },
  ])('that make no sense are left out: %j', (notes) => {
    const view = viewWith(notes);
    expect(view.steps[0]?.notes).toEqual({});
    expect(view.isGateClosed).toBe(false);
  });
});

test('a step waits for the gates that it requires', () => {
  const run = runObject({
    spec: { mode: { steps: 'DAG' } },
    steps: [
      { name: 'g', type: 'gate' },
      { name: 'deploy', type: 'apply-object', requires: ['g'] },
    ],
  });
  expect(stepsOf(run)['deploy']?.waiting).toEqual({ kind: 'steps', names: ['g'] });
});

describe('handlers', () => {
  const run = runObject({
    spec: {
      timeout: '1m',
      workflowSpec: {
        steps: [{ name: 'a', type: 't' }],
        onFailure: [{ type: 't' }],
        finally: [{ name: 'g', type: 'step-group', subSteps: [{ type: 't' }] }],
        handlers: { timeout: '2m' },
      },
    },
    status: runStatus('executing', [stepStatus('a', 'failed/Action'), stepStatus('onFailure-0', 'running')]),
  });

  test('come last, under their sections', () => {
    const found = Object.values(stepsOf(run)).map(({ path, section, phase }) => [path, section, phase]);
    expect(found).toEqual([
      ['a', undefined, 'failed'],
      ['onFailure-0', 'onFailure', 'running'],
      ['g', 'finally', 'pending'],
      ['g/finally-0-0', 'finally', 'pending'],
    ]);
  });

  test('have a deadline of their own', () => {
    const state = {
      outcome: 'failed',
      handling: { section: 'onFailure', sinceMs: at('10:00') },
      steps: {},
    } as unknown as RunState;
    expect(viewOfObject(run).deadlineAtMs).toBe(at('01:01'));
    expect(viewOfObject(run, { state }).deadlineAtMs).toBe(at('12:00'));
  });
});

test('the items of a list have paths of their own, and what their step declares', () => {
  const repeated = {
    name: 'c',
    type: 't',
    timeout: '1m',
    if: 'inputs.item > 1',
    inputs: [{ from: 'item' }],
    forEach: { from: 'score' },
  };
  const items = [stepStatus('c[0]', 'skipped/Skip'), stepStatus('c[1]', 'running/Wait')];
  const run = runObject({
    steps: [...steps.slice(0, 1), repeated],
    status: runStatus('executing', [stepStatus('a', 'succeeded'), stepStatus('c', 'running', items)]),
  });
  const found = stepsOf(run);
  expect(Object.keys(found)).toEqual(['a', 'c', 'c[0]', 'c[1]']);
  expect(found['c[0]']?.isGated).toBe(true);
  expect(found['c[1]']?.waiting).toMatchObject({ kind: 'object', untilMs: at('01:02') });
});
