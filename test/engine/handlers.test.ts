import { describe, expect, test } from 'vitest';
import { statusOf } from '../../src/engine/status.ts';
import { restartState } from '../../src/engine/restart.ts';
import type { PlannedStep } from '../../src/plan/plan.ts';
import { handlers, plan, someCondition, step, World, type Script } from './world.ts';

const always = { ...someCondition, text: 'always' };
const minute = 60_000;

interface Given {
  readonly steps: readonly PlannedStep[];
  readonly onFailure?: readonly PlannedStep[];
  readonly finally?: readonly PlannedStep[];
  readonly scripts?: Readonly<Record<string, Script>>;
  readonly runTimeoutMs?: number;
  readonly budgetMs?: number;
}

function world(given: Given): World {
  const { steps, onFailure = [], finally: last = [], scripts = {}, runTimeoutMs, budgetMs = minute } = given;
  return new World(
    plan([...steps, ...handlers('onFailure', onFailure), ...handlers('finally', last)], {
      timeoutMs: runTimeoutMs,
      handlers: { timeoutMs: budgetMs },
    }),
    scripts,
  );
}

const put: Script = { acts: [{ op: 'put' }] };
const fails: Script = { acts: [{ op: 'fail' }] };
/** Never content. */
const hangs: Script = { acts: [{ op: 'read' }, { op: 'wait', polls: 1_000_000 }] };

function ended(given: Given): World {
  const one = world(given);
  expect(one.run()).toBe(true);
  expect(one.violations).toEqual([]);
  return one;
}

describe('which handlers run', () => {
  const rows: readonly {
    readonly name: string;
    readonly scripts: Readonly<Record<string, Script>>;
    readonly phase: string;
    readonly transcript: string;
    readonly more?: Partial<PlannedStep>;
  }[] = [
    {
      name: 'after success, finally alone',
      scripts: { a: put, undo: put, tidy: put },
      phase: 'succeeded',
      transcript: 'a succeeded, undo skipped/Skip, tidy succeeded',
    },
    {
      name: 'after a failure, both, and the run stays failed',
      scripts: { a: fails, undo: put, tidy: put },
      phase: 'failed',
      transcript: 'a failed/Action, undo succeeded, tidy succeeded',
    },
    {
      name: 'a failing onFailure keeps finally from nothing',
      scripts: { a: fails, undo: fails, tidy: put },
      phase: 'failed',
      transcript: 'a failed/Action, undo failed/Action, tidy succeeded',
    },
    {
      name: 'a failing finally makes a run failed that had succeeded',
      scripts: { a: put, undo: put, tidy: fails },
      phase: 'failed',
      transcript: 'a succeeded, undo skipped/Skip, tidy failed/Action',
    },
  ];
  test.each(rows)('$name', ({ scripts, phase, transcript }) => {
    const { state, transcript: found } = ended({
      steps: [step('a')],
      onFailure: [step('undo')],
      finally: [step('tidy')],
      scripts,
    });
    expect([state.phase, found]).toEqual([phase, transcript]);
  });

  test('inside a section the rules of StepByStep hold', () => {
    const one = ended({
      steps: [step('a')],
      finally: [step('x'), step('y'), step('z', { condition: always })],
      scripts: { a: put, x: fails, y: put, z: put },
    });
    expect(one.transcript).toBe('a succeeded, x failed/Action, y skipped/Skip, z succeeded');
  });

  test('a handler that names a step is skipped when that step did not succeed', () => {
    const one = ended({
      steps: [step('a')],
      finally: [step('x', { dependsOn: ['a'] }), step('y', { condition: always })],
      scripts: { a: fails, x: put, y: put },
    });
    expect(one.transcript).toBe('a failed/Action, x skipped/Skip, y succeeded');
  });

  test('handlers see the outcome, and the status of every step', () => {
    const one = world({
      steps: [step('a')],
      onFailure: [step('undo', { condition: someCondition })],
      scripts: { a: fails, undo: put },
    });
    while (!one.ready.some(({ kind }) => kind === 'evaluate-condition')) {
      const [effect] = one.ready;
      if (effect !== undefined) one.answer(effect);
    }
    const [asked] = one.ready;
    expect(asked).toMatchObject({
      scope: { context: { outcome: 'failed' }, status: { a: { failed: true }, undo: { phase: 'pending' } } },
    });
  });

  test.each(['suspend', 'break'] as const)('%s in a handler fails its step', (op) => {
    const one = ended({
      steps: [step('a')],
      finally: [step('x')],
      scripts: { a: put, x: { acts: [{ op }] } },
    });
    expect(one.state.phase).toBe('failed');
    expect(one.state.steps['x']).toMatchObject({
      reason: 'Action',
      message: `${op}: a step of \`finally\` can neither suspend the run nor end it`,
    });
  });
});

describe('what ends the steps ends no handler', () => {
  test('the deadline of the run', () => {
    const one = ended({
      steps: [step('a')],
      onFailure: [step('undo')],
      finally: [step('tidy')],
      scripts: { a: hangs, undo: put, tidy: { acts: [{ op: 'read' }, { op: 'wait', polls: 3 }] } },
      runTimeoutMs: 5000,
    });
    expect(one.transcript).toBe('a failed/Timeout, undo succeeded, tidy succeeded');
    expect([one.state.phase, one.state.terminated]).toEqual(['failed', 'deadline']);
  });

  test('the operator', () => {
    const one = world({
      steps: [step('a'), step('b')],
      onFailure: [step('undo')],
      finally: [step('tidy')],
      scripts: { a: hangs, undo: put, tidy: put },
    });
    one.wait();
    one.command('terminate');
    expect(one.run()).toBe(true);
    expect(one.transcript).toBe('a failed/Terminate, b skipped/Skip, undo succeeded, tidy succeeded');
    expect(one.state.phase).toBe('terminated');
  });

  test('a second terminate ends the section at work, and only that', () => {
    const one = world({
      steps: [step('a')],
      onFailure: [step('undo'), step('tell', { condition: always })],
      finally: [step('tidy')],
      scripts: { a: fails, undo: hangs, tell: put, tidy: put },
    });
    while (one.ready.length > 0) one.answer(one.ready[0] ?? expect.fail());
    one.command('terminate');
    expect(one.run()).toBe(true);
    expect(one.transcript).toBe('a failed/Action, undo failed/Terminate, tell skipped/Skip, tidy succeeded');
    expect(one.state.phase).toBe('failed');
  });
});

describe('the time of handlers', () => {
  test('counts for each section from when it begins, and makes a run failed whose finally was cut', () => {
    const one = world({
      steps: [step('a')],
      finally: [step('x'), step('y', { condition: always })],
      scripts: { a: put, x: hangs, y: put },
      budgetMs: 10_000,
    });
    while (one.ready.length > 0) one.answer(one.ready[0] ?? expect.fail());
    const begunMs = one.state.handling?.sinceMs ?? 0;
    expect(one.run()).toBe(true);
    expect(one.state.endedAtMs).toBe(begunMs + 10_000);
    expect(one.transcript).toBe('a succeeded, x failed/Timeout, y skipped/Skip');
    expect(one.state.steps['x']?.message).toBe('`finally` did not end within 10s');
    expect(one.state.phase).toBe('failed');
  });

  test('a new process gives no more of it', () => {
    const one = world({
      steps: [step('a')],
      finally: [step('x')],
      scripts: { a: put, x: hangs },
      budgetMs: 10_000,
    });
    while (one.ready.length > 0) one.answer(one.ready[0] ?? expect.fail());
    const begunMs = one.state.handling?.sinceMs ?? 0;
    one.save();
    one.nowMs += 9000;
    one.crash();
    expect(one.wakeAtMs).toBe(begunMs + 10_000);
  });

  test('does not count while a person holds the run before they begin', () => {
    const one = world({
      steps: [step('a')],
      finally: [step('x')],
      scripts: { a: put, x: put },
      budgetMs: 10_000,
    });
    one.command('suspend');
    // What is under way ends.
    one.run();
    one.nowMs += 3_600_000;
    one.feed({ kind: 'time' });
    expect(one.isOver).toBe(false);
    one.command('resume');
    expect(one.run()).toBe(true);
    expect(one.transcript).toBe('a succeeded, x succeeded');
  });

  test.each(['the run', 'the step'])('goes on while a person holds %s in its handlers', (what) => {
    const one = world({
      steps: [step('a')],
      finally: [step('x')],
      scripts: { a: put, x: hangs },
      budgetMs: 10_000,
    });
    while (one.ready.length > 0) one.answer(one.ready[0] ?? expect.fail());
    one.command('suspend', what === 'the run' ? undefined : 'x');
    expect(one.run()).toBe(true);
    expect(one.transcript).toBe('a succeeded, x failed/Timeout');
  });
});

test('a held step that has not begun does not keep a terminated run open', () => {
  const one = world({ steps: [step('a'), step('b')], scripts: { a: hangs } });
  one.wait();
  one.command('suspend', 'b');
  one.command('terminate');
  expect(one.run()).toBe(true);
  expect(one.transcript).toBe('a failed/Terminate, b skipped/Skip');
});

describe('restart', () => {
  const given = {
    steps: [step('a'), step('b')],
    finally: [step('x')],
    scripts: { a: put, b: fails, x: fails },
  };
  const start = { nonce: 'n2', nowMs: 2_000_000, newId: () => 'id' };

  test('from a step, the handlers begin anew', () => {
    const { plan: planned, state } = ended(given);
    const again = restartState(planned, state, start, 'b');
    expect(
      again.ok && Object.entries(again.state.steps).map(([path, { phase }]) => `${path} ${phase}`),
    ).toEqual(['a succeeded', 'b pending', 'x pending']);
    expect(again.ok && [again.state.outcome, again.state.handling]).toEqual([undefined, undefined]);
  });

  test('not from a handler: the run would forget what its steps came to', () => {
    const { plan: planned, state } = ended(given);
    expect(restartState(planned, state, start, 'x')).toEqual({
      ok: false,
      message: 'can not restart from x: it is a step of `finally`; restart the run, or from a step before',
    });
  });
});

test('the status lists handlers after the steps', () => {
  const { plan: planned, state } = ended({
    steps: [step('a')],
    onFailure: [step('undo')],
    finally: [step('tidy')],
    scripts: { a: put, tidy: fails },
  });
  const status = statusOf(planned, state);
  expect(status.steps.map(({ name, phase }) => `${name} ${phase}`)).toEqual([
    'a succeeded',
    'undo skipped',
    'tidy failed',
  ]);
  expect(status.conditions?.find(({ type }) => type === 'Failed')).toMatchObject({
    status: 'True',
    message: 'tidy: said so',
  });
});
