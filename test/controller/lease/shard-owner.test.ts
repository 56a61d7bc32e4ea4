import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { ShardOwner } from '../../../src/controller/lease/shard-owner.ts';
import { LeaseServer, SimulatedProcess, World, type Fate, type ProcessOptions } from './simulation.ts';

const uids = Array.from({ length: 24 }, (_, index) => `0b1c-${index * 7919}`);
let world: World;
let server: LeaseServer;
let processes: SimulatedProcess[];

beforeEach(() => {
  server = new LeaseServer();
  processes = [];
  world = new World(checkOwners);
});

/** What must hold at every moment. */
function checkOwners(): void {
  for (const uid of uids) {
    const owners = processes.filter(({ owner }) => owner.owns(uid));
    if (owners.length > 1) throw new Error(`${owners.length} own ${uid} at ${world.nowMs}`);
    for (const { owner } of processes)
      if (owner.owns(uid) !== owner.validUntil(uid) > -Infinity) throw new Error(`validUntil of ${uid}`);
  }
}

function start(
  identity: string,
  shard: string,
  options: Omit<ProcessOptions, 'shard'> = {},
): SimulatedProcess {
  const [index = 0, count = 1] = shard.split('/').map(Number);
  const process = new SimulatedProcess(world, server, identity, { ...options, shard: { index, count } });
  processes.push(process);
  return process;
}

function everyRunIsOwned(): boolean {
  return uids.every((uid) => processes.some(({ owner }) => owner.owns(uid)));
}

describe('one lease', () => {
  test('costs a renewal every five seconds at most, and nothing else', async () => {
    const only = start('only', '0/1', { jitter: () => 0 });
    await world.runFor(1_000);
    expect(only.changes).toEqual(['0']);
    const before = only.requests;
    await world.runFor(60_000);
    expect(only.requests - before).toBe(15);
  });

  test('is taken over within 20 s of a kill, and not within its duration', async () => {
    const first = start('first', '0/1');
    const second = start('second', '0/1', { wallMs: -3_600_000, jitter: () => 0.99 });
    await world.runFor(31_700);
    first.die();
    const diedAtMs = world.nowMs;
    await world.runFor(8_000);
    expect(everyRunIsOwned()).toBe(false);
    while (!everyRunIsOwned()) await world.runFor(100);
    expect(world.nowMs - diedAtMs).toBeLessThan(20_000);
    expect(second.changes).toEqual(['0']);
  });

  test('is lost by time alone where requests hang, and told', async () => {
    let fate: Fate = 'ok';
    const only = start('only', '0/1', { fate: () => fate });
    await world.runFor(1_000);
    fate = 'hangs';
    await world.runFor(13_000);
    expect(only.changes).toEqual(['0', '']);
    fate = 'ok';
    await world.runFor(10_000);
    expect(only.changes).toEqual(['0', '', '0']);
  });

  test('is not held by a process that wakes up too late, whatever answers wait for it', async () => {
    const first = start('first', '0/1');
    await world.runFor(4_999);
    first.pause();
    await world.runFor(60_000);
    const waking = first.owner.owns('x');
    first.resume();
    expect([waking, first.owner.owns('x'), first.owner.validUntil('x')]).toEqual([false, false, -Infinity]);
    await world.runFor(1_000);
    expect(first.changes).toEqual(['0', '', '0']);
  });

  test('that was given away is not taken back by an answer that comes late', async () => {
    let latencyMs = 5;
    const first = start('first', '0/1', { latencyMs: () => latencyMs });
    await world.runFor(3_000);
    latencyMs = 900;
    await world.runFor(1_700);
    const released = first.owner.release();
    await world.runFor(10_000);
    await released;
    expect(first.changes).toEqual(['0', '']);
    expect(server.leases.get('sluice-controller-0-of-1')).toMatchObject({ spec: { holderIdentity: '' } });
  });

  test('is not taken at once after it was deleted under its holder', async () => {
    start('first', '0/1');
    await world.runFor(4_000);
    const second = start('second', '0/1');
    await world.runFor(100);
    server.leases.clear();
    await world.runFor(30_000);
    expect(processes.filter(({ owner }) => owner.owns('x'))).toHaveLength(1);
    expect(second.errors).toEqual([]);
  });

  test.each(['refused', 'hangs'] as const)(
    'is asked for at a bounded rate where requests are %s',
    async (fate) => {
      const only = start('only', '0/1', { fate: () => fate });
      await world.runFor(60_000);
      expect(only.requests).toBeLessThan(60);
      expect(only.errors.length).toBeGreaterThan(5);
      expect(only.fault).toBeUndefined();
    },
  );
});

describe('shards', () => {
  test('are taken over, and given back after what is under way has ended', async () => {
    let end = (): void => undefined;
    const beforeGiveBack = (): Promise<void> => new Promise((resolve) => (end = resolve));
    const zero = start('zero', '0/2', { beforeGiveBack });
    await world.runFor(20_000);
    expect(zero.changes).toEqual(['0', '0,1']);
    const one = start('one', '1/2');
    await world.runFor(30_000);
    expect([zero.changes.at(-1), one.changes.at(-1)]).toEqual(['0,1', undefined]);
    end();
    await world.runFor(5_000);
    expect([zero.changes.at(-1), one.changes.at(-1)]).toEqual(['0', '1']);
    await world.runFor(60_000);
    expect([zero.changes, one.changes]).toEqual([['0', '0,1', '0'], ['1']]);
  });

  test('that nobody is at home in any more go to the others within 20 s', async () => {
    start('zero', '0/3');
    const one = start('one', '1/3');
    start('two', '2/3');
    await world.runFor(5_000);
    expect(everyRunIsOwned()).toBe(true);
    one.die();
    await world.runFor(20_000);
    expect(everyRunIsOwned()).toBe(true);
  });

  test('stay where they are while two are at home in one of them', async () => {
    start('zero', '0/2');
    const one = start('one', '1/2');
    await world.runFor(2_000);
    const other = start('other', '1/2');
    await world.runFor(60_000);
    expect([one.changes, other.changes]).toEqual([['1'], []]);
    void one.owner.release();
    await world.runFor(4_000);
    expect(other.changes).toEqual(['1']);
  });

  test('of two counts that start at one moment never both have a run', async () => {
    const sides = [start('a', '0/1'), start('b', '0/2', { latencyMs: () => 7 })];
    await world.runFor(60_000);
    expect(sides.some(({ fault }) => fault !== undefined)).toBe(true);
    for (const { fault } of sides)
      if (fault !== undefined) expect(fault).toMatchObject({ kind: 'invalid', code: 'ShardCountMismatch' });
  });
});

const disturbance = fc.record({
  afterMs: fc.integer({ min: 0, max: 25_000 }),
  kind: fc.constantFrom('pause', 'resume', 'cut', 'mend', 'die', 'start', 'release'),
  which: fc.nat({ max: 3 }),
});

test('whatever fails, no run has two owners; when it ends, each has one', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3 }),
      fc.array(fc.constantFrom<Fate>('ok', 'ok', 'ok', 'refused', 'done-but-unanswered', 'hangs'), {
        minLength: 40,
        maxLength: 80,
      }),
      fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 10, maxLength: 30 }),
      fc.array(fc.double({ min: 0.98, max: 1.02, noNaN: true }), { minLength: 4, maxLength: 4 }),
      fc.array(disturbance, { maxLength: 12 }),
      async (count, fates, latencies, rates, disturbances) => {
        server = new LeaseServer();
        processes = [];
        world = new World(checkOwners);
        let isCalm = false;
        let turn = 0;
        const next = <T>(list: readonly T[]): T => list[turn++ % list.length] as T;
        const begin = (which: number): SimulatedProcess =>
          start(`p${processes.length}`, `${which % count}/${count}`, {
            rate: rates[which % 4] ?? 1,
            wallMs: which * 1_800_000,
            fate: () => (isCalm ? 'ok' : next(fates)),
            latencyMs: () => (isCalm ? 5 : Math.ceil(next(latencies) ** 2 / 8_000)),
            jitter: () => (next(latencies) % 100) / 100,
          });
        let alive = Array.from({ length: count }, (_, which) => begin(which));
        for (const { afterMs, kind, which } of disturbances) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          await world.runFor(afterMs);
          const chosen = alive[which % Math.max(1, alive.length)];
          if (kind === 'start' && processes.length < 8) alive.push(begin(which));
          else if (kind === 'pause') chosen?.pause();
          else if (kind === 'resume') chosen?.resume();
          else if (kind === 'cut') chosen?.cut();
          else if (kind === 'mend') chosen?.mend();
          else if (kind === 'die') chosen?.die();
          else if (kind === 'release') void chosen?.owner.release();
          if (kind === 'die' || kind === 'release') alive = alive.filter((each) => each !== chosen);
        }
        isCalm = true;
        for (const process of alive) {
          process.mend();
          process.resume();
        }
        if (alive.length === 0) begin(0);
        await world.runFor(60_000);
        if (!everyRunIsOwned()) throw new Error('a run has no owner');
        for (const process of processes) process.die();
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
}, 120_000);

test.each([0, 999, Number.NaN, Infinity])('a lease of %d ms is refused', (durationMs) => {
  expect(
    () =>
      new ShardOwner({
        client: { find: () => Promise.reject(new Error()), send: () => Promise.reject(new Error()) },
        namespace: 'default',
        identity: 'x',
        shard: { index: 0, count: 1 },
        durationMs,
        now: () => 0,
        monotonicNow: () => 0,
      }),
  ).toThrow(expect.objectContaining({ kind: 'invalid', code: 'BadLeaseDuration' }));
});
