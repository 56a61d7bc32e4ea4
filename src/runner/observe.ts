import { stringifyJson, type Json } from '../api/json.ts';
import type { Event } from '../engine/events.ts';
import { contextFor, type Observe, type OpSurroundings } from './perform.ts';

/**
 * Waits until something that the step's wait depends on has changed, or its poll is due, and reads it again. The effects
 * that were done before the wait are not repeated. Undefined when nobody wants the answer any more.
 */
export async function observe(
  effect: Observe,
  surroundings: OpSurroundings,
  now: () => number,
  signal: AbortSignal,
): Promise<Event | undefined> {
  const watching = new AbortController();
  const stop = AbortSignal.any([signal, watching.signal]);
  try {
    const changed = await watchFor(effect, surroundings, now, stop);
    // What changed between the last read and the watch is seen by reading once more: the watch stands by now.
    let results = await refresh(effect, surroundings, signal);
    if (!hasNews(effect, results)) {
      await changed();
      if (!signal.aborted) results = await refresh(effect, surroundings, signal);
    }
    return signal.aborted ? undefined : { kind: 'observed', step: effect.step, turn: effect.turn, results };
  } finally {
    watching.abort();
  }
}

async function refresh(
  effect: Observe,
  surroundings: OpSurroundings,
  signal: AbortSignal,
): Promise<Record<string, Json>> {
  const results: Record<string, Json> = {};
  for (const recorded of effect.recorded) {
    const op = surroundings.ops.get(recorded.op);
    const context = contextFor(effect.step, `${effect.step}/${recorded.path}/observe`, surroundings, signal);
    const outcome = await op?.refresh?.(recorded, context);
    // What cannot be read just now is looked at again at the next poll.
    if (outcome?.kind === 'ok') results[recorded.path] = outcome.result;
  }
  return results;
}

function hasNews(effect: Observe, results: Readonly<Record<string, Json>>): boolean {
  return effect.recorded.some(({ path, result }) => {
    const fresh = results[path];
    return fresh !== undefined && stringifyJson(fresh) !== stringifyJson(result);
  });
}

/** Begins to watch what the wait depends on; resolves when all watches stand, to a wait for the first change. */
async function watchFor(
  effect: Observe,
  surroundings: OpSurroundings,
  now: () => number,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(0, effect.pollAtMs - now()));
  const end = (): void => {
    clearTimeout(timer);
    resolve();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  try {
    for (const ref of effect.recorded.flatMap(({ watch }) => watch ?? [])) {
      const cluster = await surroundings.cluster(ref.cluster);
      cluster.watch(ref, resolve, signal);
    }
  } catch {
    // A cluster that cannot be watched is polled.
  }
  return () => promise;
}
