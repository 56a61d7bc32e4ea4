import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from './bench.ts';
import { choose, seed } from './options.ts';
import type { Call } from './proxy/call.ts';
import { refusals } from './proxy/fault.ts';
import { phaseOf } from './run-status.ts';
import { Tally } from './tally.ts';
import { workflowNamed, type PlacedWorkflow } from './workflows.ts';

/** Whoever waits for something that a watch should have told of knows of it by then. */
const wakeUpMs = 60_000;

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.open();
});
afterAll(() => bench.close());

interface Disturbance {
  readonly name: string;
  /** Begins it; what it returns ends it. */
  readonly begin: () => () => void;
  /** Until all that came during it has ended. */
  readonly limitMs: number;
  /** Not in the sample. */
  readonly isLong?: boolean;
}

const disturbances: readonly Disturbance[] = [
  {
    name: 'cut',
    limitMs: 15_000,
    begin() {
      cutAll();
      return nothing;
    },
  },
  {
    name: 'cut-again-and-again',
    limitMs: 30_000,
    begin() {
      const timer = setInterval(cutAll, 60);
      return () => clearInterval(timer);
    },
  },
  {
    name: 'expired',
    limitMs: 15_000,
    begin() {
      for (const watch of bench.proxy.watches) watch.expire();
      return nothing;
    },
  },
  {
    name: 'refused-410',
    limitMs: 30_000,
    begin() {
      let left = 4;
      bench.proxy.onCall = ({ verb }) => {
        if (verb !== 'watch' || left === 0) return undefined;
        left -= 1;
        return { type: 'refuse', refusal: refusals.gone, isDone: false };
      };
      cutAll();
      return nothing;
    },
  },
  {
    name: 'repeated',
    limitMs: 15_000,
    begin() {
      bench.proxy.watchRules = { times: () => 3 };
      return nothing;
    },
  },
  {
    // Nothing but the next list of everything tells of what never came; that is every six minutes at the latest.
    name: 'dropped',
    limitMs: 420_000,
    isLong: true,
    begin() {
      bench.proxy.watchRules = { times: (line) => (line.includes('models-dropped') ? 0 : 1) };
      // What was lost is never told of again.
      const timer = setTimeout(() => (bench.proxy.watchRules = {}), 10_000);
      return () => clearTimeout(timer);
    },
  },
  {
    name: 'silent',
    limitMs: wakeUpMs + 5000,
    begin() {
      const silent = new Set(bench.proxy.watches);
      bench.proxy.watchRules = { times: (_line, stream) => (silent.has(stream) ? 0 : 1) };
      return nothing;
    },
  },
];

describe(`watches (seed ${seed})`, () => {
  test.each(
    choose(
      disturbances.filter(({ isLong }) => isLong !== true),
      disturbances,
    ),
  )('$name', { timeout: 600_000 }, async ({ name, begin, limitMs }) => {
    const tally = new Tally();
    const sinceMs = performance.now();
    const runs = new Map<string, PlacedWorkflow>();
    const create = async (workflow: string): Promise<string> => {
      const run = `${workflow}-${name}`;
      runs.set(run, await bench.create(workflowNamed(workflow), run));
      return run;
    };
    await bench.ensureController();
    const waiting = await create('waits');
    await bench.until(
      `${waiting} to wait`,
      () => phaseOf(bench.runs.get(waiting) ?? nobody) === 'suspending' || undefined,
    );
    await bench.quiet();
    const end = begin();
    const disturbedMs = performance.now();
    try {
      await Promise.all(['models', 'deploy', 'group'].map(create));
      await bench.resume(waiting);
      for (const run of runs.keys()) await bench.untilEnded(run, limitMs + 60_000);
      const tookMs = performance.now() - disturbedMs;
      if (tookMs > limitMs) tally.fail(name, `it took ${Math.round(tookMs)} ms`);
      for (const [run, one] of runs) {
        const verdict = await bench.judge(run, one, sinceMs);
        tally.add(run, verdict, { faults: 1 });
        if (verdict.faults.length > 0) tally.explain(bench, run);
      }
      const requests = bench.callsSince(disturbedMs).length;
      tally.report(4, name, `all ended after ${(tookMs / 1000).toFixed(1)} s; ${requests} requests`);
    } catch (error) {
      tally.fail(name, String(error));
      tally.report(4, name);
      for (const run of runs.keys()) await bench.startAfresh(run);
    } finally {
      end();
      bench.calm();
    }
    expect(tally.wrong.length, tally.wrong.join('\n')).toBe(0);
  });
});

/** When the list that a restarted controller gets was made. */
const snapshots: readonly { readonly name: string; readonly isThen: (call: Call) => boolean }[] = [
  { name: 'new', isThen: (call) => call.kind === 'status' },
  { name: 'asking', isThen: ({ stored }) => stored?.steps.get('first') === 'succeeded' },
];

describe(`a server that lags behind after a restart (seed ${seed})`, () => {
  test.each(snapshots)('the run as it was $name', { timeout: 300_000 }, async ({ name, isThen }) => {
    const tally = new Tally();
    const run = `handover-models-stale-${name}`;
    const sinceMs = performance.now();
    await bench.ensureController();
    const list = '/apis/core.oam.dev/v1alpha1/workflowruns';
    let old: Promise<object> | undefined;
    let last = bench.api.do('GET', list);
    bench.proxy.onServerAnswer = (call) => {
      if (call.name !== run || old !== undefined) return;
      if (isThen(call)) old = last;
      else last = bench.api.do('GET', list);
    };
    // Made before anything is known of the run, and read when it is.
    const one = await bench.create(workflowNamed('handover-models'), run);
    last = bench.api.do('GET', list);
    const second = bench.until('the second call', () =>
      bench.provider.callsOf(run).find((call) => call.step === 'second'),
    );
    bench.provider.onArrival = () => bench.runs.lookAgain();
    await second;
    const killedMs = performance.now();
    bench.controller?.kill();
    const body = Buffer.from(JSON.stringify(await (old ?? last)));
    let isServed = false;
    bench.proxy.onCall = (call) => {
      if (call.resource !== 'workflowruns') return undefined;
      if (call.verb === 'watch') return { type: 'hold', until: sleep(2500) };
      if (call.verb !== 'list' || isServed) return undefined;
      isServed = true;
      return { type: 'replay', body };
    };
    await bench.replaceKilled(killedMs);
    await bench.untilEnded(run);
    bench.calm();
    bench.proxy.onServerAnswer = nothing;
    const verdict = await bench.judge(run, one, sinceMs);
    tally.add(run, verdict, { faults: 1, kills: 1 });
    if (verdict.faults.length > 0) tally.explain(bench, run);
    if (!isServed) tally.fail(run, 'the old list was not asked for');
    tally.report(4, `stale-${name}`);
    expect(tally.wrong.length, tally.wrong.join('\n')).toBe(0);
  });
});

const nobody = { kind: 'WorkflowRun', metadata: {} } as never;

function cutAll(): void {
  for (const watch of bench.proxy.watches) watch.cut();
}

function nothing(): void {}
