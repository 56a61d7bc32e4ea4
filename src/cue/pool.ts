import { parseJson, stringifyJson } from '../api/json.ts';
import { createAnswerCache } from './answer-cache.ts';
import { createCueWorker } from './cue-worker.ts';
import type { Answer, CueWorker, CueWorkerLimits } from './cue-worker.ts';
import { readForetold } from './foretold.ts';
import type { CueRequest, CueResponse } from './protocol.ts';

/*
 * P1 What was answered before is not asked again, for CUE has no effects.
 * P2 One worker does it all, until a call has been in it for `patienceMs` while others wait, or `longBacklog` calls in a row have
 *    left others waiting: then a second one starts, so that a template that runs away holds up nobody else, and many runs have
 *    two processors. Like the first, it is released when it is idle.
 * P3 A text that holds a worker up, or had to be stopped before, is in one worker at a time: many such calls never take both.
 */

export interface CuePool {
  warm(): Promise<void>;
  ask(request: CueRequest): Promise<CueResponse>;
  close(): Promise<void>;
}

export interface CuePoolLimits extends CueWorkerLimits {
  readonly patienceMs: number;
}

interface Call {
  readonly request: string;
  /** The text that is evaluated. */
  readonly subject: string;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

interface Place {
  readonly worker: CueWorker;
  call: Call | undefined;
}

export function createCuePool(limits: CuePoolLimits): CuePool {
  const open = (): Place => ({ worker: createCueWorker(limits), call: undefined });
  const places = [open(), open()] as const;
  const answers = createAnswerCache(keptCharacters);
  const waiting: Call[] = [];
  const stoppedBefore = new Set<string>();
  let clock: NodeJS.Timeout | undefined;
  /** Calls in a row that were given to a worker while others waited. */
  let backlog = 0;

  const isHeldUp = ({ worker }: Place): boolean => worker.busyMs() >= limits.patienceMs;
  const mayRun = ({ subject }: Call): boolean =>
    places.every(
      (place) => place.call?.subject !== subject || !(isHeldUp(place) || stoppedBefore.has(subject)), // P3
    );
  const mayStart = (place: Place): boolean =>
    backlog >= longBacklog ||
    places.every((other) => other === place || !other.worker.isRunning() || isHeldUp(other)); // P2

  function pump(): void {
    clearTimeout(clock);
    clock = undefined;
    const free = places.filter(({ call }) => call === undefined);
    // One that runs answers at once.
    for (const place of free.toSorted(
      (a, b) => Number(b.worker.isRunning()) - Number(a.worker.isRunning()),
    )) {
      if (!place.worker.isRunning() && !mayStart(place)) continue;
      const index = waiting.findIndex(mayRun);
      const [call] = index < 0 ? [] : waiting.splice(index, 1);
      if (call !== undefined) give(place, call);
    }
    if (waiting.length > 0) clock = setTimeout(pump, limits.patienceMs).unref();
  }

  function give(place: Place, call: Call): void {
    place.call = call;
    backlog = waiting.length > 0 ? backlog + 1 : 0;
    const answered = place.worker.call(call.request).then((answer) => {
      if (answer.kind === 'stopped') remember(call.subject);
      call.resolve(answer);
    }, call.reject);
    void answered.finally(() => {
      place.call = undefined;
      pump();
    });
  }

  function remember(subject: string): void {
    stoppedBefore.add(subject);
    for (const oldest of stoppedBefore) {
      if (stoppedBefore.size <= mostStopped) return;
      stoppedBefore.delete(oldest);
    }
  }

  function send(request: string, subject: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    waiting.push({ request, subject, resolve, reject });
    pump();
    return promise;
  }

  async function evaluate(request: CueRequest, text: string): Promise<Answer> {
    const sent = await send(text, 'template' in request ? request.template : request.expr);
    if (sent.kind !== 'answer') return sent;
    const { answer, later } = readForetold(request, sent.text);
    for (const each of later) answers.keep(each.request, { kind: 'answer', text: each.answer });
    return { kind: 'answer', text: answer };
  }

  return {
    warm: () => places[0].worker.warm(),
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
      clearTimeout(clock);
      await Promise.all(places.map(({ worker }) => worker.close()));
    },
  };
}

/** The answers to some thousands of turns. */
const keptCharacters = 4 * 1024 * 1024;

/** Some 100 ms of work: more than a run of its own ever leaves waiting. */
const longBacklog = 200;

/** Texts that are remembered; each has 256 kB at most. */
const mostStopped = 100;

function stopped(why: string): CueResponse {
  return { problems: [{ kind: 'runaway', message: `the CUE evaluation was stopped: ${why}` }] };
}
