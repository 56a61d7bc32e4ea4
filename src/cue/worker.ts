import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { zstdDecompressSync } from 'node:zlib';
import { markBegin, markEnd, progressIn } from './call-progress.ts';
import { instantiate } from './instance.ts';
import type { Instance } from './instance.ts';
import type { WorkerCall, WorkerReply, WorkerSetup } from './worker-message.ts';

// Functions are compiled when first called; validating them only then too takes 40 ms off the start.
const fasterStart = '--wasm-lazy-validation';
// Room for the module at once: growing buffer by buffer doubles the time.
const moduleBytes = 24 * 1024 * 1024;

const setup = workerData as WorkerSetup;
const progress = progressIn(setup.progress);

const instance = start();
if (instance !== undefined) {
  parentPort?.on('message', (call: WorkerCall) => answer(instance, call));
  reply({ kind: 'ready' });
}

function start(): Instance | undefined {
  try {
    setFlagsFromString(fasterStart);
    return instantiate(zstdDecompressSync(readFileSync(new URL(setup.module)), { chunkSize: moduleBytes }));
  } catch (error) {
    reply({ kind: 'unavailable', message: String(error) });
    return undefined;
  }
}

function answer(engine: Instance, { id, request }: WorkerCall): void {
  markBegin(progress, id);
  let done: WorkerReply;
  try {
    done = { kind: 'answer', id, response: engine.call(request), memoryBytes: engine.memoryBytes() };
  } catch (error) {
    done = { kind: 'died', id, message: String(error) };
  }
  markEnd(progress, id);
  reply(done);
}

function reply(message: WorkerReply): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(message);
}
