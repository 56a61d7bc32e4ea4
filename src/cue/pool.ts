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
      try {
        const answer = await leastLoaded().call(stringifyJson(request));
        return answer.kind === 'answer'
          ? (parseJson(answer.text) as unknown as CueResponse)
          : stopped(answer.why);
      } catch (error) {
        if (error instanceof RangeError) return stopped('its data nests too deeply'); // JSON.stringify ran out of stack
        throw error;
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

function stopped(why: string): CueResponse {
  return { problems: [{ kind: 'runaway', message: `the CUE evaluation was stopped: ${why}` }] };
}
