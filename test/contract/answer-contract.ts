import { expect } from 'vitest';
import type { Json } from '../../src/api/json.ts';
import type { AnswerStore } from '../../src/llm/cache/answer-store.ts';

/** Opens the same answers as often as asked; they take together `limitBytes` at most. */
export type OpenAnswers = (limitBytes: number) => Promise<AnswerStore>;

const plenty = 1_000_000;
const entry = (value: Json, storedAtMs: number) => ({ value, storedAtMs, expiresAtMs: 9e12 });

/** What every store of answers does. */
export const answerCases: Readonly<Record<string, (open: OpenAnswers) => Promise<void>>> = {
  'an answer reads back whole, and another replaces it': async (open) => {
    const store = await open(plenty);
    const value = { text: '☃\u0000', big: 12345678901234567890n, list: [null, true] };
    await store.put('k', { ...entry(value, 5), label: 'gpt at host' });
    expect(await (await open(plenty)).get('k')).toEqual({ ...entry(value, 5), label: 'gpt at host' });
    await store.put('k', entry('new', 6));
    expect(await store.get('k')).toEqual(entry('new', 6));
    expect(await store.get('other')).toBeUndefined();
    await store.delete('k');
    expect(await (await open(plenty)).get('k')).toBeUndefined();
  },

  'a list tells what is kept without the answers, newest first': async (open) => {
    const store = await open(plenty);
    await store.put('old', { ...entry('secret', 5), label: 'gpt at host' });
    await store.put('new', entry('ü', 6));
    expect(await store.list()).toEqual([
      { key: 'new', label: undefined, storedAtMs: 6, expiresAtMs: 9e12, bytes: 4 },
      { key: 'old', label: 'gpt at host', storedAtMs: 5, expiresAtMs: 9e12, bytes: 8 },
    ]);
  },

  'a purge takes what was stored up to a time': async (open) => {
    const store = await open(plenty);
    for (const storedAtMs of [1, 2, 3]) await store.put(`k${storedAtMs}`, entry('x', storedAtMs));
    expect(await store.purge(2)).toBe(2);
    expect((await store.list()).map(({ key }) => key)).toEqual(['k3']);
    expect(await store.purge(Number.POSITIVE_INFINITY)).toBe(1);
    expect(await store.list()).toEqual([]);
  },

  'past the limit those not used for longest go': async (open) => {
    const store = await open(30);
    for (const key of ['a', 'b', 'c']) await store.put(key, entry('12345678', 1));
    await store.get('a');
    await store.put('d', entry('12345678', 1));
    expect((await store.list()).map(({ key }) => key).toSorted()).toEqual(['a', 'c', 'd']);
  },

  'an answer longer than the limit is not kept': async (open) => {
    const store = await open(30);
    await store.put('long', entry('x'.repeat(40), 1));
    expect(await store.get('long')).toBeUndefined();
  },
};
