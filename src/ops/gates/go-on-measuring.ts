import { unsettled } from '../../gate/evaluate/evaluate-gate.ts';
import type { Objective } from '../../gate/policy/policy.ts';
import { subjectOf } from '../../gate/subject.ts';
import type { OpContext } from '../op.ts';
import { lastErrorOf, measurementsOf, type Measured, type ObjectiveState } from './measured.ts';
import { nextDueMs } from './schedule.ts';
import { isFixed, knowsThePast, takeSample } from './take-sample.ts';
import type { MeasureInputs, Taken } from './taken.ts';

const atOnce = 8;

/**
 * Makes every measurement that is due, those included that a process which ended has missed where their source knows the past,
 * and says when the next is.
 */
export async function goOnMeasuring(
  measured: Measured,
  inputs: MeasureInputs,
  context: OpContext,
): Promise<Measured> {
  let state = measured;
  while (!context.signal.aborted) {
    const nowMs = context.now();
    const due = pendingOf(state, inputs, nowMs)
      .filter(({ id }) => (state.objectives[id]?.nextMs ?? 0) <= nowMs)
      .slice(0, atOnce);
    if (due.length === 0) break;
    const before = state;
    // oxlint-disable-next-line no-await-in-loop -- the batches bound the number of requests at once
    const taken = await Promise.all(due.map((objective) => next(objective, before, inputs, context)));
    for (const [index, objective] of due.entries())
      state = withSample(state, objective, taken[index], context.now());
  }
  return summed(state, inputs, context.now());
}

/** Objectives that a further measurement could decide. None where no time is left, or where the clock has gone back. */
function pendingOf(state: Measured, inputs: MeasureInputs, nowMs: number): readonly Objective[] {
  const { startedMs, window, history } = state;
  if (!(nowMs >= startedMs && nowMs < inputs.deadlineAtMs)) return [];
  const facts = { gate: inputs.gate, subject: subjectOf('', '', [], []), engine: '', startedMs, window };
  const open = unsettled(inputs.policy, { ...facts, measured: measurementsOf(state) }, history, nowMs);
  return inputs.policy.objectives.filter(
    ({ id }) => open.includes(id) && state.objectives[id]?.isFinal !== true,
  );
}

async function next(
  objective: Objective,
  state: Measured,
  inputs: MeasureInputs,
  context: OpContext,
): Promise<Taken> {
  const { samples = [], nextMs = 0 } = state.objectives[objective.id] ?? {};
  const last = samples.at(-1);
  // Nothing of it can have changed, and what it was read from is not kept.
  if (isFixed(objective) && last !== undefined)
    return { sample: { ...last, atMs: context.now() }, isFinal: false };
  return takeSample(objective, nextMs, inputs, context);
}

function withSample(
  state: Measured,
  objective: Objective,
  taken: Taken | undefined,
  nowMs: number,
): Measured {
  const before = state.objectives[objective.id];
  if (taken === undefined || before === undefined) return state;
  const samples = [...before.samples, taken.sample];
  const atMs = knowsThePast(objective) ? before.nextMs : nowMs;
  const { warnings, evidence, isFinal } = taken;
  const after: ObjectiveState = {
    samples,
    nextMs: nextDueMs(objective.samples, samples, atMs),
    ...(isFinal ? { isFinal } : {}),
    ...(evidence === undefined ? refOf(before) : { evidenceRef: evidence.ref }),
    ...(warnings === undefined ? {} : { warnings }),
  };
  const known = state.evidence.some(({ ref }) => ref === evidence?.ref);
  return {
    ...state,
    objectives: { ...state.objectives, [objective.id]: after },
    evidence: evidence === undefined || known ? state.evidence : [...state.evidence, evidence],
  };
}

function refOf({ evidenceRef }: ObjectiveState): Pick<ObjectiveState, 'evidenceRef'> {
  return evidenceRef === undefined ? {} : { evidenceRef };
}

function summed(state: Measured, inputs: MeasureInputs, nowMs: number): Measured {
  const pending = pendingOf(state, inputs, nowMs);
  const dueMs = Math.min(inputs.deadlineAtMs, ...pending.map(({ id }) => state.objectives[id]?.nextMs ?? 0));
  const errors = Object.entries(state.objectives).flatMap(([id, { samples }]) => {
    const error = lastErrorOf(samples);
    return error === undefined ? [] : [`${id}: ${error}`];
  });
  return {
    ...state,
    errors,
    done: pending.length === 0,
    dueMs,
    after: `${Math.max(0, Math.ceil(dueMs - nowMs))}ms`,
    message: messageOf(pending, state),
  };
}

function messageOf(pending: readonly Objective[], state: Measured): string {
  const shown = pending.slice(0, 3).map(({ id, samples: { count } }) => {
    const { samples = [] } = state.objectives[id] ?? {};
    const good = samples.filter(({ error }) => error === undefined).length;
    const error = lastErrorOf(samples);
    return `${id}: ${good} of ${count}${error === undefined ? '' : `, ${error}`}`;
  });
  const more = pending.length > 3 ? ` and ${pending.length - 3} more` : '';
  return pending.length === 0 ? '' : `measuring ${shown.join('; ')}${more}`;
}
