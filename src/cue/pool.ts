import { parseJson, stringifyJson } from '../api/json.ts';
import { createAnswerCache } from './answer-cache.ts';
import { createCueWorker } from './cue-worker.ts';
import type { CueWorkerLimits } from './cue-worker.ts';
import type { CueRequest, CueResponse } from './protocol.ts';

/** Sends requests to the worker with the least to do; what was answered before is not asked again, for CUE has no effects. */
export interface CuePool {
  warm(): Promise<void>;
  ask(request: CueRequest): Promise<CueResponse>;
  close(): Promise<void>;
}

export function createCuePool(size: number, limits: CueWorkerLimits): CuePool {
  const workers = Array.from({ length: size }, () => createCueWorker(limits));
  const leastLoaded = () =>
    workers.reduce((least, worker) => (worker.load() < least.load() ? worker : least));
  const answers = createAnswerCache(keptCharacters);
  return {
    warm: () => leastLoaded().warm(),
    async ask(request) {
      try {
        const text = stringifyJson(request);
        const answer = await answers.answer(text, () => leastLoaded().call(text));
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

/** The answers to some thousands of turns. */
const keptCharacters = 4 * 1024 * 1024;

function stopped(why: string): CueResponse {
  return { problems: [{ kind: 'runaway', message: `the CUE evaluation was stopped: ${why}` }] };
}
