import { expect, test } from 'vitest';
import { createAnswerCache } from '../../src/cue/answer-cache.ts';
import type { Answer } from '../../src/cue/cue-worker.ts';

const answerOf = (text: string): Answer => ({ kind: 'answer', text });

/** Asks a cache for requests in turn and tells which of them were sent. */
async function sent(
  limit: number,
  requests: readonly string[],
  reply: (request: string) => Promise<Answer> = async (request) => answerOf(`answer to ${request}`),
): Promise<readonly string[]> {
  const cache = createAnswerCache(limit);
  const seen: string[] = [];
  for (const request of requests) {
    const got = cache.answer(request, () => {
      seen.push(request);
      return reply(request);
    });
    const [result] = await Promise.allSettled([got]);
    expect(result).toEqual((await Promise.allSettled([reply(request)]))[0]);
  }
  return seen;
}

test.each<[string, () => Promise<Answer>, number]>([
  ['an answer is kept', async () => answerOf('{"value":1}'), 1],
  ['an answer that is a fault is kept', async () => answerOf('{"problems":[{"kind":"evaluation"}]}'), 1],
  ['what was stopped is asked again', async () => ({ kind: 'stopped', why: 'it took too long' }), 3],
  ['what broke the engine is asked again', async () => answerOf('{"problems":[{"kind":"bug"}]}'), 3],
  ['what could not be asked is asked again', () => Promise.reject(new Error('no worker')), 3],
  ['what is too large to keep is asked again', async () => answerOf('x'.repeat(200_000)), 3],
])('%s', async (_name, reply, times) => {
  expect(await sent(1_000_000, ['a', 'a', 'a'], reply)).toHaveLength(times);
});

test('what was not asked for the longest makes room', async () => {
  // Room for ten: `a` is asked for again before the ninth and the tenth other one come.
  const others = Array.from({ length: 10 }, (_, i) => `${i}`);
  const requests = ['a', ...others.slice(0, 8), 'a', ...others.slice(8), 'a', '0'];
  expect(await sent(2200, requests)).toEqual(['a', ...others, '0']);
});

test('a request under way is not sent twice', async () => {
  const cache = createAnswerCache(1000);
  let calls = 0;
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const ask = () =>
    cache.answer('a', () => {
      calls += 1;
      return promise;
    });
  const both = Promise.all([ask(), ask()]);
  resolve(answerOf('1'));
  expect(await both).toEqual([answerOf('1'), answerOf('1')]);
  expect(calls).toBe(1);
});
