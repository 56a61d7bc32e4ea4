import { describe, expect, test } from 'vitest';
import { defaultRetry, type PlannedRetry } from '../../src/plan/plan.ts';
import { plan, step, World, type Act } from './world.ts';

interface Row {
  readonly name: string;
  readonly retry: Partial<PlannedRetry>;
  readonly acts: readonly Act[];
  readonly ends: string;
  /** Numbers of the attempts whose keys were sent, in order. */
  readonly attempts: string;
  readonly says?: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'only the classes that are named are retried',
    retry: { errors: ['unknown'] },
    acts: [{ op: 'put', fails: 1 }],
    ends: 'a failed/FailedAfterRetries',
    attempts: '1',
  },
  {
    name: 'a terminal error is retried where the step says so',
    retry: { errors: ['terminal'] },
    acts: [{ op: 'put', fails: 2, terminal: true }],
    ends: 'a succeeded',
    attempts: '1 2 3',
  },
  {
    name: 'what may have happened is not repeated by default',
    retry: {},
    acts: [{ op: 'post', fails: 1, unknown: true }],
    ends: 'a failed/Unknown',
    attempts: '1',
    says: /it may have happened/,
  },
  {
    name: 'what may have happened is repeated under its key where the step says so',
    retry: { errors: ['transient', 'unknown'] },
    acts: [{ op: 'post', fails: 2, unknown: true }],
    ends: 'a succeeded',
    attempts: '1 1 1',
  },
  {
    name: 'and ends as unknown when it never became known',
    retry: { errors: ['unknown'], limit: 2 },
    acts: [{ op: 'post', fails: 9, unknown: true }],
    ends: 'a failed/Unknown',
    attempts: '1 1 1',
    says: /it may have happened \(after 2 retries\)/,
  },
  {
    name: 'an attempt that takes too long is repeated under its key',
    retry: { attemptTimeoutMs: 5000 },
    acts: [{ op: 'put', hangs: 2 }],
    ends: 'a succeeded',
    attempts: '1 1 1',
  },
  {
    name: 'but not where that is not safe',
    retry: { attemptTimeoutMs: 5000 },
    acts: [{ op: 'post', hangs: 1 }],
    ends: 'a failed/Unknown',
    attempts: '1',
    says: /0: no answer within 5s; it may have happened/,
  },
  {
    name: 'nor where time-outs are not to be retried',
    retry: { attemptTimeoutMs: 5000, errors: ['transient'] },
    acts: [{ op: 'put', hangs: 1 }],
    ends: 'a failed/FailedAfterRetries',
    attempts: '1',
    says: /no answer within 5s/,
  },
  {
    name: 'no attempt begins after the deadline',
    retry: { limit: 100, deadlineMs: 10_000 },
    acts: [{ op: 'put', fails: 99 }],
    ends: 'a failed/FailedAfterRetries',
    attempts: '1 2 3 4',
    says: /the deadline of 10s leaves no time to retry \(after 3 retries\)/,
  },
  {
    name: 'each op has a deadline of its own',
    retry: { deadlineMs: 4000 },
    acts: [
      { op: 'put', fails: 2 },
      { op: 'put', fails: 2 },
    ],
    ends: 'a succeeded',
    attempts: '1 2 3 1 2 3',
  },
];

describe('retry by class', () => {
  test.each(rows)('$name', ({ retry, acts, ends, attempts, says = /^/ }) => {
    const world = new World(plan([step('a', { retry: { ...defaultRetry, ...retry } })]), { a: { acts } });
    expect(world.run()).toBe(true);
    expect(world.transcript).toBe(ends);
    expect(world.performed.map(({ key }) => key.split('/').at(-1)).join(' ')).toBe(attempts);
    expect(world.state.steps['a']?.message ?? '').toMatch(says);
    expect(world.violations).toEqual([]);
  });
});

test('a post that a crash cut off is sent again, under its key, where the step says so', () => {
  const retry = { ...defaultRetry, errors: ['unknown'] as const };
  const world = new World(plan([step('a', { retry })]), { a: { acts: [{ op: 'post' }] } });
  for (const effect of world.ready) world.answer(effect, effect.kind === 'perform');
  for (const effect of world.ready) world.answer(effect, true);
  world.run();
  expect(world.transcript).toBe('a succeeded');
  expect(world.performed.map(({ key }) => key)).toEqual(['n1/a/0/1', 'n1/a/0/1']);
});

describe('back-off', () => {
  /** Waits between the attempts, in ms; an answer takes one. */
  function waits(retry: Partial<PlannedRetry>): readonly number[] {
    const acts = [{ op: 'put', fails: 3 }] as const;
    const world = new World(plan([step('a', { retry: { ...defaultRetry, ...retry } })]), { a: { acts } });
    const found: number[] = [];
    while (!world.isOver) {
      const [effect] = world.ready;
      if (effect !== undefined) world.answer(effect);
      else {
        const before = world.nowMs;
        world.wait();
        found.push(world.nowMs - before);
      }
    }
    return found;
  }

  test.each([
    ['doubles', {}, [1000, 2000, 4000]],
    ['grows by the factor', { factor: 3, delayMs: 500 }, [500, 1500, 4500]],
    ['stays as it is', { factor: 1 }, [1000, 1000, 1000]],
    ['is bounded', { maxDelayMs: 1500 }, [1000, 1500, 1500]],
  ])('%s', (_name, retry, expected) => {
    expect(waits(retry)).toEqual(expected);
  });

  test('is shortened by jitter, the same each time it is computed', () => {
    const found = waits({ jitter: 0.5, factor: 1 });
    expect(waits({ jitter: 0.5, factor: 1 })).toEqual(found);
    expect(new Set(found).size).toBe(3);
    expect(found.every((ms) => ms >= 500 && ms <= 1000)).toBe(true);
  });
});
