import type { Api } from './api.ts';
import type { ControlPlane } from './control-plane.ts';
import type { Controller, Engine } from './engines.ts';
import type { FigureId, Samples } from './figures.ts';
import type { RunWatch } from './run-watch.ts';
import { newName, runOf, runsPath, type Step } from './workflow-runs.ts';

/** How much of each shape one repeat does. */
export interface Amounts {
  readonly oneStep: number;
  readonly tenSteps: number;
  readonly atOnce: number;
  readonly counted: number;
  readonly http: number;
  readonly httpAtOnce: number;
  readonly ready: number;
  readonly finished: number;
  /** 0: not measured. */
  readonly many: number;
  readonly rawSeconds: number;
  readonly rawCreates: number;
}

/** One controller, alone on the control plane, once. */
export interface Turn {
  readonly engine: Engine;
  readonly controller: Controller;
  readonly controlPlane: ControlPlane;
  readonly api: Api;
  readonly watch: RunWatch;
  readonly amounts: Amounts;
  /** Of a server that takes 50 ms to answer. */
  readonly slowUrl: string;
  readonly samples: Samples;
  /** Hears the requests for one run, by `VERB resource`. */
  readonly onRequests: (perRun: Readonly<Record<string, number>>) => void;
  /** Runs that the controller has finished so far and that are still there. */
  finished: number;
}

export function add(turn: Turn, id: FigureId, value: number): void {
  turn.samples.add(turn.engine.name, id, value);
}

/** From just before the POST to the watch event with the final status, in ms. Throws when the run does not succeed. */
export async function timeRun(
  turn: Turn,
  steps: readonly Step[],
  mode?: 'StepByStep' | 'DAG',
): Promise<number> {
  const name = newName('run');
  const body = JSON.stringify(runOf(name, steps, mode));
  const begun = performance.now();
  await turn.api.text('POST', runsPath, body);
  return (await untilSucceeded(turn, name)) - begun;
}

/** When it succeeded, as performance.now() tells. */
export async function untilSucceeded(turn: Turn, name: string): Promise<number> {
  const { at, run } = await turn.watch.finish(name);
  const status = run['status'] as { readonly status?: string };
  if (status.status !== 'succeeded')
    throw new Error(
      `${turn.engine.name}: ${name} ended ${status.status}: ${JSON.stringify(status).slice(0, 2000)}`,
    );
  turn.finished += 1;
  return at;
}

/** `count` times one after another, with a pause as between the runs of people. */
export async function timesOf(count: number, time: () => Promise<number>): Promise<readonly number[]> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    times.push(await time());
    await pause(30);
  }
  return times;
}

/** Creates `count` runs over 32 connections; ms from before the first to the end of the last. */
export async function timeAtOnce(turn: Turn, count: number, steps: readonly Step[]): Promise<number> {
  const bodies = Array.from({ length: count }, () => {
    const name = newName('run');
    return { name, body: JSON.stringify(runOf(name, steps)) };
  });
  const ends = bodies.map(({ name }) => untilSucceeded(turn, name));
  const begun = performance.now();
  const queue = [...bodies];
  const worker = async (): Promise<void> => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop())
      await turn.api.text('POST', runsPath, next.body);
  };
  await Promise.all([Promise.all(Array.from({ length: 32 }, worker)), Promise.all(ends)]);
  return Math.max(...(await Promise.all(ends))) - begun;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
