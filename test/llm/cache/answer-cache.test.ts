import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/api/json.ts';
import { openAnswerCache, type AnswerCache, type CacheRequest } from '../../../src/llm/cache/answer-cache.ts';
import { openMemoryCacheStore } from '../../../src/llm/cache/memory-cache-store.ts';

interface Opened {
  readonly cache: AnswerCache;
  readonly clock: { nowMs: number };
  /** How often something was asked, and the signals of it. */
  readonly asked: AbortSignal[];
  readonly through: (parts?: Partial<CacheRequest>) => Promise<{ value: Json; source: string }>;
}

function open(maxEntries = 10): Opened {
  const clock = { nowMs: 1_000_000 };
  const cache = openAnswerCache(openMemoryCacheStore(maxEntries), () => clock.nowMs);
  const asked: AbortSignal[] = [];
  const through = (parts: Partial<CacheRequest> = {}) =>
    cache.through({
      key: 'k',
      timeToLiveMs: 60_000,
      signal: new AbortController().signal,
      ask: async (signal) => `answer ${asked.push(signal)}`,
      ...parts,
    });
  return { cache, clock, asked, through };
}

describe('an answer', () => {
  test('is asked for once, and then kept until it expires', async () => {
    const { clock, through } = open();
    expect(await through()).toEqual({ value: 'answer 1', source: 'asked' });
    clock.nowMs += 59_999;
    expect(await through()).toEqual({ value: 'answer 1', source: 'cache' });
    clock.nowMs += 1;
    expect(await through()).toEqual({ value: 'answer 2', source: 'asked' });
  });

  test('of another key is another one', async () => {
    const { through } = open();
    await through();
    expect(await through({ key: 'other' })).toEqual({ value: 'answer 2', source: 'asked' });
  });

  test('from the future is not used', async () => {
    const { clock, through } = open();
    await through();
    clock.nowMs -= 10;
    expect(await through()).toMatchObject({ value: 'answer 2', source: 'asked' });
  });

  test('without time to live is not kept', async () => {
    const { through } = open();
    await through({ timeToLiveMs: 0 });
    expect(await through()).toMatchObject({ value: 'answer 2' });
  });

  test('that was used lately outlives one that was not', async () => {
    const { through } = open(2);
    await through({ key: 'a' });
    await through({ key: 'b' });
    await through({ key: 'a' });
    await through({ key: 'c' });
    expect(await through({ key: 'a' })).toMatchObject({ source: 'cache' });
    expect(await through({ key: 'b' })).toMatchObject({ source: 'asked' });
  });

  test('that failed is not kept', async () => {
    const { through } = open();
    await expect(through({ ask: () => Promise.reject(new Error('busy')) })).rejects.toThrow('busy');
    expect(await through()).toMatchObject({ source: 'asked' });
  });
});

describe('calls at once', () => {
  test('share one', async () => {
    const { asked, through } = open();
    const answers = await Promise.all([through(), through(), through()]);
    expect(answers.map(({ source }) => source)).toEqual(['asked', 'shared', 'shared']);
    expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
    expect(asked).toHaveLength(1);
  });

  test('fail together, and the next one asks anew', async () => {
    const { through } = open();
    const fails = { ask: () => Promise.reject(new Error('busy')) };
    const ends = await Promise.allSettled([through(fails), through(fails)]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await through()).toMatchObject({ source: 'asked' });
  });

  test('go on when the first one gives up, and end when the last one does', async () => {
    const { through } = open();
    const [first, second] = [new AbortController(), new AbortController()];
    const begun = Promise.withResolvers<AbortSignal>();
    const ask = (signal: AbortSignal): Promise<Json> => {
      begun.resolve(signal);
      return new Promise((_done, fail) => {
        signal.addEventListener('abort', () => fail(new Error('ended')));
      });
    };
    const one = through({ ask, signal: first.signal });
    const two = through({ ask, signal: second.signal });
    const signal = await begun.promise;
    first.abort();
    await expect(one).rejects.toThrow();
    expect(signal.aborted).toBe(false);
    second.abort();
    await expect(two).rejects.toThrow();
    expect(signal.aborted).toBe(true);
    expect(await through()).toMatchObject({ source: 'asked' });
  });

  test('that were cancelled before ask nothing', async () => {
    const { asked, through } = open();
    await expect(through({ signal: AbortSignal.abort() })).rejects.toThrow();
    expect(asked).toHaveLength(0);
  });
});
