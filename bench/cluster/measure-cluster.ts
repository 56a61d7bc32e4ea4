import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { Api } from './api.ts';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { kubeVela, kubeVelaObjects, sluice, type Engine } from './engines.ts';
import { Samples } from './figures.ts';
import { installSluice, objectsIn, prepare } from './install.ts';
import type { Options } from './options.ts';
import { cpuSeconds, machineCpuSeconds, residentMiB } from './programs.ts';
import { measureRawLimit } from './raw-limit.ts';
import { RunWatch } from './run-watch.ts';
import { settledMemory, shapes } from './shapes.ts';
import { openSlowServer } from './slow-server.ts';
import { add, pause, timeAtOnce, type Turn } from './turn.ts';
import { messages, runsPath } from './workflow-runs.ts';

export interface Results {
  readonly machine: Readonly<Record<string, unknown>> & { readonly coresOfOthers: number };
  readonly repeats: number;
  readonly isQuick: boolean;
  readonly figures: ReturnType<Samples['figures']>;
  /** For one run of three steps, by engine and `VERB resource`. */
  readonly requests: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Undefined where there is no control plane to measure on. */
export async function measure(options: Options): Promise<Results | undefined> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => stopping.abort(new Error(`stopped by ${name}`)));
  const controlPlane = await startControlPlane(stopping.signal);
  if (controlPlane === undefined) return undefined;
  const api = new Api(controlPlane, 32);
  const server = await openSlowServer();
  const samples = new Samples();
  const requests: Record<string, Readonly<Record<string, number>>> = {};
  const [begun, othersBefore] = [performance.now(), otherCpuSeconds(controlPlane)];
  try {
    const engines = await prepareEngines(options, controlPlane, api);
    for (let repeat = 1; repeat <= options.repeats; repeat += 1) {
      if (isWanted(options, 'raw')) {
        say(`repeat ${repeat} of ${options.repeats}: raw limit`);
        const { rawSeconds, rawCreates } = options.amounts;
        await measureRawLimit(controlPlane, { samples, seconds: rawSeconds, creates: rawCreates });
      }
      for (const engine of engines) {
        say(`repeat ${repeat} of ${options.repeats}: ${engine.name}`);
        stopping.signal.throwIfAborted();
        const place = { controlPlane, api, samples, slowUrl: server.url, amounts: options.amounts };
        await takeTurn(engine, {
          ...place,
          options,
          signal: stopping.signal,
          onRequests: (perRun) => (requests[engine.name] = perRun),
        });
      }
    }
    const seconds = (performance.now() - begun) / 1000;
    return {
      machine: {
        node: process.version,
        cores: cpus().length,
        model: cpus()[0]?.model,
        memoryGiB: Math.round(totalmem() / 2 ** 30),
        loadAverage: loadavg(),
        /** What processes of others used meanwhile; the figures mean little where this is not near 0. */
        coresOfOthers: (otherCpuSeconds(controlPlane) - othersBefore - endedSeconds) / seconds,
      },
      repeats: options.repeats,
      isQuick: options.isQuick,
      figures: samples.figures(),
      requests,
    };
  } finally {
    server.close();
    await api.close();
    await controlPlane.stop();
  }
}

/** CPU time of the controllers that have ended: it is ours, too. */
let endedSeconds = 0;

interface TurnOptions {
  readonly controlPlane: ControlPlane;
  readonly api: Api;
  readonly samples: Samples;
  readonly slowUrl: string;
  readonly amounts: Options['amounts'];
  readonly options: Options;
  readonly signal: AbortSignal;
  readonly onRequests: Turn['onRequests'];
}

/** Every shape with one controller, alone; the runs of the turn before are gone. */
async function takeTurn(engine: Engine, { options, signal, ...place }: TurnOptions): Promise<void> {
  await place.api.json('DELETE', runsPath);
  const isMemoryWanted = isWanted(options, 'memory');
  await withController(engine, place, async (turn) => {
    add(turn, 'start', turn.controller.startMs);
    if (isMemoryWanted) {
      await pause(2000);
      add(turn, 'memory-empty', residentMiB(turn.controller.pid));
    }
    for (const [name, shape] of Object.entries(shapes)) {
      if (!isWanted(options, name) || (name === 'memory' && options.amounts.finished === 0)) continue;
      signal.throwIfAborted();
      say(`  ${name}`);
      await shape(turn);
    }
  });
  const { finished, many } = options.amounts;
  if (!isMemoryWanted || finished === 0) return;
  await withController(engine, place, async (turn) => {
    add(turn, 'memory-restarted', await settledMemory(turn));
    if (many > 0) await timeAtOnce(turn, many - finished, messages(3));
  });
  if (many === 0) return;
  await withController(engine, place, async (turn) => add(turn, 'memory-many', await settledMemory(turn)));
}

async function withController(
  engine: Engine,
  place: Omit<TurnOptions, 'options' | 'signal'>,
  use: (turn: Turn) => Promise<void>,
): Promise<void> {
  const controller = await engine.start();
  try {
    const watch = await RunWatch.open(place.api);
    try {
      await use({ engine, controller, watch, finished: 1, ...place });
    } finally {
      watch.close();
    }
    endedSeconds += cpuSeconds(controller.pid);
  } finally {
    await controller.stop();
  }
}

async function prepareEngines(
  options: Options,
  controlPlane: ControlPlane,
  api: Api,
): Promise<readonly Engine[]> {
  const crds = objectsIn(join(import.meta.dirname, '../../crds'));
  const { KUBEVELA_WORKFLOW_BIN: binary = '', KUBEVELA_DEFS: directory = '' } = process.env;
  const isBeside = binary !== '' && options.engines.includes('kubevela');
  const theirs = isBeside ? kubeVelaObjects(directory, crds) : { crds: [], definitions: [] };
  await prepare(api, [...crds, ...theirs.crds]);
  const engines: Engine[] = [];
  if (options.engines.includes('sluice')) {
    const { profileDirectory } = options;
    const profile = profileDirectory === undefined ? {} : { profileDirectory };
    engines.push(sluice({ controlPlane, api }, { token: await installSluice(api), ...profile }));
  }
  if (isBeside) engines.push(kubeVela({ controlPlane, api }, binary, theirs.definitions));
  return engines;
}

function isWanted({ only }: Options, shape: string): boolean {
  return only.length === 0 || only.includes(shape);
}

function otherCpuSeconds({ etcdPid, apiServerPid }: ControlPlane): number {
  return (
    machineCpuSeconds() - [etcdPid, apiServerPid, process.pid].reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  );
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
