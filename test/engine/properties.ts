import fc from 'fast-check';
import { expect } from 'vitest';
import type { RunState } from '../../src/engine/state.ts';
import {
  defaultRetry,
  retryClasses,
  type Plan,
  type PlannedRetry,
  type PlannedStep,
} from '../../src/plan/plan.ts';
import { plan, someCondition, loop, step, World, type Act, type Script } from './world.ts';

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constantFrom('post', 'put', 'read') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constantFrom('post', 'put'),
      fails: fc.integer({ min: 1, max: 5 }),
      terminal: fc.boolean(),
      unknown: fc.nat({ max: 3 }).map((n) => n === 0),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('wait'),
      polls: fc.integer({ min: 0, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ op: 'fail' }, { op: 'break' }, { op: 'error' }) },
  { weight: 2, arbitrary: fc.constantFrom<Act>({ op: 'log' }, { op: 'message' }) },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ op: 'suspend', duration: '2s' }) },
);

const hangs: fc.Arbitrary<Act> = fc.record({
  op: fc.constantFrom('post', 'put', 'read'),
  hangs: fc.integer({ min: 1, max: 3 }),
});

/** Undefined: the default. */
const retry: fc.Arbitrary<PlannedRetry | undefined> = fc.option(
  fc.record({
    limit: fc.nat({ max: 4 }),
    errors: fc.subarray([...retryClasses]),
    onStatus: fc.constant([]),
    delayMs: fc.integer({ min: 1, max: 2000 }),
    maxDelayMs: fc.constant(5000),
    factor: fc.constantFrom(1, 1.5, 3),
    jitter: fc.constantFrom(0, 0.5, 1),
    deadlineMs: fc.option(fc.integer({ min: 1, max: 6000 }), { nil: undefined }),
    attemptTimeoutMs: fc.integer({ min: 1, max: 3000 }),
  }),
  { nil: undefined },
);

const script: fc.Arbitrary<Script> = fc.record({
  acts: fc.array(act, { maxLength: 4 }),
  condition: fc.constantFrom<NonNullable<Script['condition']>>(true, true, false, 'error', 'number'),
});

/** Most steps are done once. */
const list = fc.option(
  fc.record({
    items: fc.array(fc.nat(), { maxLength: 4 }),
    maxParallel: fc.integer({ min: 1, max: 3 }),
    failFast: fc.boolean(),
    minItems: fc.nat({ max: 1 }),
    isAskedEach: fc.boolean(),
  }),
  { nil: undefined, freq: 3 },
);

/** Most runs have none. */
const handlerSteps = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc.array(
      fc.record({
        script,
        isAlways: fc.boolean(),
        timeoutMs: fc.option(fc.integer({ min: 1, max: 9000 }), { nil: undefined, freq: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  },
);

/** A group that calls a Workflow, whose parameters have to be looked at first. */
const called = { call: { workflow: 'w', parameterSchema: {}, outputs: [] } } as const;

export interface Scenario {
  readonly plan: Plan;
  readonly scripts: Readonly<Record<string, Script>>;
}

/** Plans of up to seven steps in either mode, with groups, conditions, dependencies, timeouts and outputs. */
export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    mode: fc.constantFrom<'StepByStep' | 'DAG'>('StepByStep', 'DAG'),
    runTimeout: fc.option(fc.integer({ min: 1, max: 30_000 }), { nil: undefined, freq: 6 }),
    steps: fc.array(
      fc.record({
        script,
        list,
        hangs: fc.option(hangs, { nil: undefined, freq: 2 }),
        retry,
        subs: fc.array(script, { maxLength: 3 }),
        isGroup: fc.nat({ max: 4 }).map((n) => n === 0),
        inside: fc.constantFrom<'group' | 'call' | 'nested'>('group', 'group', 'call', 'nested'),
        condition: fc.constantFrom<'none' | 'always' | 'some'>('none', 'none', 'always', 'some'),
        dependsOn: fc.nat({ max: 7 }),
        timeoutMs: fc.option(fc.integer({ min: 1, max: 9000 }), { nil: undefined, freq: 4 }),
        hasOutput: fc.boolean(),
        verdict: fc.option(fc.record({ open: fc.boolean(), validMs: fc.integer({ min: 1, max: 20_000 }) }), {
          nil: undefined,
        }),
        requires: fc.nat({ max: 9 }),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    hasGroup: fc.nat({ max: 3 }).map((n) => n === 0),
    onFailure: handlerSteps,
    finally: handlerSteps,
    budgetMs: fc.integer({ min: 1, max: 20_000 }),
  })
  .map(({ mode, runTimeout, steps, budgetMs, hasGroup, ...handling }) => {
    const scripts: Record<string, Script> = {};
    const planned: PlannedStep[] = [];
    for (const [i, each] of steps.entries()) {
      const path = `s${i}`;
      const { verdict } = each;
      scripts[path] = {
        ...each.script,
        acts: [
          ...(verdict === undefined ? [] : [{ op: 'judge', ...verdict } as const]),
          // Only what has a time limit comes back from an attempt that is never answered.
          ...(each.hangs === undefined || each.retry === undefined ? [] : [each.hangs]),
          ...each.script.acts,
        ],
      };
      const gate = steps[each.requires];
      const isGate = each.requires < i && gate?.verdict !== undefined && !gate.isGroup;
      const requires = isGate ? [`s${each.requires}`] : [];
      const dependsOn = each.dependsOn < i ? [`s${each.dependsOn}`] : [];
      const condition =
        each.condition === 'none'
          ? undefined
          : each.condition === 'always'
            ? { ...someCondition, text: 'always' }
            : someCondition;
      const isAskedEach = each.list?.isAskedEach === true && condition !== undefined;
      const own = isAskedEach
        ? { each: { condition, conditionReads: undefined, timeoutMs: each.timeoutMs } }
        : {};
      const isLoop = each.list !== undefined && !each.isGroup && verdict === undefined;
      const make = isLoop ? loop.bind(undefined, path, { ...each.list, ...own }) : step.bind(undefined, path);
      planned.push(
        make({
          kind: each.isGroup ? 'group' : 'template',
          ...(each.isGroup && each.inside !== 'group' ? called : {}),
          siblingMode: mode,
          dependsOn,
          requires,
          isGate: verdict !== undefined && !each.isGroup,
          after: [...dependsOn, ...requires],
          condition: isLoop && isAskedEach ? { ...someCondition, text: 'always' } : condition,
          timeoutMs: each.timeoutMs,
          retry: each.retry ?? defaultRetry,
          outputs: each.hasOutput
            ? [
                {
                  name: `out${i}`,
                  valueFrom: { text: 'x', place: someCondition.place },
                  schema: undefined,
                  sensitive: false,
                },
              ]
            : [],
        }),
      );
      if (!each.isGroup) continue;
      for (const [j, sub] of each.subs.entries()) {
        const isCall = each.inside === 'nested' && j === 0;
        const inner = each.inside === 'group' ? {} : { space: path, ownName: String(j) };
        const siblings = { siblingMode: each.hasOutput ? 'DAG' : 'StepByStep', requires, after: [] } as const;
        const at = `${path}/${j}`;
        scripts[isCall ? `${at}/0` : at] = sub;
        planned.push(step(at, { ...siblings, ...inner, ...(isCall ? { kind: 'group', ...called } : {}) }));
        if (isCall) planned.push(step(`${at}/0`, { requires, space: at, ownName: '0' }));
      }
    }
    for (const section of ['onFailure', 'finally'] as const) {
      for (const [i, each] of handling[section].entries()) {
        const path = `${section}${i}`;
        scripts[path] = each.script;
        const condition = each.isAlways ? { ...someCondition, text: 'always' } : undefined;
        planned.push(step(path, { section, condition, timeoutMs: each.timeoutMs }));
      }
    }
    return {
      plan: plan(planned, {
        mode: { steps: mode, subSteps: 'DAG' },
        timeoutMs: runTimeout,
        handlers: { timeoutMs: budgetMs },
        ...(hasGroup ? { concurrency: { group: 'g', policy: 'queue' } } : {}),
      }),
      scripts,
    };
  });

/** A schedule: which answer comes next, and what else happens before it. */
export const schedule: fc.Arbitrary<readonly number[]> = fc.array(fc.nat({ max: 99 }), {
  minLength: 5,
  maxLength: 60,
});

/** What a world in which anything may happen at any time came to break; empty when nothing. */
export function violationsUnder(
  { plan: planned, scripts }: Scenario,
  choices: readonly number[],
): readonly string[] {
  const world = new World(planned, scripts);
  for (const choice of choices) {
    if (world.isOver) break;
    disturb(world, choice);
  }
  // Whatever happened, a run that is let go on ends.
  world.command('resume');
  world.enter();
  const violations = [...world.violations];
  if (!world.run()) violations.push(`stuck in ${world.transcript}`);
  return [
    ...violations,
    ...world.violations,
    ...orderViolations(world),
    ...effectViolations(world),
    ...omissions(world),
    ...listViolations(world),
    ...handlerViolations(world),
    ...afterTheEnd(world),
  ];
}

function disturb(world: World, choice: number): void {
  if (world.state.queue !== undefined && choice < 90) {
    if (choice % 3 === 0) world.enter();
    else world.feed({ kind: 'group', turn: { kind: 'waits', holder: 'other' } });
    return;
  }
  const effect = world.ready[choice % Math.max(1, world.ready.length)];
  if (choice >= 96) world.crash();
  else if (choice >= 94) world.command(choice === 94 ? 'suspend' : 'resume');
  else if (choice === 93) world.command('terminate');
  else if (choice === 91)
    world.command('suspend', world.steps[world.begun.length % world.steps.length]?.path);
  else if (choice === 92) world.save();
  else if (choice === 90) repeatAnswer(world, choice);
  else if (effect === undefined) world.wait();
  else world.answer(effect, choice >= 80 && effect.kind === 'perform');
}

/** None starts before what it depends on has ended; every step ends with the run. */
function orderViolations(world: World): readonly string[] {
  const open = world.steps.filter(({ path }) => world.state.steps[path]?.stage.kind !== 'done');
  const early = world.steps.flatMap((planned) =>
    planned.after
      .filter((before) => {
        const first = world.state.steps[planned.path]?.firstMs;
        const last = world.state.steps[before]?.lastMs;
        return first !== undefined && last !== undefined && first < last;
      })
      .map((before) => `${planned.path} began before ${before} ended`),
  );
  return [...open.map(({ path }) => `${path} is open though the run is over`), ...early];
}

/** An effect that is not safe to repeat has each key at most once, unless its step takes that on itself. */
function effectViolations(world: World): readonly string[] {
  const repeats = (path: string): boolean =>
    world.steps.some((each) => each.path === path && each.retry.errors.includes('unknown'));
  const posts = world.performed
    .filter(({ op, step: path }) => op === 'post' && !repeats(path))
    .map(({ key }) => key);
  return posts.filter((key, i) => posts.indexOf(key) !== i).map((key) => `${key} was posted twice`);
}

/** An answer that was given before arrives once more, however late. */
function repeatAnswer(world: World, choice: number): void {
  // Most telling is an answer to an earlier effect of a step that waits for another.
  const telling = world.answers.filter(
    (answer) => answer.kind === 'op' && world.state.steps[answer.step]?.stage.kind === 'op',
  );
  const candidates = telling.length > 0 ? telling : world.answers;
  const late = candidates[(choice * 7) % Math.max(1, candidates.length)];
  if (late !== undefined) world.feed(late);
}

/** A step that succeeded has done all of its effects: no answer was taken for another effect than its own. */
function omissions(world: World): readonly string[] {
  return world.steps
    .filter(({ path, kind }) => kind === 'template' && world.state.steps[path]?.phase === 'succeeded')
    .flatMap(({ path }) => {
      const acts = world.scriptOf(path).acts;
      const isBroken = world.state.steps[path]?.reason === 'Terminate';
      return isBroken ? [] : acts.map(({ op }, i) => ({ op, key: `n1/${path}/${i}/` }));
    })
    .filter(({ op }) => op === 'post' || op === 'put' || op === 'read')
    .filter(({ key }) => !world.performed.some((done) => done.key.startsWith(key)))
    .map(({ key }) => `${key} was never done, though its step succeeded`);
}

/** Their time was over, someone ended them, or the run was never let into its group. */
const isExcuse = /^(`\w+` (ran out of time|was terminated)|the run was terminated before it began)$/;

/** Handlers begin after the steps, all that should, whatever happened; and none makes a run succeed that had failed. */
function handlerViolations(world: World): readonly string[] {
  const { state } = world;
  const of = (section: PlannedStep['section']): readonly PlannedStep[] =>
    world.plan.steps.filter((each) => each.section === section);
  const stateOf = ({ path }: PlannedStep): RunState['steps'][string] => state.steps[path] ?? expect.fail();
  const steps = of(undefined).map(stateOf);
  const endedMs = Math.max(...steps.map(({ lastMs = 0 }) => lastMs));
  const hasFailed = steps.some(({ phase }) => phase === 'failed') || state.terminated !== undefined;
  const wanted = [...(hasFailed ? of('onFailure') : []), ...of('finally')];
  // The first of a section has nothing before it that could fail.
  const sure = wanted.filter(
    (each) => each.condition !== undefined || /^(onFailure|finally)0$/.test(each.path),
  );
  const early = [...of('onFailure'), ...of('finally')].filter(
    (each) => (stateOf(each).firstMs ?? endedMs) < endedMs,
  );
  const left = sure.filter(
    (each) => stateOf(each).firstMs === undefined && !isExcuse.test(stateOf(each).message ?? ''),
  );
  const unwanted = (hasFailed ? [] : of('onFailure')).filter((each) => stateOf(each).phase !== 'skipped');
  return [
    ...early.map(({ path }) => `${path} began before the steps ended`),
    ...left.map(({ path }) => `${path} never began: ${state.steps[path]?.message}`),
    ...unwanted.map(({ path }) => `${path} began though nothing failed`),
    ...(hasFailed && state.phase === 'succeeded' ? ['a handler made a failed run succeed'] : []),
  ];
}

/** The output of a step with a list has a value for each item that succeeded, in the order of the list, and no others. */
function listViolations(world: World): readonly string[] {
  return world.plan.steps.flatMap(({ path, outputs }) => {
    const count = world.state.steps[path]?.loop?.count;
    const [output] = outputs;
    if (count === undefined || output === undefined) return [];
    const expected = Array.from({ length: count }, (_, at) => {
      const item = world.state.steps[`${path}[${at}]`];
      // A step that did nothing has nothing for the world to answer with.
      const isMade = item?.phase === 'succeeded' && world.scriptOf(path).acts.length > 0;
      return isMade ? { made: `${path}[${at}]` } : null;
    });
    const found = world.state.outputs[output.name]?.value;
    const isRight = JSON.stringify(found) === JSON.stringify(expected);
    return isRight ? [] : [`${output.name} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
  });
}

/** Nothing that arrives after the end changes anything. */
function afterTheEnd(world: World): readonly string[] {
  if (!world.isOver) return [];
  const { state } = world;
  // Feeding adds to the answers; those of before are what is repeated.
  for (const late of world.answers.slice()) world.feed(late);
  world.command('terminate');
  world.nowMs += 3_600_000;
  world.feed({ kind: 'time' });
  return world.state === state ? [] : ['the run changed after its end'];
}
