import { expect } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { StoredVerdict, VerdictStore } from '../../src/gate/verdict-store.ts';
import type { Override } from '../../src/gate/verdict.ts';
import { judge, limit, nowMs, policyOf } from '../gate/fixtures.ts';

/** Opens the same verdicts as often as asked, each time as if in another process. */
type OpenVerdicts = () => Promise<VerdictStore>;

const policy = policyOf([limit('a')]);
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** A verdict on a value of 1, which passes; 11 fails. */
export function stored(id: string, more: Partial<StoredVerdict> = {}, value = 1): StoredVerdict {
  const verdict = judge(policy, { a: value });
  const rest = { namespace: 'team', run: 'demo', step: 'gate', storedAtMs: nowMs, cacheKey: null };
  return { id, ...rest, verdict, ...more };
}

export function ofGate(gate: string, entry: StoredVerdict): StoredVerdict {
  return { ...entry, verdict: { ...entry.verdict, gate } };
}

const override: Override = {
  by: 'jane',
  groups: ['leads'],
  reason: 'known',
  at: new Date(nowMs).toISOString(),
  expires: new Date(nowMs + hourMs).toISOString(),
  previousOutcome: 'fail',
};

const idsOf = (entries: readonly StoredVerdict[]) => entries.map(({ id }) => id);

/** What every store of verdicts does; the clock of those that have one stands at `nowMs`. */
export const verdictCases: Readonly<Record<string, (open: OpenVerdicts) => Promise<void>>> = {
  'a verdict reads back whole, in its namespace alone': async (open) => {
    const text: JsonObject = { note: '☃\u0000', big: 12345678901234567890n };
    const entry = stored('v/1');
    const whole = {
      ...entry,
      verdict: { ...entry.verdict, policy: { ...entry.verdict.policy, text } },
    };
    await (await open()).put(whole);
    const store = await open();
    expect(await store.get('team', 'v/1')).toEqual(whole);
    expect(await store.get('prod', 'v/1')).toBeUndefined();
    expect(await store.get('team', 'none')).toBeUndefined();
  },

  'a repeat of the same id changes nothing': async (open) => {
    const store = await open();
    await store.put(stored('v', {}, 11));
    await store.put(stored('v', { storedAtMs: nowMs + 5 }, 1));
    expect((await store.list({ namespace: 'team', limit: 9 })).map(({ verdict }) => verdict.outcome)).toEqual(
      ['fail'],
    );
  },

  'a list is newest first, by gate and by run': async (open) => {
    const store = await open();
    await store.put(stored('one', { storedAtMs: nowMs + 1 }));
    await store.put(stored('two', { storedAtMs: nowMs + 2, run: 'other' }));
    await store.put(ofGate('second', stored('three', { storedAtMs: nowMs + 3 })));
    await store.put(stored('far', { namespace: 'prod' }));
    const ids = async (query: object) => idsOf(await store.list({ namespace: 'team', limit: 10, ...query }));
    expect(await ids({})).toEqual(['three', 'two', 'one']);
    expect(await ids({ limit: 1 })).toEqual(['three']);
    expect(await ids({ gate: 'release' })).toEqual(['two', 'one']);
    expect(await ids({ run: 'demo' })).toEqual(['three', 'one']);
    expect(await ids({ gate: 'none' })).toEqual([]);
  },

  'the history is of one gate and one policy, with what was marked invalid': async (open) => {
    const store = await open();
    const { digest } = stored('x').verdict.policy;
    await store.put(stored('one', { storedAtMs: nowMs + 1 }));
    await store.put(stored('two', { storedAtMs: nowMs + 2 }, 11));
    await store.put(ofGate('second', stored('other')));
    expect(await store.invalidate('team', 'one', { by: 'jane', why: 'a test load' })).toBe(true);
    expect(await store.invalidate('team', 'none', { by: 'jane', why: 'x' })).toBe(false);
    expect(await (await open()).history('team', 'release', digest, 9)).toMatchObject([
      { ref: 'two', outcome: 'fail', values: {} },
      { ref: 'one', outcome: 'pass', values: { a: 1 }, invalid: { by: 'jane', why: 'a test load' } },
    ]);
    expect(await store.history('team', 'release', digest, 1)).toHaveLength(1);
    expect(await store.history('team', 'release', 'sha256:other', 9)).toEqual([]);
  },

  'the newest verdict of a key is used again until it expires': async (open) => {
    const store = await open();
    await store.put(stored('one', { storedAtMs: nowMs + 1, cacheKey: 'k' }));
    await store.put(stored('two', { storedAtMs: nowMs + 2, cacheKey: 'k' }));
    await store.put(stored('three', { storedAtMs: nowMs + 3 }));
    const found = async (atMs: number, key = 'k') => (await store.reuse('team', key, atMs))?.id;
    expect(await found(nowMs + 10)).toBe('two');
    expect(await found(nowMs + hourMs - 1)).toBe('two');
    expect(await found(nowMs + hourMs)).toBeUndefined();
    // A clock that was set back.
    expect(await found(nowMs - 1)).toBeUndefined();
    expect(await found(Number.NaN)).toBeUndefined();
    expect(await found(nowMs + 10, 'other')).toBeUndefined();
    expect(await store.reuse('prod', 'k', nowMs + 10)).toBeUndefined();
  },

  'what a person opened, or marked invalid, is not used again': async (open) => {
    const store = await open();
    await store.put(stored('one', { cacheKey: 'k' }));
    await store.put(stored('two', { cacheKey: 'k', storedAtMs: nowMs + 1 }));
    await store.override('team', 'two', override);
    expect((await store.reuse('team', 'k', nowMs + 10))?.id).toBe('one');
    await store.invalidate('team', 'one', { by: 'jane', why: 'x' });
    expect(await store.reuse('team', 'k', nowMs + 10)).toBeUndefined();
  },

  'an override opens once, and leaves the outcome': async (open) => {
    const store = await open();
    await store.put(stored('v', {}, 11));
    expect((await store.override('team', 'v', override))?.verdict).toMatchObject({
      outcome: 'fail',
      open: true,
      pass: true,
      decidedBy: 'human',
      override,
    });
    const second = await store.override('team', 'v', { ...override, by: 'joe' });
    expect(second?.verdict.override?.by).toBe('jane');
    expect((await (await open()).get('team', 'v'))?.verdict.override?.by).toBe('jane');
    expect(await store.override('team', 'none', override)).toBeUndefined();
  },

  'verdicts put at the same time are all kept': async (open) => {
    const stores = await Promise.all([open(), open()]);
    await Promise.all(
      Array.from({ length: 12 }, async (_, n) =>
        stores[n % 2]?.put(stored(`v${n}`, { storedAtMs: nowMs + n })),
      ),
    );
    expect(await (await open()).list({ namespace: 'team', limit: 100 })).toHaveLength(12);
  },
};

/** What stores do that hold a gate's verdicts one by one; in a cluster they are one text, and the rule is tested by itself. */
export const retentionCases: typeof verdictCases = {
  'many passed verdicts push out no failed one, nor those of other gates': async (open) => {
    const store = await open();
    await store.put(stored('failed', { storedAtMs: nowMs - 10 * dayMs }, 11));
    await store.put(ofGate('second', stored('second', { storedAtMs: nowMs - 10 * dayMs })));
    for (let n = 0; n < 203; n += 1) await store.put(stored(`p${n}`, { storedAtMs: nowMs + n }));
    const ids = idsOf(await store.list({ namespace: 'team', gate: 'release', limit: 1000 }));
    expect(ids).toHaveLength(201);
    expect(ids).toContain('failed');
    expect(ids).not.toContain('p2');
    expect(ids).toContain('p3');
    expect(await store.get('team', 'second')).toBeDefined();
  },
};
