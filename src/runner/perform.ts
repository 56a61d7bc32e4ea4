import { messageOf } from '../api/errors.ts';
import type { Effect, Event } from '../engine/events.ts';
import type { Op, OpContext } from '../ops/op.ts';
import { sha256 } from './evaluate.ts';

export type Perform = Extract<Effect, { kind: 'perform' }>;
export type Observe = Extract<Effect, { kind: 'observe' }>;

/** What every op of a run shares; the rest of an OpContext belongs to one call. */
export interface OpSurroundings extends Omit<OpContext, 'step' | 'idempotencyKey' | 'signal'> {
  readonly ops: ReadonlyMap<string, Op>;
  /** Unique to the run; with the journal key it makes the idempotency key. */
  readonly runId: string;
  readonly stepName: (path: string) => string;
}

/** Does one op. A throw is a bug of the op: the step fails with its message, the process goes on. */
export async function perform(
  effect: Perform,
  surroundings: OpSurroundings,
  signal: AbortSignal,
): Promise<Event> {
  const op = surroundings.ops.get(effect.op);
  const context = contextFor(effect.step, effect.key, surroundings, signal);
  try {
    if (op === undefined) throw new Error(`there is no op "${effect.op}"`);
    const outcome = await op.perform(effect.params, context);
    return { kind: 'op', step: effect.step, key: effect.key, outcome };
  } catch (error) {
    const outcome = { kind: 'error', class: 'terminal', message: messageOf(error) } as const;
    return { kind: 'op', step: effect.step, key: effect.key, outcome };
  }
}

export function contextFor(
  step: string,
  key: string,
  surroundings: OpSurroundings,
  signal: AbortSignal,
): OpContext {
  const { ops: _ops, runId, stepName, ...shared } = surroundings;
  return {
    ...shared,
    step: { name: stepName(step), path: step },
    idempotencyKey: sha256(`${runId}/${key}`),
    signal,
  };
}
