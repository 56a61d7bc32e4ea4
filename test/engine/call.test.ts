import { describe, expect, test } from 'vitest';
import { restartState } from '../../src/engine/restart.ts';
import { statusOf } from '../../src/engine/status.ts';
import { viewOf } from '../../src/engine/view.ts';
import type { PlannedStep } from '../../src/plan/plan.ts';
import { call, loop, plan, someCondition, step, World, type Script } from './world.ts';

const ok: Script = { acts: [{ op: 'put' }] };
const fail: Script = { acts: [{ op: 'fail' }] };
const output = (name: string) => ({ name, valueFrom: someCondition, schema: undefined, sensitive: false });
const always = { ...someCondition, text: 'always' };
/** A step of the Workflow that `space` calls. */
const inner = (path: string, more: Partial<PlannedStep> = {}): PlannedStep =>
  step(path, {
    name: path,
    space: path.slice(0, path.indexOf('/')),
    ownName: path.slice(path.lastIndexOf('/') + 1),
    siblingMode: 'StepByStep',
    ...more,
  });

/** A call, with a group in its Workflow that holds another call. */
const nested: readonly PlannedStep[] = [
  call('a'),
  inner('a/first'),
  inner('a/g', { kind: 'group' }),
  inner('a/g/one', { siblingMode: 'DAG' }),
  inner('a/g/c', { ...call('a/g/c'), name: 'a/g/c', ownName: 'c', space: 'a', siblingMode: 'DAG' }),
  inner('a/g/c/deep', { space: 'a/g/c' }),
  inner('a/last'),
  step('z'),
];
const scriptsOf = (steps: readonly PlannedStep[], failing: readonly string[] = []): Record<string, Script> =>
  Object.fromEntries(steps.map(({ path }) => [path, failing.includes(path) ? fail : ok]));

function played(steps: readonly PlannedStep[], failing: readonly string[] = []): World {
  const world = new World(plan(steps), scriptsOf(steps, failing));
  expect(world.run()).toBe(true);
  return world;
}

describe('groups and calls in each other', () => {
  test('end from the innermost outwards', () => {
    expect(played(nested).transcript).toBe(nested.map(({ path }) => `${path} succeeded`).join(', '));
  });

  test('a failure at the bottom is that of everything around it', () => {
    expect(played(nested, ['a/g/c/deep']).transcript).toBe(
      'a failed/Action, a/first succeeded, a/g failed/Action, a/g/one succeeded, a/g/c failed/Action, a/g/c/deep failed/Action, a/last skipped/Skip, z skipped/Skip',
    );
  });

  test('are skipped with all that they hold', () => {
    const steps = [step('x'), ...nested];
    const { transcript } = played(steps, ['x']);
    expect(
      transcript
        .split(', ')
        .slice(1)
        .every((each) => each.endsWith('skipped/Skip')),
    ).toBe(true);
  });

  test('the status lists what they hold on its second level', () => {
    const { plan: planned, state } = played(nested);
    const { steps } = statusOf(planned, state);
    expect(steps.map(({ name }) => name)).toEqual(['a', 'z']);
    expect(steps[0]?.subSteps?.map(({ name, subSteps }) => [name, subSteps])).toEqual(
      nested.slice(1, -1).map(({ path }) => [path, undefined]),
    );
    expect(viewOf(planned, state).steps[0]?.subSteps.map(({ path }) => path)).toEqual(
      nested.slice(1, -1).map(({ path }) => path),
    );
  });

  test('time out with all that they hold', () => {
    const steps = nested.map((each) => (each.path === 'a' ? { ...each, timeoutMs: 1000 } : each));
    const world = new World(plan(steps), {
      ...scriptsOf(steps),
      'a/g/c/deep': { acts: [{ op: 'suspend' }] },
      'a/g/one': { acts: [{ op: 'suspend' }] },
    });
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe(
      'a failed/Timeout, a/first succeeded, a/g failed/Timeout, a/g/one failed/Timeout, a/g/c failed/Timeout, a/g/c/deep failed/Timeout, a/last failed/Timeout, z skipped/Skip',
    );
  });
});

describe('the parameters of a call', () => {
  const steps = [
    step('make', { outputs: [output('x')] }),
    { ...call('a', { parameterSchema: {} }), inputs: [{ from: 'x', parameterKey: 'parameters.p' }] },
    inner('a/see', { inputs: [{ from: 'context.parameters.p', parameterKey: 'got' }] }),
  ];
  const given = (world: World): unknown => {
    const effect = world.pending.find(
      ({ kind, ...rest }) => kind === 'evaluate-turn' && 'step' in rest && rest.step === 'a/see',
    );
    return effect?.kind === 'evaluate-turn' ? effect.input.parameter : undefined;
  };
  function until(world: World, isReached: () => boolean): void {
    for (let i = 0; i < 50 && !isReached(); i += 1) {
      const [effect] = world.ready;
      if (effect === undefined) throw new Error('nothing is ready');
      world.answer(effect);
    }
  }

  test('are asked for again by the process after the one that died, and are then part of the state', () => {
    const world = new World(plan(steps), scriptsOf(steps));
    until(world, () => world.state.steps['a']?.stage.kind === 'parameters');
    world.save();
    world.crash();
    expect(world.pending).toMatchObject([
      { kind: 'evaluate-parameters', step: 'a', value: { p: { made: 'make' } } },
    ]);
    until(world, () => world.state.steps['a/see']?.stage.kind === 'turn');
    expect(given(world)).toEqual({ got: { made: 'make' } });
    expect(world.state.steps['a']?.parameters).toEqual({ p: { made: 'make' } });
    expect(world.run()).toBe(true);
    expect(world.state.steps['a']).not.toHaveProperty('parameters');
  });

  test('of two calls do not meet, nor do their outputs', () => {
    const twice = ['a', 'b'].flatMap((name) => [
      call(name),
      inner(`${name}/m`, { outputs: [output('made')] }),
      inner(`${name}/take`, { inputs: [{ from: 'made', parameterKey: 'got' }] }),
    ]);
    const world = played(twice);
    expect(Object.keys(world.state.outputs)).toEqual(['a//made', 'b//made']);
    expect(world.state.outputs['b//made']?.value).toEqual({ made: 'b/m' });
  });
});

describe('a restart', () => {
  const again = (steps: readonly PlannedStep[], failing: readonly string[], from: string): string => {
    const { plan: planned, state } = played(steps, failing);
    const restarted = restartState(
      planned,
      state,
      { nonce: 'n2', nowMs: 1, newId: () => 'new0000000' },
      from,
    );
    if (!restarted.ok) return restarted.message;
    const open = Object.entries(restarted.state.steps).filter(([, each]) => each.phase === 'pending');
    return open.map(([path]) => path).join(' ');
  };

  test('from a step at the bottom does it and what follows again, at each level', () => {
    expect(again(nested, ['a/g/c/deep'], 'a/g/c/deep')).toBe('a a/g a/g/c a/g/c/deep a/last z');
  });

  test('from a call does all of its steps again', () => {
    expect(again(nested, ['a/g/c/deep'], 'a')).toBe(nested.map(({ path }) => path).join(' '));
  });

  test('does a group that follows again as a whole', () => {
    const steps = [
      step('x'),
      step('g', { kind: 'group' }),
      step('g/a'),
      step('g/b'),
      step('g/c', { condition: always }),
    ];
    expect(again(steps, ['x'], 'x')).toBe('x g g/a g/b g/c');
  });
});

test('a list inside of a call has items of its own', () => {
  const steps = [
    call('a', { outputs: [{ name: 'all', from: 'made' }] }),
    {
      ...loop('a/l', { items: [1, 2] }, { outputs: [output('made')] }),
      name: 'a/l',
      space: 'a',
      ownName: 'l',
    },
  ];
  const world = played(steps, ['a/l']);
  expect(world.transcript).toBe(
    'a failed/Action, a/l failed/Action, a/l[0] failed/Action, a/l[1] skipped/Skip',
  );
  expect(world.state.outputs['a//made']?.value).toEqual([null, null]);
});
