import { openEngine } from '../src/engine/engine.ts';
import { initialState, type RunState } from '../src/engine/state.ts';
import type { Effect, Event } from '../src/engine/events.ts';
import { plan, registry, step } from '../test/engine/world.ts';
import { time, type Figure } from './measure.ts';

/** One decision over a plan of fifty steps, in the middle of the run. */
export async function benchDecide(): Promise<readonly Figure[]> {
  const steps = Array.from({ length: 50 }, (_, i) =>
    step(`s${i}`, {
      siblingMode: 'DAG',
      ...(i === 0 ? {} : { dependsOn: [`s${i - 1}`], after: [`s${i - 1}`] }),
    }),
  );
  const planned = plan(steps, { mode: { steps: 'DAG', subSteps: 'DAG' } });
  const engine = openEngine(planned, registry);
  let id = 0;
  let state: RunState = initialState(planned, { nonce: 'n', nowMs: 0, newId: () => `id${(id += 1)}` });
  let effects: readonly Effect[] = [];
  ({ state, effects } = engine.decide(state, { kind: 'start' }, 1));
  for (let i = 0; i < 25; i += 1) {
    const answer = doneAnswer(effects);
    ({ state, effects } = engine.decide(state, answer, 2));
  }
  const answer = doneAnswer(effects);
  return [
    await time(
      'decide, 50 steps',
      'µs',
      { batches: 15, callsPerBatch: 2000 },
      () => engine.decide(state, answer, 3),
      '≤ 50',
    ),
  ];
}

/** The answer that lets the step which was asked end at once. */
function doneAnswer([asked]: readonly Effect[]): Event {
  if (asked?.kind !== 'evaluate-turn') throw new Error('the plan is not what this measures');
  return { kind: 'turn', step: asked.step, turn: asked.turn, result: { kind: 'done' }, digest: '' };
}
