import { parseJson, stringifyJson } from '../api/json.ts';
import { createAnswerCache } from './answer-cache.ts';
import { createCueWorker } from './cue-worker.ts';
import type { Answer, CueWorkerLimits } from './cue-worker.ts';
import { readForetold } from './foretold.ts';
import type { CueRequest, CueResponse } from './protocol.ts';

/**
 * Sends each request to the first worker that is free, so that nothing but its own worker waits for one that runs away. What
 * was answered before is not asked again, for CUE has no effects.
 */
export interface CuePool {
  warm(): Promise<void>;
  ask(request: CueRequest): Promise<CueResponse>;
  close(): Promise<void>;
}

interface Waiting {
  readonly request: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export function createCuePool(size: number, limits: CueWorkerLimits): CuePool {
  const workers = Array.from({ length: size }, () => createCueWorker(limits));
  const answers = createAnswerCache(keptCharacters);
  const waiting: Waiting[] = [];

  function pump(): void {
    for (const worker of workers) {
      if (worker.load() > 0) continue;
      const next = waiting.shift();
      if (next === undefined) return;
      void worker.call(next.request).then(next.resolve, next.reject).finally(pump);
    }
  }

  function send(request: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    waiting.push({ request, resolve, reject });
    pump();
    return promise;
  }

  async function evaluate(request: CueRequest, text: string): Promise<Answer> {
    const sent = await send(text);
    if (sent.kind !== 'answer') return sent;
    const { answer, later } = readForetold(request, sent.text);
    for (const each of later) answers.keep(each.request, { kind: 'answer', text: each.answer });
    return { kind: 'answer', text: answer };
  }

  return {
    warm: async () => workers[0]?.warm(),
    async ask(request) {
      try {
        const text = stringifyJson(request);
        const answer = await answers.answer(text, () => evaluate(request, text));
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
