import { Worker } from 'node:worker_threads';
import { cpuMsAtBegin, progressBytes, progressIn, toMs } from './call-progress.ts';
import type { CallProgress } from './call-progress.ts';
import type { WorkerOrder, WorkerSetup } from './worker-message.ts';

export interface LaunchedWorker {
  readonly worker: Worker;
  readonly progress: CallProgress;
}

/** Starts a thread; it says `ready` once it has been given the module. */
export function launchWorker(): LaunchedWorker {
  const progress = new SharedArrayBuffer(progressBytes);
  const worker = new Worker(workerEntry(), {
    workerData: { progress } satisfies WorkerSetup,
    execArgv: [],
    env: {},
    name: 'cue',
  });
  return { worker, progress: progressIn(progress) };
}

/** Sends an order; buffers in `transfer` are gone from this thread afterwards. */
export function order({ worker }: LaunchedWorker, message: WorkerOrder, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer);
}

/** With the extension this file itself was loaded with: `.ts` from a checkout, `.js` from the package. */
function workerEntry(): URL {
  const source = new URL('./worker.ts', import.meta.url);
  return import.meta.url.endsWith('.ts') ? source : new URL(source.href.replace(/ts$/, 'js'));
}

/** Taken when a call is ordered; undefined where Node tells the threads of a process apart, and nothing need be taken. */
export function usageBefore({ worker }: LaunchedWorker): NodeJS.CpuUsage | undefined {
  return cpuUsageOf(worker) === undefined ? process.cpuUsage() : undefined;
}

/** Of the worker's thread since the call began; of the whole process where Node cannot tell them apart. */
export async function processorMs(
  { worker, progress }: LaunchedWorker,
  id: number,
  before: NodeJS.CpuUsage | undefined,
): Promise<number> {
  const cpuUsage = cpuUsageOf(worker);
  if (cpuUsage === undefined || before !== undefined) return toMs(process.cpuUsage(before));
  const atBegin = cpuMsAtBegin(progress, id);
  if (atBegin === undefined) return 0;
  try {
    return toMs(await cpuUsage.call(worker)) - atBegin;
  } catch {
    return 0; // the thread has ended meanwhile, and says so itself
  }
}

// Node 22 has neither this nor threadCpuUsage.
function cpuUsageOf(worker: Worker): (() => Promise<NodeJS.CpuUsage>) | undefined {
  return (worker as { cpuUsage?: () => Promise<NodeJS.CpuUsage> }).cpuUsage;
}
