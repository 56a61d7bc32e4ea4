/**
 * What a worker says about its call while it cannot answer, in memory shared with the main thread: which call began,
 * which ended, and what its thread had used of the processor when it began.
 */
export interface CallProgress {
  readonly calls: Int32Array;
  readonly cpuMs: Float64Array;
}

const [began, ended] = [0, 1];

export function progressIn(memory: SharedArrayBuffer): CallProgress {
  return { calls: new Int32Array(memory, 8, 2), cpuMs: new Float64Array(memory, 0, 1) };
}

export const progressBytes = 16;

export function markBegin(progress: CallProgress, id: number): void {
  progress.cpuMs[0] = threadCpuMs() ?? Number.NaN;
  Atomics.store(progress.calls, began, id);
}

export function markEnd(progress: CallProgress, id: number): void {
  Atomics.store(progress.calls, ended, id);
}

/** Its answer is on the way. */
export function hasEnded(progress: CallProgress, id: number): boolean {
  return Atomics.load(progress.calls, ended) === id;
}

/** What the thread had used when the call began; undefined when it has not begun, or where Node does not tell. */
export function cpuMsAtBegin(progress: CallProgress, id: number): number | undefined {
  const cpuMs = progress.cpuMs[0];
  return Atomics.load(progress.calls, began) === id && !Number.isNaN(cpuMs) ? cpuMs : undefined;
}

export function toMs(usage: { readonly user: number; readonly system: number }): number {
  return (usage.user + usage.system) / 1000;
}

// Node 22 has no clock of a single thread.
function threadCpuMs(): number | undefined {
  const usage = (process as { threadCpuUsage?: () => NodeJS.CpuUsage }).threadCpuUsage?.();
  return usage === undefined ? undefined : toMs(usage);
}
