import { messageOf } from '../api/errors.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { Effect, Event } from '../engine/events.ts';
import type { Op, OpContext } from '../ops/op.ts';
import { sha256 } from './evaluate.ts';
import { openStepGuard, type StepGuard } from './step-guard.ts';

export type Perform = Extract<Effect, { kind: 'perform' }>;
export type Observe = Extract<Effect, { kind: 'observe' }>;

/** What every op of a run shares; the rest of an OpContext belongs to one call. */
export interface OpSurroundings extends Omit<
  OpContext,
  'step' | 'idempotencyKey' | 'signal' | 'admit' | 'onAnswer'
> {
  readonly ops: ReadonlyMap<string, Op>;
  /** Unique to the run; with the journal key it makes the idempotency key. */
  readonly runId: string;
  readonly stepName: (path: string) => string;
  /** Is told what a model has answered a step so far; absent: nobody watches. */
  readonly onAnswer?: (step: string, text: string) => void;
}

/**
 * Does one op. A throw is a bug of the op: the step fails with its message, the process goes on. What a required gate refused
 * stays refused, whatever the op made of it; so clusters that only such steps name are not opened before their gates are.
 */
export async function perform(
  effect: Perform,
  surroundings: OpSurroundings,
  signal: AbortSignal,
): Promise<Event> {
  const guard = openStepGuard(effect.verdicts ?? [], surroundings.run.namespace, surroundings.now);
  const context: OpContext = {
    ...contextFor(effect.step, effect.key, surroundings, signal),
    admit: (objects) => guard.admit(objects),
    cluster: async (name) => {
      guard.checkOpen();
      return surroundings.cluster(name);
    },
  };
  const outcome = await outcomeOf(effect, surroundings.ops.get(effect.op), context, guard);
  const { refusal } = guard;
  if (refusal === undefined) return { kind: 'op', step: effect.step, key: effect.key, outcome };
  const { gate, code, message } = refusal;
  const refused: OpOutcome = { kind: 'error', class: 'terminal', message, refused: { gate, code } };
  return { kind: 'op', step: effect.step, key: effect.key, outcome: refused };
}

async function outcomeOf(
  effect: Perform,
  op: Op | undefined,
  context: OpContext,
  guard: StepGuard,
): Promise<OpOutcome> {
  try {
    if (op === undefined) throw new Error(`there is no op "${effect.op}"`);
    guard.checkOpen();
    return await op.perform(effect.params, context);
  } catch (error) {
    return { kind: 'error', class: 'terminal', message: messageOf(error) };
  }
}

/** The context of a call that changes nothing: a wait reads on what its step applied, also when a verdict has ended since. */
export function contextFor(
  step: string,
  key: string,
  surroundings: OpSurroundings,
  signal: AbortSignal,
): OpContext {
  const { ops: _ops, runId, stepName, onAnswer, ...shared } = surroundings;
  return {
    ...shared,
    step: { name: stepName(step), path: step },
    idempotencyKey: sha256(`${runId}/${key}`),
    signal,
    admit: () => undefined,
    ...(onAnswer === undefined ? {} : { onAnswer: (text) => onAnswer(step, text) }),
  };
}
