import type { ObjectStore } from './object-store.ts';

/** Calls back at a time, later when the machine is busy, and keeps no process alive. Returns what calls it off. */
export type Schedule = (atMs: number, callback: () => void) => () => void;

export interface WatchParts {
  /** What is shown now, as text, and when it may next change by itself. */
  read(): { readonly shown: string; readonly nextMs: number };
  readonly objects: ObjectStore;
  readonly schedule: Schedule;
  onChange(): void;
  readonly signal: AbortSignal;
}

/** Calls `onChange` whenever what is shown differs from what was shown before. */
export function watchObject(parts: WatchParts): void {
  const { signal } = parts;
  if (signal.aborted) return;
  let last: string | undefined;
  let cancel: (() => void) | undefined;
  const look = (): void => {
    if (signal.aborted) return;
    cancel?.();
    cancel = undefined;
    let changed: boolean;
    try {
      const { shown, nextMs } = parts.read();
      changed = last !== undefined && shown !== last;
      last = shown;
      if (nextMs !== Infinity) cancel = parts.schedule(nextMs, look);
    } catch {
      // Whoever watches reads for himself, and then meets the error where it can be reported.
      changed = true;
    }
    if (changed) parts.onChange();
  };
  parts.objects.onChange(look, signal);
  signal.addEventListener('abort', () => cancel?.(), { once: true });
  look();
}
