import { describe, expect, test } from 'vitest';
import { statusOf } from '../../src/engine/status.ts';
import { viewOf } from '../../src/engine/view.ts';
import { restartState } from '../../src/engine/restart.ts';
import type { Plan, PlannedStep } from '../../src/plan/plan.ts';
import { plan, someCondition, step, World, type Act, type Script } from './world.ts';

const always = { ...someCondition, text: 'always' };
const dag = { siblingMode: 'DAG' } as const;
const hour = 3_600_000;
const ok: Script = { acts: [{ op: 'put' }] };
const gate = (path: string, more: Partial<PlannedStep> = {}): PlannedStep =>
  step(path, { isGate: true, ...more });
const gives = (said: Partial<Extract<Act, { op: 'judge' }>> = {}, ...then: readonly Act[]): Script => ({
  acts: [{ op: 'judge', validMs: hour, ...said }, ...then],
});
const closed = gives({ open: false, outcome: 'fail' }, { op: 'fail' });

interface Row {
  readonly name: string;
  readonly steps: readonly PlannedStep[];
  readonly scripts: Readonly<Record<string, Script>>;
  readonly ends: string;
  /** The message of the last step. */
  readonly says?: string;
}

const rows: readonly Row[] = [
  {
    name: 'behind an open gate a step runs',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives(), a: ok },
    ends: 'g succeeded, a succeeded',
  },
  {
    name: 'behind a failed gate the default rule skips, as after any failure',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: closed, a: ok },
    ends: 'g failed/Action, a skipped/Skip',
    says: 'gate g failed',
  },
  {
    name: 'and in a DAG, where no list would',
    steps: [gate('g', dag), step('a', { ...dag, requires: ['g'] })],
    scripts: { g: closed, a: ok },
    ends: 'g failed/Action, a skipped/Skip',
  },
  {
    name: 'in a list, a failed step between the two counts all the same',
    steps: [gate('g'), step('x'), step('a', { requires: ['g'] })],
    scripts: { g: gives(), x: { acts: [{ op: 'fail' }] }, a: ok },
    ends: 'g succeeded, x failed/Action, a skipped/Skip',
  },
  {
    name: 'dependsOn on another step does not open the gate',
    steps: [gate('g'), step('x', { condition: always }), step('a', { dependsOn: ['x'], requires: ['g'] })],
    scripts: { g: closed, x: ok, a: ok },
    ends: 'g failed/Action, x succeeded, a skipped/Skip',
  },
  {
    name: 'always does not get past a gate that failed',
    steps: [gate('g'), step('a', { condition: always, requires: ['g'] })],
    scripts: { g: closed, a: ok },
    ends: 'g failed/Action, a failed/Action',
    says: 'requires: the verdict of gate "g" is fail',
  },
  {
    name: 'an if that is true does not, either',
    steps: [gate('g'), step('a', { condition: someCondition, requires: ['g'] })],
    scripts: { g: closed, a: ok },
    ends: 'g failed/Action, a failed/Action',
  },
  {
    name: 'a gate that was skipped has given no verdict',
    steps: [gate('g', { condition: someCondition }), step('a', { condition: always, requires: ['g'] })],
    scripts: { g: { ...gives(), condition: false }, a: ok },
    ends: 'g skipped/Skip, a failed/Action',
    says: 'requires: gate "g" has given no verdict',
  },
  {
    name: 'a gate that succeeded without a verdict opens nothing',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: ok, a: ok },
    ends: 'g succeeded, a failed/Action',
  },
  {
    name: 'a gate that let its step succeed with a closed verdict opens nothing',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives({ open: false, outcome: 'warn' }), a: ok },
    ends: 'g succeeded, a failed/Action',
    says: 'requires: the verdict of gate "g" is warn',
  },
  {
    name: 'an observation opens nothing',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives({ mode: 'observe' }), a: ok },
    ends: 'g succeeded, a failed/Action',
    says: 'requires: the verdict of gate "g" was only an observation',
  },
  {
    name: 'a gate that failed after an open verdict opens nothing',
    steps: [gate('g'), step('a', { condition: always, requires: ['g'] })],
    scripts: { g: gives({}, { op: 'fail' }), a: ok },
    ends: 'g failed/Action, a failed/Action',
    says: 'requires: gate "g" failed after its verdict',
  },
  {
    name: 'a verdict without a clock opens nothing',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives({ at: null }), a: ok },
    ends: 'g succeeded, a failed/Action',
  },
  {
    name: 'a verdict of the future opens nothing',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives({ at: '2030-01-01T00:00:00Z', expires: '2031-01-01T00:00:00Z' }), a: ok },
    ends: 'g succeeded, a failed/Action',
  },
  {
    name: 'a verdict that expired before the step began opens nothing',
    steps: [gate('g'), step('x'), step('a', { requires: ['g'] })],
    scripts: { g: gives({ validMs: 1500 }), x: { acts: [{ op: 'suspend', duration: '2s' }] }, a: ok },
    ends: 'g succeeded, x succeeded, a failed/Action',
    says: 'requires: the verdict of gate "g" ended at 1970-01-01T00:16:41.502Z',
  },
  {
    name: 'one that expires while the step is under way stops its next effect',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: {
      g: gives({ validMs: 1500 }),
      a: { acts: [{ op: 'put' }, { op: 'suspend', duration: '2s' }, { op: 'put' }] },
    },
    ends: 'g succeeded, a failed/Action',
  },
  {
    name: 'and the retry of an effect',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives({ validMs: 1500 }), a: { acts: [{ op: 'put', fails: 3 }] } },
    ends: 'g succeeded, a failed/Action',
  },
  {
    name: 'but a step may wait on for what it applied',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives({ validMs: 1500 }), a: { acts: [{ op: 'put' }, { op: 'wait', polls: 3 }] } },
    ends: 'g succeeded, a succeeded',
  },
  {
    name: 'an effect that was refused as it was performed is not retried',
    steps: [gate('g'), step('a', { requires: ['g'] })],
    scripts: { g: gives(), a: { acts: [{ op: 'other' }] } },
    ends: 'g succeeded, a failed/Action',
    says: 'requires: not what was judged',
  },
  {
    name: 'every gate must be open',
    steps: [gate('g'), gate('h'), step('a', { requires: ['g', 'h'] })],
    scripts: { g: gives(), h: gives({ open: false, outcome: 'warn' }), a: ok },
    ends: 'g succeeded, h succeeded, a failed/Action',
    says: 'requires: the verdict of gate "h" is warn',
  },
  {
    name: 'a group that requires a gate runs none of its steps',
    steps: [
      gate('g'),
      step('k', { kind: 'group', condition: always, requires: ['g'] }),
      step('k/a', { condition: always, requires: ['g'], after: [] }),
    ],
    scripts: { g: closed, 'k/a': ok },
    ends: 'g failed/Action, k failed/Action, k/a skipped/Skip',
  },
];

describe('a step that requires a gate', () => {
  test.each(rows)('$name', ({ steps, scripts, ends, says }) => {
    const world = new World(plan(steps), scripts);
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe(ends);
    expect(world.violations).toEqual([]);
    const last = steps.at(-1)?.path ?? '';
    if (says !== undefined) expect(world.state.steps[last]?.message).toBe(says);
  });

  test('that is refused does not even ask its template, and says which gate it was', () => {
    const world = new World(plan([gate('g'), step('a', { condition: always, requires: ['g'] })]), {
      g: closed,
      a: ok,
    });
    world.run();
    expect(world.state.steps['a']?.refused).toEqual({ gate: 'g', code: 'GateNotOpen' });
    expect(world.begun).toEqual(['g']);
    expect(world.performed.map(({ op }) => op)).toEqual(['judge']);
  });

  test('a gate that is terminated after its verdict does not open', () => {
    const planned = plan([gate('g'), step('a', { condition: always, requires: ['g'] })]);
    const world = new World(planned, { g: gives({}, { op: 'suspend' }), a: ok });
    expect(world.run()).toBe(false);
    expect(world.state.steps['g']?.verdict?.open).toBe(true);
    world.command('terminate');
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe('g failed/Terminate, a failed/Action');
  });

  test('after a crash an effect under way is repeated only while the gate is open', () => {
    const planned = plan([gate('g'), step('a', { requires: ['g'] })]);
    const world = new World(planned, { g: gives({ validMs: 1000 }), a: ok });
    while (!world.ready.some(({ kind, step: path }) => kind === 'perform' && path === 'a')) {
      const [effect] = world.ready;
      if (effect === undefined) throw new Error(world.transcript);
      world.answer(effect);
    }
    world.save();
    world.nowMs += 2000;
    world.crash();
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe('g succeeded, a failed/Action');
    expect(world.performed.filter(({ step: path }) => path === 'a')).toEqual([]);
  });
});

describe('a restart from a step that required a gate', () => {
  const start = { nonce: 'n2', nowMs: 2_000_000, newId: () => 'id' };
  const again = (planned: Plan, scripts: Readonly<Record<string, Script>>): string => {
    const world = new World(planned, scripts);
    world.run();
    const restarted = restartState(planned, world.state, start, 'a');
    if (!restarted.ok) throw new Error(restarted.message);
    return Object.entries(restarted.state.steps)
      .map(
        ([path, { phase, verdict }]) => `${path} ${phase}${verdict === undefined ? '' : ' with a verdict'}`,
      )
      .join(', ');
  };
  const fail: Script = { acts: [{ op: 'fail' }] };

  test('judges anew, and repeats nothing that merely stood between', () => {
    const planned = plan([step('before'), gate('g'), step('x'), step('a', { requires: ['g'] })]);
    expect(again(planned, { g: gives(), x: ok, a: fail })).toBe(
      'before succeeded, g pending, x succeeded, a pending',
    );
  });

  test('repeats what depends on the gate', () => {
    const planned = plan([
      gate('g', dag),
      step('x', { ...dag, dependsOn: ['g'] }),
      step('a', { ...dag, requires: ['g'] }),
    ]);
    expect(again(planned, { g: gives(), x: ok, a: fail })).toBe('g pending, x pending, a pending');
  });

  test('judges anew inside a group, whose other steps keep what they have', () => {
    const planned = plan([
      step('k', { kind: 'group' }),
      gate('k/g'),
      step('k/x'),
      step('y'),
      step('a', { requires: ['k/g'] }),
    ]);
    expect(again(planned, { 'k/g': gives(), 'k/x': ok, y: ok, a: fail })).toBe(
      'k pending, k/g pending, k/x succeeded, y succeeded, a pending',
    );
  });

  test('keeps the verdict of a gate that nobody requires again', () => {
    const planned = plan([gate('g'), step('a')]);
    expect(again(planned, { g: gives(), a: fail })).toBe('g succeeded with a verdict, a pending');
  });
});

describe('what is shown of gates', () => {
  const planned = plan([gate('g'), step('a', { condition: always, requires: ['g'] })]);

  test('a closed gate, its verdict, what it refused and what was spent', () => {
    const world = new World(planned, { g: closed, a: ok });
    world.run();
    const { steps, conditions } = statusOf(planned, world.state);
    expect(steps.map(({ sluice }) => sluice)).toEqual([
      {
        closed: true,
        verdict: expect.objectContaining({
          outcome: 'fail',
          open: false,
          subject: { name: 'web', digest: 'sha256:0' },
        }) as unknown,
        models: { calls: 2, cached: 1, inputTokens: 20, outputTokens: 5, microDollars: 31 },
      },
      { refusedBy: { gate: 'g', code: 'GateNotOpen' } },
    ]);
    expect(conditions?.find(({ type }) => type === 'Passed')).toMatchObject({
      status: 'False',
      reason: 'GateNotOpen',
      message: 'gates kept closed: g, a',
    });
    const view = viewOf(planned, world.state);
    expect(view.isGateClosed).toBe(true);
    expect(view.steps.map(({ notes }) => notes)).toEqual(steps.map(({ sluice }) => sluice));
  });

  test.each<{ readonly name: string; readonly scripts: Record<string, Script>; readonly is: boolean }>([
    { name: 'an open gate', scripts: { g: gives(), a: ok }, is: false },
    {
      name: 'a gate that could not be carried out',
      scripts: { g: { acts: [{ op: 'error' }] }, a: ok },
      is: true,
    },
    {
      name: 'a step refused as it applied',
      scripts: { g: gives(), a: { acts: [{ op: 'other' }] } },
      is: true,
    },
    {
      name: 'another failure behind an open gate',
      scripts: { g: gives(), a: { acts: [{ op: 'fail' }] } },
      is: false,
    },
  ])('$name: $is', ({ scripts, is }) => {
    const world = new World(planned, scripts);
    world.run();
    expect(viewOf(planned, world.state).isGateClosed).toBe(is);
    const passed = statusOf(planned, world.state).conditions?.find(({ type }) => type === 'Passed');
    expect(passed?.reason === 'GateNotOpen').toBe(is);
  });

  test('a gate that was terminated, and one that timed out, did not open', () => {
    const waits: Script = { acts: [{ op: 'suspend' }] };
    const terminated = new World(plan([gate('g')]), { g: waits });
    terminated.run();
    terminated.command('terminate');
    const late = new World(plan([gate('g', { timeoutMs: 1000 })]), { g: waits });
    late.run();
    for (const world of [terminated, late]) expect(viewOf(world.plan, world.state).isGateClosed).toBe(true);
  });
});
