import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { RunState } from '../../src/engine/state.ts';
import { statusOf } from '../../src/engine/status.ts';
import { viewOf } from '../../src/engine/view.ts';
import type { Plan, PlannedStep } from '../../src/plan/plan.ts';
import { loop, plan, someCondition, step, World, type Script } from '../engine/world.ts';

/*
 * States as earlier versions kept them. They are never made anew: each must load, and its run must go on, in every later
 * version.
 */

const dag = { siblingMode: 'DAG' } as const;

/** The run of before-gates.json: each step at another stage. */
function planOf(last: Partial<PlannedStep> = {}): Plan {
  const output = {
    name: 'out',
    valueFrom: { text: 'x', place: someCondition.place },
    schema: undefined,
    sensitive: false,
  };
  return plan(
    [
      step('done', dag),
      step('waits', { ...dag, dependsOn: ['done'], outputs: [output] }),
      step('retries', dag),
      step('held', dag),
      step('group', { ...dag, kind: 'group' }),
      step('group/a'),
      step('group/b', { dependsOn: ['group/a'] }),
      step('asks', { ...dag, condition: someCondition, dependsOn: ['held'] }),
      step('last', { ...dag, dependsOn: ['waits', 'retries', 'group'], ...last }),
    ],
    { mode: { steps: 'DAG', subSteps: 'DAG' } },
  );
}

const scripts: Readonly<Record<string, Script>> = {
  waits: { acts: [{ op: 'read' }, { op: 'wait', polls: 3 }] },
  retries: { acts: [{ op: 'put' }] },
  held: { acts: [{ op: 'suspend' }] },
  'group/a': { acts: [{ op: 'post' }, { op: 'suspend', duration: '30s' }] },
  'group/b': { acts: [{ op: 'put' }] },
  asks: { acts: [{ op: 'put' }] },
  last: { acts: [{ op: 'put' }] },
};

/** A process of this version that takes the run over. */
function takeOver(file: string, planned: Plan, acts: Readonly<Record<string, Script>> = scripts): World {
  const world = new World(planned, acts);
  world.stored = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as RunState;
  world.nowMs += 60_000;
  world.crash();
  return world;
}

test('a run of before there were gates goes on where it was', () => {
  const world = takeOver('before-gates.json', planOf());
  world.command('resume', 'held');
  expect(world.run()).toBe(true);
  expect(world.transcript).toBe(
    'done succeeded, waits succeeded, retries succeeded, held succeeded, group succeeded, group/a succeeded, group/b succeeded, asks succeeded, last succeeded',
  );
  expect(world.violations).toEqual([]);
  // What had been done is not done again.
  expect(world.performed.map(({ key }) => key).toSorted()).toEqual([
    'n1/asks/0/1',
    'n1/group/b/0/1',
    'n1/last/0/1',
    'n1/retries/0/2',
  ]);
  expect(viewOf(world.plan, world.state)).toMatchObject({ phase: 'succeeded', isGateClosed: false });
  expect(statusOf(world.plan, world.state).steps.every(({ sluice }) => sluice === undefined)).toBe(true);
});

test('a run goes on in the middle of a list, whatever the list would be now', () => {
  const made = { name: 'made', valueFrom: someCondition, schema: undefined, sensitive: false };
  const planned = plan([
    step('before'),
    loop('each', { from: 'context.gone', maxParallel: 2 }, { outputs: [made] }),
    step('after'),
  ]);
  const act: Script = { acts: [{ op: 'put' }, { op: 'put' }] };
  const world = takeOver('in-a-list.json', planned, { before: act, each: act, after: act });
  expect(world.run()).toBe(true);
  expect(world.transcript).toBe(
    'before succeeded, each succeeded, each[0] succeeded, each[1] succeeded, each[2] succeeded, after succeeded',
  );
  expect(world.performed.map(({ key }) => key).toSorted()).toEqual([
    'n1/after/0/1',
    'n1/after/1/1',
    'n1/each[1]/1/1',
    'n1/each[2]/0/1',
    'n1/each[2]/1/1',
  ]);
  expect(world.state.outputs['made']?.value).toEqual([0, 1, 2].map((at) => ({ made: `each[${at}]` })));
});

test('a gate of which no verdict was kept opens nothing', () => {
  const world = takeOver('before-gates.json', planOf({ requires: ['done'] }));
  world.command('resume', 'held');
  world.run();
  expect(world.state.steps['last']).toMatchObject({
    phase: 'failed',
    refused: { gate: 'done', code: 'NoVerdict' },
  });
});
