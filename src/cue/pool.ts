import { parseJson, stringifyJson } from '../api/json.ts';
import { createCueWorker } from './cue-worker.ts';
import type { CueWorkerLimits } from './cue-worker.ts';
import type { CueRequest, CueResponse } from './protocol.ts';

/** Sends requests to the worker with the least to do. */
export interface CuePool {
  warm(): Promise<void>;
  ask(request: CueRequest): Promise<CueResponse>;
  close(): Promise<void>;
}

export function createCuePool(size: number, limits: CueWorkerLimits): CuePool {
  const workers = Array.from({ length: size }, () => createCueWorker(limits));
  const leastLoaded = () =>
    workers.reduce((least, worker) => (worker.load() < least.load() ? worker : least));
  return {
    warm: () => leastLoaded().warm(),
    async ask(request) {
      const answer = await leastLoaded().call(stringifyJson(request));
      if (answer.kind === 'answer') return parseJson(answer.text) as unknown as CueResponse;
      return { problems: [{ kind: 'runaway', message: `the CUE evaluation was stopped: ${answer.why}` }] };
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}
