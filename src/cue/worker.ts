import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { markBegin, markEnd, progressIn } from './call-progress.ts';
import { instantiate } from './instance.ts';
import type { Instance } from './instance.ts';
import type { WorkerOrder, WorkerReply, WorkerSetup } from './worker-message.ts';

// Functions are compiled when first called; validating them only then too takes 40 ms off the start.
setFlagsFromString('--wasm-lazy-validation');

const progress = progressIn((workerData as WorkerSetup).progress);
let instance: Instance | undefined;

parentPort?.on('message', (order: WorkerOrder) => {
  if (order.kind === 'module') reply(start(order.bytes));
  else if (instance !== undefined) reply(answer(instance, order.id, order.request));
});

function start(bytes: Uint8Array): WorkerReply {
  try {
    instance = instantiate(bytes);
    return { kind: 'ready' };
  } catch (error) {
    return { kind: 'unavailable', message: String(error) };
  }
}

function answer(engine: Instance, id: number, request: string): WorkerReply {
  markBegin(progress, id);
  try {
    return { kind: 'answer', id, response: engine.call(request), memoryBytes: engine.memoryBytes() };
  } catch (error) {
    return { kind: 'died', id, message: String(error) };
  } finally {
    markEnd(progress, id);
  }
}

function reply(message: WorkerReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}
