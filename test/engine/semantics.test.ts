import { describe, expect, test } from 'vitest';
import { restartState } from '../../src/engine/restart.ts';
import { statusOf, unmetRequirements } from '../../src/engine/status.ts';
import { viewOf } from '../../src/engine/view.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { plan, someCondition, step, World, type Script } from './world.ts';

const always = { ...someCondition, text: 'always' };
const dag = { siblingMode: 'DAG' } as const;
const ok: Script = { acts: [{ op: 'put' }] };
const fail: Script = { acts: [{ op: 'fail' }] };

interface Row {
  readonly name: string;
  readonly plan: Plan;
  readonly scripts: Readonly<Record<string, Script>>;
  readonly ends: string;
  readonly phase: string;
}

const rows: readonly Row[] = [
  {
    name: 'steps run in order',
    plan: plan([step('a'), step('b')]),
    scripts: { a: ok, b: ok },
    ends: 'a succeeded, b succeeded',
    phase: 'succeeded',
  },
  {
    name: 'after a failure the default rule skips what follows',
    plan: plan([step('a'), step('b'), step('c')]),
    scripts: { a: fail, b: ok, c: ok },
    ends: 'a failed/Action, b skipped/Skip, c skipped/Skip',
    phase: 'failed',
  },
  {
    name: 'always runs after a failure, and the run still fails',
    plan: plan([step('a'), step('b', { condition: always })]),
    scripts: { a: fail, b: ok },
    ends: 'a failed/Action, b succeeded',
    phase: 'failed',
  },
  {
    name: 'an if that is false skips, and skipped steps do not stop the next',
    plan: plan([step('a', { condition: someCondition }), step('b')]),
    scripts: { a: { ...ok, condition: false }, b: ok },
    ends: 'a skipped/Skip, b succeeded',
    phase: 'succeeded',
  },
  {
    name: 'an if that cannot be evaluated fails the step',
    plan: plan([step('a', { condition: someCondition }), step('b')]),
    scripts: { a: { ...ok, condition: 'error' }, b: ok },
    ends: 'a failed/Condition, b skipped/Skip',
    phase: 'failed',
  },
  {
    name: 'an if that is no boolean fails the step',
    plan: plan([step('a', { condition: someCondition })]),
    scripts: { a: { ...ok, condition: 'number' } },
    ends: 'a failed/Condition',
    phase: 'failed',
  },
  {
    name: 'dependsOn ignores unrelated failures in StepByStep',
    plan: plan([step('a'), step('b'), step('c', { dependsOn: ['a'], after: ['a'] })]),
    scripts: { a: ok, b: fail, c: ok },
    ends: 'a succeeded, b failed/Action, c succeeded',
    phase: 'failed',
  },
  {
    name: 'in a DAG a step without dependsOn runs whatever failed',
    plan: plan([step('a', dag), step('b', dag)]),
    scripts: { a: fail, b: ok },
    ends: 'a failed/Action, b succeeded',
    phase: 'failed',
  },
  {
    name: 'a skipped step up the chain skips, even behind one that always runs',
    plan: plan([
      step('a', { ...dag, condition: someCondition }),
      step('b', { ...dag, condition: always, dependsOn: ['a'], after: ['a'] }),
      step('c', { ...dag, dependsOn: ['b'], after: ['b'] }),
    ]),
    scripts: { a: { ...ok, condition: false }, b: ok, c: ok },
    ends: 'a skipped/Skip, b succeeded, c skipped/Skip',
    phase: 'succeeded',
  },
  {
    name: 'a template error fails at once, without retries',
    plan: plan([step('a')]),
    scripts: { a: { acts: [{ op: 'error' }] } },
    ends: 'a failed/Rendering',
    phase: 'failed',
  },
  {
    name: 'a transient error is retried three times',
    plan: plan([step('a')]),
    scripts: { a: { acts: [{ op: 'put', fails: 3 }] } },
    ends: 'a succeeded',
    phase: 'succeeded',
  },
  {
    name: 'and then it is FailedAfterRetries',
    plan: plan([step('a')]),
    scripts: { a: { acts: [{ op: 'put', fails: 4 }] } },
    ends: 'a failed/FailedAfterRetries',
    phase: 'failed',
  },
  {
    name: 'a terminal error is not retried',
    plan: plan([step('a')]),
    scripts: { a: { acts: [{ op: 'put', fails: 1, terminal: true }] } },
    ends: 'a failed/FailedAfterRetries',
    phase: 'failed',
  },
  {
    name: 'a break lets later steps run and fails the run',
    plan: plan([step('a'), step('b')]),
    scripts: { a: { acts: [{ op: 'break' }] }, b: ok },
    ends: 'a succeeded/Terminate, b succeeded',
    phase: 'failed',
  },
  {
    name: 'a wait that never ends times out, and its outputs are there',
    plan: plan([
      step('a', {
        timeoutMs: 3000,
        outputs: [
          {
            name: 'x',
            valueFrom: { text: 'x', place: someCondition.place },
            schema: undefined,
            sensitive: false,
          },
        ],
      }),
      step('b', { condition: always }),
    ]),
    scripts: { a: { acts: [{ op: 'read' }, { op: 'wait', polls: 1e9 }] }, b: ok },
    ends: 'a failed/Timeout, b succeeded',
    phase: 'failed',
  },
  {
    name: 'a suspend with a duration goes on by itself',
    plan: plan([step('a'), step('b')]),
    scripts: { a: { acts: [{ op: 'suspend', duration: '2s' }] }, b: ok },
    ends: 'a succeeded, b succeeded',
    phase: 'succeeded',
  },
  {
    name: 'a group fails with its sub-steps',
    plan: plan([step('g', { kind: 'group' }), step('g/a'), step('g/b'), step('c')]),
    scripts: { 'g/a': fail, 'g/b': ok, c: ok },
    ends: 'g failed/Action, g/a failed/Action, g/b succeeded, c skipped/Skip',
    phase: 'failed',
  },
  {
    name: 'a skipped group takes its sub-steps with it',
    plan: plan([step('g', { kind: 'group', condition: someCondition }), step('g/a')]),
    scripts: { g: { acts: [], condition: false }, 'g/a': ok },
    ends: 'g skipped/Skip, g/a skipped/Skip',
    phase: 'succeeded',
  },
  {
    name: 'a group whose if cannot be evaluated runs nothing',
    plan: plan([step('g', { kind: 'group', condition: someCondition }), step('g/a')]),
    scripts: { g: { acts: [], condition: 'error' }, 'g/a': ok },
    ends: 'g failed/Condition, g/a skipped/Skip',
    phase: 'failed',
  },
  {
    name: 'a group that times out takes its open sub-steps with it',
    plan: plan([step('g', { kind: 'group', timeoutMs: 2000 }), step('g/a'), step('g/b')]),
    scripts: { 'g/a': ok, 'g/b': { acts: [{ op: 'read' }, { op: 'wait', polls: 1e9 }] } },
    ends: 'g failed/Timeout, g/a succeeded, g/b failed/Timeout',
    phase: 'failed',
  },
  {
    name: 'an empty group succeeds',
    plan: plan([step('g', { kind: 'group' }), step('a')]),
    scripts: { a: ok },
    ends: 'g succeeded, a succeeded',
    phase: 'succeeded',
  },
  {
    name: 'the deadline of the run ends it, also what would always run',
    plan: plan([step('a'), step('b', { condition: always })], { timeoutMs: 5000 }),
    scripts: { a: { acts: [{ op: 'read' }, { op: 'wait', polls: 1e9 }] }, b: ok },
    ends: 'a failed/Timeout, b skipped/Skip',
    phase: 'failed',
  },
];

describe('semantics', () => {
  test.each(rows)('$name', ({ plan: planned, scripts, ends, phase }) => {
    const world = new World(planned, scripts);
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe(ends);
    expect(world.state.phase).toBe(phase);
  });
});

describe('time', () => {
  test('back-off grows 1, 2, 4 s and each retry has its own key', () => {
    const world = new World(plan([step('a')]), { a: { acts: [{ op: 'put', fails: 3 }] } });
    const before = world.nowMs;
    world.run();
    expect(Math.floor((world.nowMs - before) / 1000)).toBe(7);
    expect(world.performed.map(({ key }) => key)).toEqual(['n1/a/0/1', 'n1/a/0/2', 'n1/a/0/3', 'n1/a/0/4']);
  });

  test('a repeat of what may have happened keeps its key', () => {
    const world = new World(plan([step('a')]), { a: { acts: [{ op: 'put', fails: 3, isRepeat: true }] } });
    world.run();
    expect(world.transcript).toBe('a succeeded');
    expect(new Set(world.performed.map(({ key }) => key))).toEqual(new Set(['n1/a/0/1']));
  });

  test('and is not repeated for ever', () => {
    const world = new World(plan([step('a')]), { a: { acts: [{ op: 'put', fails: 9, isRepeat: true }] } });
    world.run();
    expect(world.transcript).toBe('a failed/FailedAfterRetries');
    expect(world.performed).toHaveLength(4);
  });

  test('a timeout counts from the first execution, through a crash', () => {
    const scripts = { a: { acts: [{ op: 'read' }, { op: 'wait', polls: 1e9 }] } } as const;
    const world = new World(plan([step('a', { timeoutMs: 4000 })]), scripts);
    const first = world.nowMs;
    for (let i = 0; i < 3; i += 1) for (const effect of world.ready) world.answer(effect);
    world.save();
    world.nowMs += 3000;
    world.crash();
    world.run();
    expect(world.transcript).toBe('a failed/Timeout');
    expect(world.nowMs - first).toBeLessThan(4500);
  });
});

describe('commands', () => {
  const waiting = { acts: [{ op: 'read' }, { op: 'wait', polls: 1e9 }] } as const;

  test('a suspended run begins nothing and shows what it holds', () => {
    const world = new World(plan([step('a'), step('b')]), { a: { acts: [{ op: 'put' }] }, b: ok });
    world.command('suspend');
    world.run();
    expect(world.isOver).toBe(false);
    expect(world.state.phase).toBe('suspending');
    expect(world.performed).toEqual([]);
    expect(statusOf(world.plan, world.state).steps[0]?.reason).toBe('Suspend');
    world.command('resume');
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe('a succeeded, b succeeded');
  });

  test('one suspended step holds only itself', () => {
    const world = new World(plan([step('a', dag), step('b', dag)]), { a: ok, b: ok });
    world.command('suspend', 'a');
    world.run();
    expect(world.transcript).toBe('a running, b succeeded');
    expect(world.state.phase).toBe('suspending');
    world.command('resume', 'a');
    expect(world.run()).toBe(true);
  });

  test('a suspend step waits for resume; the rest of a DAG goes on', () => {
    const world = new World(plan([step('a', dag), step('b', dag)]), {
      a: { acts: [{ op: 'suspend' }] },
      b: ok,
    });
    expect(world.run()).toBe(false);
    expect(world.transcript).toBe('a suspending/Suspend, b succeeded');
    expect(viewOf(world.plan, world.state).steps[0]?.waiting?.kind).toBe('person');
    world.save();
    world.crash();
    world.command('resume');
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe('a succeeded, b succeeded');
  });

  test('terminate ends what is open and skips the rest, but handlers run', () => {
    const world = new World(plan([step('a'), step('b'), step('c', { condition: always })]), {
      a: waiting,
      b: ok,
      c: ok,
    });
    for (let i = 0; i < 3; i += 1) for (const effect of world.ready) world.answer(effect);
    world.command('terminate');
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe('a failed/Terminate, b skipped/Skip, c succeeded');
    expect(world.state.phase).toBe('terminated');
  });

  test('a command is taken once', () => {
    const world = new World(plan([step('a')]), { a: waiting });
    world.feed({ kind: 'command', seq: 1, command: 'suspend' });
    world.feed({ kind: 'command', seq: 2, command: 'resume' });
    world.feed({ kind: 'command', seq: 1, command: 'suspend' });
    expect(world.state.suspended).toBe(false);
  });
});

describe('a crash between effect and record', () => {
  test.each([
    { op: 'put', ends: 'a succeeded', sent: 2 },
    { op: 'post', ends: 'a failed/Unknown', sent: 1 },
  ] as const)('$op: $ends', ({ op, ends, sent }) => {
    const world = new World(plan([step('a')]), { a: { acts: [{ op }] } });
    for (const effect of world.ready) world.answer(effect);
    for (const effect of world.ready) world.answer(effect, true);
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe(ends);
    expect(world.performed.map(({ key }) => key)).toEqual(Array.from({ length: sent }, () => 'n1/a/0/1'));
  });
});

describe('restart', () => {
  const three = plan([step('a'), step('b'), step('c')]);
  const scripts = { a: ok, b: fail, c: ok };
  const start = { nonce: 'n2', nowMs: 2_000_000, newId: () => 'id' };

  test('from a failed step keeps what came before', () => {
    const world = new World(three, scripts);
    world.run();
    const again = restartState(three, world.state, start, 'b');
    if (!again.ok) throw new Error(again.message);
    expect(Object.values(again.state.steps).map(({ phase }) => phase)).toEqual([
      'succeeded',
      'pending',
      'pending',
    ]);
    expect(again.state.nonce).toBe('n2');
    expect(again.state.endedAtMs).toBeUndefined();
  });

  test.each([
    ['a', 'can not restart from a non-failed step'],
    ['x', 'failed step x not found'],
  ])('from %s is refused', (from, message) => {
    const world = new World(three, scripts);
    world.run();
    expect(restartState(three, world.state, start, from)).toMatchObject({
      ok: false,
      message: expect.stringContaining(message) as string,
    });
  });
});

test('a run that its deadline ended says so in its condition, as a Job does', () => {
  const planned = plan([step('a')], { timeoutMs: 5000 });
  const world = new World(planned, { a: { acts: [{ op: 'read' }, { op: 'wait', polls: 1e9 }] } });
  world.run();
  expect(statusOf(planned, world.state).conditions?.find(({ type }) => type === 'Failed')).toMatchObject({
    status: 'True',
    reason: 'DeadlineExceeded',
  });
});

test('a required step that was skipped is unmet, though the run succeeded', () => {
  const planned = plan([step('a', { condition: someCondition })], { require: ['a'] });
  const world = new World(planned, { a: { ...ok, condition: false } });
  world.run();
  expect(world.state.phase).toBe('succeeded');
  expect(unmetRequirements(planned, world.state)).toEqual(['a']);
  expect(statusOf(planned, world.state).conditions?.find(({ type }) => type === 'Passed')).toMatchObject({
    status: 'False',
    reason: 'RequiredStepSkipped',
  });
});
