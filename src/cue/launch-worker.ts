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

/** Of the worker's thread since the call began; of the whole process where Node cannot tell them apart. */
export async function processorMs(
  launched: LaunchedWorker,
  id: number,
  cpuBefore: NodeJS.CpuUsage,
): Promise<number> {
  const atBegin = cpuMsAtBegin(launched.progress, id);
  const { cpuUsage } = launched.worker as { cpuUsage?: () => Promise<NodeJS.CpuUsage> };
  if (atBegin === undefined || cpuUsage === undefined) return toMs(process.cpuUsage(cpuBefore));
  try {
    return toMs(await cpuUsage.call(launched.worker)) - atBegin;
  } catch {
    return 0; // the thread has ended meanwhile, and says so itself
  }
}
