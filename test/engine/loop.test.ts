import { describe, expect, test } from 'vitest';
import { restartState } from '../../src/engine/restart.ts';
import { statusOf } from '../../src/engine/status.ts';
import { viewOf } from '../../src/engine/view.ts';
import type { PlannedLoop, PlannedStep } from '../../src/plan/plan.ts';
import { defaultRetry } from '../../src/plan/plan.ts';
import { loop, plan, someCondition, step, World, type Script } from './world.ts';

const ok: Script = { acts: [{ op: 'put' }] };
const fail: Script = { acts: [{ op: 'fail' }] };
const always = { ...someCondition, text: 'always' };
const output = { name: 'made', valueFrom: someCondition, schema: undefined, sensitive: false };
const three = { items: ['x', 'y', 'z'] };
const dag = { siblingMode: 'DAG' } as const;

interface Row {
  readonly name: string;
  readonly loop: Partial<PlannedLoop>;
  readonly step?: Partial<PlannedStep>;
  readonly scripts: Readonly<Record<string, Script>>;
  readonly ends: string;
  readonly says?: string;
}

const rows: readonly Row[] = [
  {
    name: 'a step is done once for each item',
    loop: three,
    scripts: { c: ok },
    ends: 'c succeeded, c[0] succeeded, c[1] succeeded, c[2] succeeded',
  },
  {
    name: 'after a failure no further item begins',
    loop: three,
    scripts: { c: ok, 'c[1]': fail },
    ends: 'c failed/Action, c[0] succeeded, c[1] failed/Action, c[2] skipped/Skip',
    says: '1 of 3 failed: c[1]: said so',
  },
  {
    name: 'or each does, if so wished',
    loop: { ...three, failFast: false },
    scripts: { c: fail, 'c[1]': ok },
    ends: 'c failed/Action, c[0] failed/Action, c[1] succeeded, c[2] failed/Action',
    says: '2 of 3 failed: c[0]: said so; c[2]: said so',
  },
  {
    name: 'an empty list is nothing to do',
    loop: { items: [] },
    scripts: {},
    ends: 'c succeeded',
    says: 'the list is empty: there was nothing to do',
  },
  {
    name: 'unless there must be items',
    loop: { items: [], minItems: 1 },
    scripts: {},
    ends: 'c failed/Input',
    says: 'forEach: the list has fewer items (0) than `minItems` (1)',
  },
  {
    name: 'a list that is too long fails the step',
    loop: { from: 'context.long' },
    scripts: {},
    ends: 'c failed/Input',
    says: 'forEach: "context.long" has 101 items; at most 100 are allowed',
  },
  {
    name: 'what is no list fails the step',
    loop: { from: 'context.name' },
    scripts: {},
    ends: 'c failed/Input',
    says: 'forEach: "context.name" is a string, not a list',
  },
  {
    name: 'an if that does not read the item is asked once, and nothing is done when it is false',
    loop: three,
    step: { condition: someCondition },
    scripts: { c: { ...ok, condition: false } },
    ends: 'c skipped/Skip',
    says: 'if: scripted is false',
  },
  {
    name: 'an if that reads the item is asked for each',
    loop: { ...three, each: { condition: someCondition, conditionReads: undefined, timeoutMs: undefined } },
    step: { condition: always },
    scripts: { c: ok, 'c[0]': { ...ok, condition: false }, 'c[2]': { ...ok, condition: 'error' } },
    ends: 'c failed/Condition, c[0] skipped/Skip, c[1] succeeded, c[2] failed/Condition',
    says: '1 of 3 failed: c[2]: if: scripted: reference not found',
  },
  {
    name: 'when every item is skipped the step is',
    loop: { ...three, each: { condition: someCondition, conditionReads: undefined, timeoutMs: undefined } },
    step: { condition: always },
    scripts: { c: { ...ok, condition: false } },
    ends: 'c skipped/Skip, c[0] skipped/Skip, c[1] skipped/Skip, c[2] skipped/Skip',
  },
  {
    name: 'each item has the whole time of the step',
    loop: {
      ...three,
      failFast: false,
      each: { condition: undefined, conditionReads: undefined, timeoutMs: 5000 },
    },
    scripts: {
      c: { acts: [{ op: 'suspend', duration: '4s' }] },
      'c[1]': { acts: [{ op: 'suspend', duration: '6s' }] },
    },
    ends: 'c failed/Timeout, c[0] succeeded, c[1] failed/Timeout, c[2] succeeded',
    says: '1 of 3 failed: c[1]: timed out after 5s: Suspended by field 0',
  },
  {
    name: 'each item has retries of its own',
    loop: three,
    step: { retry: { ...defaultRetry, limit: 1 } },
    scripts: { c: { acts: [{ op: 'put', fails: 1 }] } },
    ends: 'c succeeded, c[0] succeeded, c[1] succeeded, c[2] succeeded',
  },
];

describe('a step with forEach', () => {
  test.each(rows)('$name', ({ loop: own, step: rest, scripts, ends, says }) => {
    const context = { long: Array.from({ length: 101 }, (_, i) => i) };
    const world = new World(plan([loop('c', own, rest)], { context }), scripts);
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe(ends);
    expect(world.state.steps['c']?.message).toBe(says);
    expect(world.violations).toEqual([]);
  });

  test('has so many items under way as it may, in the order of the list', () => {
    const items = ['a', 'b', 'c', 'd', 'e'];
    const world = new World(plan([loop('c', { items, maxParallel: 2 })]), { c: ok });
    const turns = (): readonly string[] => world.ready.map(({ step: path }) => path);
    expect(turns()).toEqual(['c[0]', 'c[1]']);
    // The second is faster than the first.
    for (let i = 0; i < 3; i += 1) for (const effect of world.ready.slice(1)) world.answer(effect);
    expect(turns()).toEqual(['c[0]', 'c[2]']);
    world.run();
    expect(world.state.phase).toBe('succeeded');
    expect(world.violations).toEqual([]);
  });

  test('lets the items that are under way come to their end when one has failed', () => {
    const world = new World(plan([loop('c', { ...three, maxParallel: 2 })]), { c: ok, 'c[1]': fail });
    world.run();
    expect(world.transcript).toBe('c failed/Action, c[0] succeeded, c[1] failed/Action, c[2] skipped/Skip');
  });

  test('gives each effect a key of its own', () => {
    const world = new World(plan([loop('c', three)]), { c: ok });
    world.run();
    expect(world.performed.map(({ key }) => key)).toEqual(['n1/c[0]/0/1', 'n1/c[1]/0/1', 'n1/c[2]/0/1']);
  });
});

describe('items', () => {
  const inputs = [
    { from: 'item.name', parameterKey: 'who' },
    { from: 'index', parameterKey: 'at' },
  ];
  const items = [{ name: 'ann' }, { name: 'bob' }];

  test('are handed over by inputs, and name their objects apart', () => {
    const world = new World(plan([loop('c', { items }, { inputs, properties: { more: true } })]), {});
    const seen = [];
    while (!world.isOver) {
      const [effect] = world.ready;
      if (effect === undefined) break;
      if (effect.kind === 'evaluate-turn') seen.push(effect.input);
      world.answer(effect);
    }
    expect(
      seen.map(({ parameter, context }) => [parameter, context['stepName'], context['stepGroupName']]),
    ).toEqual([
      [{ more: true, who: 'ann', at: 0 }, 'c-0', 'c'],
      [{ more: true, who: 'bob', at: 1 }, 'c-1', 'c'],
    ]);
  });

  test('are what an if sees in its inputs', () => {
    const each = { condition: someCondition, conditionReads: [], timeoutMs: undefined };
    const world = new World(plan([loop('c', { items, each }, { inputs, condition: always })]), {});
    const [effect] = world.ready;
    expect(effect?.kind === 'evaluate-condition' && effect.scope.inputs).toEqual({
      item: { name: 'ann' },
      index: 0,
      'item.name': 'ann',
    });
  });

  test('without the path that an input names fail alone', () => {
    const world = new World(plan([loop('c', { items: [{}, ...items], failFast: false }, { inputs })]), {});
    world.run();
    expect(world.transcript).toBe('c failed/Input, c[0] failed/Input, c[1] succeeded, c[2] succeeded');
  });

  test('come from the output of another step, and are fixed when the step begins', () => {
    const made = { ...output, name: 'list' };
    const planned = plan([
      step('a', { outputs: [made] }),
      loop('c', { from: 'list.names' }, { after: ['a'] }),
    ]);
    const world = new World(planned, { a: ok, c: { acts: [{ op: 'post' }, { op: 'put' }] } });
    const state = {
      ...world.state,
      outputs: { list: { value: { names: ['p', 'q'] }, step: 'a', sensitive: false } },
    };
    world.state = {
      ...state,
      steps: { ...state.steps, a: { ...state.steps['a']!, phase: 'succeeded', stage: { kind: 'done' } } },
    };
    world.feed({ kind: 'time' });
    expect(world.state.steps['c']?.loop).toEqual({ count: 2, items: ['p', 'q'], made: {} });
    // Whatever becomes of the output: the list stays.
    world.state = { ...world.state, outputs: {} };
    world.save();
    world.crash();
    world.run();
    expect(world.transcript).toBe('a succeeded, c succeeded, c[0] succeeded, c[1] succeeded');
    expect(world.state.steps['c']?.loop).toEqual({ count: 2 });
  });
});

describe('outputs', () => {
  test('are a list in the order of the items, null for what failed or was skipped', () => {
    const each = { condition: someCondition, conditionReads: undefined, timeoutMs: undefined };
    const planned = loop(
      'c',
      { ...three, each, failFast: false, maxParallel: 3 },
      { condition: always, outputs: [output] },
    );
    const world = new World(plan([planned]), {
      c: ok,
      'c[0]': { ...ok, condition: false },
      'c[1]': { acts: [{ op: 'put' }, { op: 'fail' }] },
    });
    world.run((count) => count - 1);
    expect(world.state.outputs['made']).toEqual({
      value: [null, null, { made: 'c[2]' }],
      step: 'c',
      sensitive: false,
    });
  });

  test('are null when the step never began', () => {
    const world = new World(plan([step('a'), loop('c', three, { outputs: [output] })]), { a: fail });
    world.run();
    expect(world.transcript).toBe('a failed/Action, c skipped/Skip');
    expect(world.state.outputs['made']?.value).toBe(null);
  });
});

describe('people', () => {
  test('see items as sub-steps, in the shape of a group', () => {
    const world = new World(plan([loop('c', three)]), { c: ok, 'c[1]': fail });
    world.run();
    const status = statusOf(world.plan, world.state);
    expect(status.steps).toMatchObject([
      {
        name: 'c',
        phase: 'failed',
        message: '1 of 3 failed: c[1]: said so',
        subSteps: [
          { name: 'c[0]', type: 'scripted', phase: 'succeeded' },
          { name: 'c[1]', phase: 'failed', message: 'said so' },
          { name: 'c[2]', phase: 'skipped', message: 'c[1] failed' },
        ],
      },
    ]);
    expect(status.conditions?.find(({ type }) => type === 'Failed')?.message).toBe(
      'c: 1 of 3 failed: c[1]: said so',
    );
    const [view] = viewOf(world.plan, world.state).steps;
    expect(view?.subSteps.map(({ path }) => path)).toEqual(['c[0]', 'c[1]', 'c[2]']);
  });

  test('hold a step with all of its items, and let it go on', () => {
    const world = new World(plan([loop('c', { ...three, maxParallel: 2 })]), { c: ok });
    world.command('suspend', 'c');
    while (world.ready[0] !== undefined) world.answer(world.ready[0]);
    expect(world.state.phase).toBe('suspending');
    world.command('resume', 'c');
    expect(world.run()).toBe(true);
    expect(world.state.phase).toBe('succeeded');
  });

  test('hold one item alone', () => {
    const world = new World(plan([loop('c', { ...three, maxParallel: 3 })]), { c: ok });
    world.command('suspend', 'c[1]');
    while (world.ready[0] !== undefined) world.answer(world.ready[0]);
    expect(world.transcript).toBe('c running, c[0] succeeded, c[1] running, c[2] succeeded');
    world.command('resume', 'c[1]');
    expect(world.run()).toBe(true);
  });

  test('terminate what is under way, and begin nothing more', () => {
    const world = new World(plan([loop('c', { ...three, maxParallel: 2 })]), {
      c: { acts: [{ op: 'suspend' }] },
    });
    while (world.ready[0] !== undefined) world.answer(world.ready[0]);
    world.command('terminate');
    world.run();
    expect(world.transcript).toBe(
      'c failed/Terminate, c[0] failed/Terminate, c[1] failed/Terminate, c[2] skipped/Skip',
    );
    expect(world.state.phase).toBe('terminated');
  });
});

describe('a gate', () => {
  const verdict = { op: 'judge', open: true, validMs: 20_000 } as const;
  const gated = plan([
    step('g', { ...dag, isGate: true }),
    loop('c', { ...three, failFast: false }, { ...dag, requires: ['g'] }),
  ]);

  test('binds every item', () => {
    const world = new World(gated, { g: { acts: [verdict] }, c: ok });
    world.run();
    expect(world.transcript).toContain('c[0] succeeded, c[1] succeeded, c[2] succeeded');
    expect(world.violations).toEqual([]);
  });

  test('stops the items that have not begun when its verdict ends', () => {
    const wait: Script = { acts: [{ op: 'suspend', duration: '15s' }, { op: 'put' }] };
    const world = new World(gated, { g: { acts: [verdict] }, c: wait });
    world.run();
    expect(world.transcript).toBe(
      'g succeeded, c failed/Action, c[0] succeeded, c[1] failed/Action, c[2] failed/Action',
    );
    expect(viewOf(world.plan, world.state).isGateClosed).toBe(true);
  });
});

describe('a restart', () => {
  const start = { nonce: 'n2', nowMs: 2_000_000, newId: () => 'new' };

  test('from a step with forEach fixes its list anew', () => {
    const world = new World(plan([loop('a', three), loop('c', three)]), { a: ok, c: ok, 'c[1]': fail });
    world.run();
    const again = restartState(world.plan, world.state, start, 'c');
    expect(again.ok && Object.keys(again.state.steps)).toEqual(['a', 'a[0]', 'a[1]', 'a[2]', 'c']);
    expect(again.ok && again.state.steps['c']?.loop).toBeUndefined();
  });

  test('from one item is refused, with what to do', () => {
    const world = new World(plan([loop('c', three)]), { c: fail });
    world.run();
    expect(restartState(world.plan, world.state, start, 'c[0]')).toEqual({
      ok: false,
      message: 'can not restart from c[0]: restart from step c, whose items then all run again',
    });
  });
});

test('an answer for an item of a list that was lost with its process changes nothing', () => {
  const world = new World(plan([step('a'), loop('c', three)]), { a: ok, c: ok });
  world.save();
  while (world.begun.length < 2) for (const effect of world.ready) world.answer(effect);
  const late = world.answers.findLast((answer) => 'step' in answer && answer.step === 'c[0]');
  world.crash();
  const { state } = world;
  if (late !== undefined) world.feed(late);
  expect(late).toBeDefined();
  expect(world.state.steps).toEqual(state.steps);
});
