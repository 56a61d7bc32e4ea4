import { SluiceError } from '../api/errors.ts';
import type { LogRecord, RunRef, RunStore } from '../store/port.ts';

/** The logs of a run so far, and with `follow` those to come until it ends. */
export async function* followLogs(
  store: RunStore,
  ref: RunRef,
  { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
): AsyncIterable<LogRecord> {
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let change = Promise.withResolvers<void>();
  const wake = (): void => change.resolve();
  store.onChange(wake, ended);
  signal.addEventListener('abort', wake, { once: true });
  // The store's own timer keeps no process alive; someone who follows wants to wait.
  const alive = follow ? setInterval(wake, 1000) : undefined;
  try {
    let row = 0;
    for (;;) {
      change = Promise.withResolvers<void>();
      const stored = await store.get(ref);
      if (stored === undefined)
        throw new SluiceError('invalid', 'NoSuchRun', `there is no run ${ref.namespace}/${ref.name}`);
      const page = await store.logs(stored.id, row);
      row = page.row;
      yield* page.records;
      // The run was read before its logs, so a finished one has no more to come.
      if (!follow || stored.finished || signal.aborted) return;
      await change.promise;
    }
  } finally {
    clearInterval(alive);
    stop.abort();
  }
}
