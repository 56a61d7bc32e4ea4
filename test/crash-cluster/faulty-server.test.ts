import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { choose, randomOf, seed } from './options.ts';
import type { Call } from './proxy/call.ts';
import { refusals, type Fault } from './proxy/fault.ts';
import { Tally } from './tally.ts';
import { workflowNamed, type PlacedWorkflow } from './workflows.ts';

const workflows = [
  'gate-pass',
  'models',
  'posts',
  'retry',
  'suspend',
  'dag',
  'group',
  'inputs',
  'deploy',
  'long-output',
];
/** Each of the four faults befalls so many of the requests. */
const rate = 0.1;
/** An effect is tried again three times; more in a row would fail its step, as is promised. */
const mostInARow = 2;
const atOnce = 6;
const durationMs = choose(20_000, 300_000);
const recoveryMs = 10_000;

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

describe(`an API server that fails (seed ${seed})`, () => {
  test('409, 429, 500 and work done without a word, 10 % each', { timeout: 3_600_000 }, async () => {
    const tally = new Tally();
    const calmWrites = await undisturbedWrites();
    let [faults, writes, wanted] = [0, 0, 0];
    const random = randomOf('faulty-server');
    const faultOf = randomFaults(random);
    bench.proxy.onCall = (call) => {
      const fault = faultOf(call);
      if (fault !== undefined) faults += 1;
      return fault;
    };
    const beginMs = performance.now();
    const runs: { readonly name: string; readonly one: PlacedWorkflow; readonly sinceMs: number }[] = [];
    const lane = async (i: number): Promise<void> => {
      for (let n = 0; performance.now() - beginMs < durationMs; n += 1) {
        const workflow = workflows[Math.floor(random() * workflows.length)] ?? 'models';
        const name = `${workflow}-f${i}-${n}`;
        const sinceMs = performance.now();
        runs.push({ name, one: await bench.create(workflowNamed(workflow), name), sinceMs });
        wanted += calmWrites.get(workflow) ?? 0;
        await Promise.race([bench.untilEnded(name), passed]);
      }
    };
    let pass = (): void => undefined;
    const passed = new Promise<void>((resolve) => (pass = resolve));
    const timer = setTimeout(() => pass(), durationMs);
    await Promise.all(Array.from({ length: atOnce }, (_, i) => lane(i)));
    clearTimeout(timer);
    bench.calm();
    const calmMs = performance.now();
    for (const { name } of runs) await bench.untilEnded(name);
    const recoveredMs = performance.now() - calmMs;
    await bench.quiet();
    for (const { name, one, sinceMs } of runs) {
      const verdict = await bench.judge(name, one, sinceMs);
      tally.add(name, verdict, {});
      if (verdict.faults.length > 0) tally.explain(bench, name);
    }
    writes = bench.callsSince(beginMs).filter(isCounted).length;
    if (recoveredMs > recoveryMs) tally.fail('recovery', `it took ${Math.round(recoveredMs)} ms`);
    if (writes > 3 * wanted) tally.fail('writes', `${writes} where ${wanted} are enough`);
    if (faults < runs.length) tally.fail('faults', `only ${faults} for ${runs.length} runs`);
    const requests = bench.callsSince(beginMs).length;
    tally.report(
      3,
      `${durationMs / 1000} s`,
      `${faults} faults in ${requests} requests; ${writes} writes for ${wanted}; recovered in ${(recoveredMs / 1000).toFixed(1)} s`,
    );
    expect(tally.wrong.length, tally.wrong.join('\n')).toBe(0);
  });
});

/** Writes of each workflow when nothing disturbs it, Events and attachments included. */
async function undisturbedWrites(): Promise<ReadonlyMap<string, number>> {
  await bench.ensureController();
  const writes = new Map<string, number>();
  // Twice: the first run of a step type stores its revision.
  for (const round of [0, 1]) {
    for (const workflow of workflows) {
      const name = `${workflow}-u${round}`;
      const sinceMs = performance.now();
      await bench.create(workflowNamed(workflow), name);
      await bench.untilEnded(name);
      await bench.quiet();
      writes.set(workflow, bench.callsSince(sinceMs).filter(isCounted).length);
    }
  }
  return writes;
}

function isCounted(call: Call): boolean {
  return call.isWrite && call.kind !== 'lease';
}

function randomFaults(random: () => number): (call: Call) => Fault | undefined {
  const inARow = new Map<string, number>();
  return (call) => {
    const drawn = random();
    const fault = faultFor(call, drawn);
    const what = `${call.user} ${call.verb} ${call.path}`;
    const before = inARow.get(what) ?? 0;
    // Nor is the Lease to be lost: what comes of that is for another row.
    const isTooMany = (call.user !== '' || call.kind === 'lease') && before >= mostInARow;
    inARow.set(what, fault === undefined || isTooMany ? 0 : before + 1);
    return isTooMany ? undefined : fault;
  };
}

function faultFor(call: Call, drawn: number): Fault | undefined {
  if (drawn < rate) {
    // Server-side apply conflicts over fields, which nobody retries; reads do not conflict.
    const canConflict =
      call.kind === 'lease' || (call.user === '' && ['update', 'patch'].includes(call.verb));
    return canConflict ? { type: 'refuse', refusal: refusals.conflict, isDone: false } : undefined;
  }
  if (drawn < 2 * rate) return { type: 'refuse', refusal: refusals.tooMany, isDone: false };
  if (drawn < 3 * rate) return { type: 'refuse', refusal: refusals.internal, isDone: false };
  // A watch that begins is not work that is done.
  if (drawn >= 4 * rate || call.verb === 'watch') return undefined;
  return drawn < 3.5 * rate
    ? { type: 'refuse', refusal: refusals.timeout, isDone: true }
    : { type: 'break', isDone: true };
}
