import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkQueue, type Lane, type WorkQueueOptions } from '../../../src/controller/queue/work-queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A queue whose items end when the test says so. */
class Desk {
  readonly queue: WorkQueue;
  /** Every key in the order in which it was begun. */
  readonly begun: string[] = [];
  /** Keys that are being processed, and how to end them. */
  readonly active = new Map<string, (error?: Error) => void>();
  readonly errors: string[] = [];
  readonly quarantined: string[] = [];

  constructor(options: Partial<WorkQueueOptions> = {}) {
    const { concurrency = 1 } = options;
    this.queue = new WorkQueue({
      concurrency,
      quarantineAfter: 3,
      ...options,
      backoff: { firstMs: 100, longestMs: 10_000, jitter: () => 1 },
      process: (key) => {
        if (this.active.has(key)) throw new Error(`${key} is processed twice at once`);
        if (this.active.size >= concurrency) throw new Error('too many at once');
        this.begun.push(key);
        return new Promise((resolve, reject) =>
          this.active.set(key, (error) => {
            this.active.delete(key);
            if (error === undefined) resolve();
            else reject(error);
          }),
        );
      },
      onError: (key) => this.errors.push(key),
      onQuarantine: (key) => this.quarantined.push(key),
    });
  }

  /** Keys are NAMESPACE/NAME. */
  add(key: string, lane: Lane = 'new'): void {
    this.queue.add(item(key), lane);
  }

  /** Ends what was begun first of all that is active. */
  async end(error?: Error): Promise<void> {
    const [first] = this.active;
    first?.[1](error);
    await this.pass(0);
  }

  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }
}

function item(key: string): { readonly key: string; readonly namespace: string } {
  return { key, namespace: key.split('/')[0] ?? '' };
}

test('an item that is added again waits once; one that is added while it is processed is processed once more', async () => {
  const desk = new Desk();
  desk.add('a/1');
  desk.add('b/1');
  desk.add('b/1', 'resync');
  desk.add('a/1');
  desk.add('a/1', 'resync');
  expect(desk.queue.stats).toEqual({ waiting: { new: 1, resync: 0 }, active: 1 });
  await desk.end();
  await desk.end();
  await desk.end();
  expect(desk.begun).toEqual(['a/1', 'b/1', 'a/1']);
});

test('new work goes before resyncs, and makes one of a resync', async () => {
  const desk = new Desk();
  for (const key of ['x/0', 'r/1', 'r/2']) desk.add(key, 'resync');
  desk.add('n/1');
  desk.add('r/2');
  for (let ended = 0; ended < 4; ended += 1) await desk.end();
  expect(desk.begun).toEqual(['x/0', 'n/1', 'r/2', 'r/1']);
});

test('a resync is not starved by new work without end', async () => {
  const desk = new Desk();
  desk.add('n/0');
  desk.add('r/1', 'resync');
  for (let next = 1; next <= 20; next += 1) {
    desk.add(`n/${next}`);
    await desk.end();
  }
  expect(desk.begun.indexOf('r/1')).toBeGreaterThan(0);
  expect(desk.begun.indexOf('r/1')).toBeLessThanOrEqual(8);
});

test('a tenant with one run waits for one run of each other tenant, not for all of them', async () => {
  const desk = new Desk();
  for (let name = 0; name < 1_000; name += 1) desk.add(`a/${name}`);
  for (let name = 0; name < 500; name += 1) desk.add(`b/${name}`);
  desk.add('c/only');
  for (let ended = 0; ended < 3; ended += 1) await desk.end();
  expect(desk.begun.indexOf('c/only')).toBeGreaterThan(0);
});

test('an item that fails is tried again after pauses that double; nothing else waits for it', async () => {
  const desk = new Desk({ quarantineAfter: 100 });
  desk.add('bad/1');
  for (const pauseMs of [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]) {
    const before = desk.begun.length;
    await desk.end(new Error('no'));
    desk.add('good/1');
    await desk.end();
    expect(desk.begun.slice(before)).toEqual(['good/1']);
    await desk.pass(pauseMs - 1);
    expect(desk.begun).toHaveLength(before + 1);
    await desk.pass(1);
    expect(desk.begun.at(-1)).toBe('bad/1');
  }
  expect(desk.errors).toHaveLength(9);
  // A success is a new beginning.
  await desk.end();
  desk.add('bad/1');
  await desk.end(new Error('no'));
  await desk.pass(100);
  expect(desk.active.has('bad/1')).toBe(true);
});

test('after some failures in a row news no longer wakes an item before its time', async () => {
  const desk = new Desk();
  desk.add('bad/1');
  for (let failures = 1; failures <= 3; failures += 1) {
    await desk.end(new Error('no'));
    desk.add('bad/1');
  }
  expect(desk.quarantined).toEqual(['bad/1']);
  expect(desk.active.size).toBe(0);
  await desk.pass(9_999);
  expect(desk.active.size).toBe(0);
  await desk.pass(1);
  expect(desk.active.size).toBe(1);
  // What comes while it is tried is not lost when it goes well.
  desk.add('bad/1');
  await desk.end();
  expect(desk.active.size).toBe(1);
});

test('a delay counts from when it was first asked for, unless a shorter one is asked for', async () => {
  const desk = new Desk();
  desk.queue.addAfter(item('a/1'), 1_000, 'new');
  desk.queue.addAfter(item('a/1'), 5_000, 'resync');
  await desk.pass(1_000);
  expect(desk.begun).toEqual(['a/1']);
  await desk.end();
  desk.queue.addAfter(item('a/1'), 1_000, 'resync');
  desk.queue.addAfter(item('a/1'), 10, 'new');
  await desk.pass(10);
  expect(desk.begun).toEqual(['a/1', 'a/1']);
  await desk.end();
  await desk.pass(10_000);
  expect(desk.begun).toEqual(['a/1', 'a/1']);
});

test('what is forgotten is not tried again', async () => {
  const desk = new Desk();
  desk.add('a/1');
  desk.add('a/2');
  desk.queue.addAfter(item('a/3'), 10, 'new');
  desk.queue.forget(item('a/2'));
  desk.queue.forget(item('a/3'));
  await desk.end(new Error('no'));
  desk.queue.forget(item('a/1'));
  await desk.pass(60_000);
  expect(desk.begun).toEqual(['a/1']);
});

test('a drain waits for what is active, and begins nothing', async () => {
  const desk = new Desk({ concurrency: 2 });
  for (const key of ['a/1', 'a/2', 'a/3']) desk.add(key);
  desk.queue.addAfter(item('a/4'), 10, 'new');
  let isDrained = false;
  void desk.queue.drain().then(() => (isDrained = true));
  desk.add('a/5');
  await desk.end();
  await desk.pass(100);
  expect(isDrained).toBe(false);
  await desk.end(new Error('no'));
  expect(isDrained).toBe(true);
  await desk.pass(60_000);
  expect(desk.begun).toEqual(['a/1', 'a/2']);
  await new Desk().queue.drain();
});

type Step =
  | { readonly do: 'add'; readonly key: string; readonly lane: Lane; readonly afterMs: number | undefined }
  | { readonly do: 'end'; readonly isFailure: boolean }
  | { readonly do: 'pass'; readonly ms: number };

const lanes = fc.constantFrom<Lane>('new', 'resync');
const keys = fc.tuple(fc.constantFrom('a', 'b'), fc.nat(2)).map(([ns, name]) => `${ns}/${name}`);
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      key: keys,
      lane: lanes,
      afterMs: fc.option(fc.nat(500), { nil: undefined }),
    }),
    fc.record({ do: fc.constant('end' as const), isFailure: fc.boolean() }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.nat(1_000) }),
  ),
  { maxLength: 60 },
);

test('whatever happens: nothing is lost, and nothing is processed twice at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), steps, async (concurrency, course) => {
      const desk = new Desk({ concurrency });
      /** Keys to how often they had been begun when they were last added, or failed. */
      const owed = new Map<string, number>();
      const owe = (key: string): void =>
        void owed.set(key, desk.begun.filter((each) => each === key).length + 1);
      for (const step of course) {
        if (step.do === 'pass') await desk.pass(step.ms);
        else if (step.do === 'end') {
          const [key] = desk.active.keys();
          if (key !== undefined && step.isFailure) owe(key);
          await desk.end(step.isFailure ? new Error('no') : undefined);
        } else {
          owe(step.key);
          if (step.afterMs === undefined) desk.add(step.key, step.lane);
          else desk.queue.addAfter(item(step.key), step.afterMs, step.lane);
        }
        // No slot is free while something waits.
        const { waiting, active } = desk.queue.stats;
        expect(active).toBe(desk.active.size);
        if (active < concurrency) expect(waiting.new + waiting.resync).toBe(0);
      }
      for (let rounds = 0; rounds < 100; rounds += 1) {
        await desk.end();
        await desk.pass(1_000);
      }
      expect(desk.queue.stats).toEqual({ waiting: { new: 0, resync: 0 }, active: 0 });
      for (const [key, times] of owed)
        expect(desk.begun.filter((each) => each === key).length, key).toBeGreaterThanOrEqual(times);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 200 },
  );
});

test('whatever waits: of new work no namespace gets a second turn while another waits for its first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(keys, { minLength: 1, maxLength: 15 }), async (added) => {
      const desk = new Desk();
      desk.add('first/0');
      for (const key of added) desk.add(key);
      const waiting = new Set(added);
      while (waiting.size > 0) {
        const turn = new Set([...waiting].map((key) => item(key).namespace));
        for (let left = turn.size; left > 0; left -= 1) {
          await desk.end();
          waiting.delete(desk.begun.at(-1) ?? '');
          turn.delete(item(desk.begun.at(-1) ?? '').namespace);
        }
        expect(turn.size).toBe(0);
      }
    }),
    { numRuns: 200 },
  );
});
