import { isObject } from '../../src/api/json.ts';
import { countRequests, difference, isWrite, type RequestCounts } from './api-requests.ts';
import { median, quantile } from './figures.ts';
import { install, objectsIn, remove, systemNamespace } from './install.ts';
import { cpuSeconds, residentMiB } from './programs.ts';
import { add, pause, timeAtOnce, timeRun, timesOf, untilSucceeded, type Turn } from './turn.ts';
import { chain, messages, namespace, newName, requests, runOf, runsPath } from './workflow-runs.ts';

/**
 * What is measured in a turn, in this order. CUE comes late: memory tells what it costs. Runs are left there, so that the
 * memory of many finished ones can be seen.
 */
export const shapes: Readonly<Record<string, (turn: Turn) => Promise<void>>> = {
  'one-step': oneStep,
  'three-steps': threeSteps,
  requests: requestsOfRun,
  http,
  ready,
  memory: memoryOfFinished,
  'ten-steps': tenSteps,
};

async function oneStep(turn: Turn): Promise<void> {
  const times = await timesOf(turn.amounts.oneStep, () => timeRun(turn, messages(1)));
  add(turn, 'one-step', median(times));
  add(turn, 'one-step-p95', quantile(times, 0.95));
}

async function tenSteps(turn: Turn): Promise<void> {
  const { tenSteps: count } = turn.amounts;
  const builtIn = await timesOf(count, () => timeRun(turn, chain(10, 'print-message-in-status')));
  add(turn, 'ten-steps', median(builtIn));
  const definitions = objectsIn(`${import.meta.dirname}/definitions`).map((definition) => ({
    ...definition,
    metadata: { ...definition.metadata, namespace: systemNamespace },
  }));
  await install(turn.api, definitions);
  // The controller's watch learns of them.
  await pause(500);
  const inCue = await timesOf(count, () => timeRun(turn, chain(10, 'bench-echo')));
  add(turn, 'ten-cue-steps', median(inCue));
  await remove(turn.api, definitions);
  add(turn, 'memory-cue', await settledMemory(turn));
}

async function threeSteps(turn: Turn): Promise<void> {
  const { atOnce } = turn.amounts;
  const { etcdPid, apiServerPid } = turn.controlPlane;
  const pids = { 'cpu-controller': turn.controller.pid, 'cpu-api-server': apiServerPid, 'cpu-etcd': etcdPid };
  const before = Object.values(pids).map(cpuSeconds);
  const ms = await timeAtOnce(turn, atOnce, messages(3));
  const after = Object.values(pids).map(cpuSeconds);
  const perSecond = (atOnce * 1000) / ms;
  add(turn, 'three-steps', perSecond);
  const limit = limitOf(turn);
  if (limit !== undefined) add(turn, 'three-steps-share', perSecond / limit);
  for (const [index, id] of (['cpu-controller', 'cpu-api-server', 'cpu-etcd'] as const).entries())
    add(turn, id, (((after[index] ?? 0) - (before[index] ?? 0)) * 1000) / atOnce);
}

/** What this repeat's raw limit allows, in runs/s: the create, the start and the end of a run are a write each. */
function limitOf({ samples }: Turn): number | undefined {
  const latest = (['put-16', 'put-32', 'put-64'] as const).flatMap((id) =>
    samples.of('bare client', id).slice(-1),
  );
  return latest.length === 0 ? undefined : Math.max(...latest) / 3;
}

/** All that the API server was asked, less the one POST of the bench. */
async function requestsOfRun(turn: Turn): Promise<void> {
  const { counted } = turn.amounts;
  // Events and other afterthoughts of what ran before are not counted.
  const before = await settledCounts(turn);
  await timeAtOnce(turn, counted, messages(3));
  const added = difference(await settledCounts(turn), before);
  const own = new Map([['POST workflowruns', counted]]);
  const perRun = [...added].map(([key, count]) => [key, (count - (own.get(key) ?? 0)) / counted] as const);
  turn.onRequests(Object.fromEntries(perRun.filter(([, count]) => count >= 0.005)));
  const sum = (wanted: (key: string) => boolean): number =>
    perRun.reduce((total, [key, count]) => total + (wanted(key) ? count : 0), 0);
  add(
    turn,
    'requests',
    sum(() => true),
  );
  add(turn, 'writes', sum(isWrite));
}

/** Counts of requests, once a second has passed without any. */
async function settledCounts({ api }: Turn): Promise<RequestCounts> {
  let counts = await countRequests(api);
  for (let attempt = 0; attempt < 60; attempt += 1) {
    await pause(1000);
    const later = await countRequests(api);
    if (difference(later, counts).size === 0) break;
    counts = later;
  }
  return counts;
}

async function http(turn: Turn): Promise<void> {
  const { amounts, slowUrl } = turn;
  const steps = requests(3, slowUrl);
  const sequence = await timesOf(amounts.http, () => timeRun(turn, steps));
  add(turn, 'http-sequence', median(sequence) - 150);
  const dag = await timesOf(amounts.http, () => timeRun(turn, steps, 'DAG'));
  add(turn, 'http-dag', median(dag) - 50);
  add(turn, 'http-forty', await timeAtOnce(turn, amounts.httpAtOnce, steps));
}

/** Deployments that become ready one after another, each some seconds after its step began to wait. */
async function ready(turn: Turn): Promise<void> {
  const waiting = Array.from({ length: turn.amounts.ready }, () => newName('web'));
  for (const name of waiting) {
    const step = { name, type: 'apply-deployment', properties: { image: 'example.test/none:1' } };
    await turn.api.json('POST', runsPath, runOf(name, [step]));
  }
  await pause(3000);
  const times: number[] = [];
  for (const name of waiting) {
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
    const deployment = await turn.api.json('GET', path);
    const generation = isObject(deployment['metadata']) ? deployment['metadata']['generation'] : undefined;
    const begun = performance.now();
    await turn.api.json('PATCH', `${path}/status`, {
      status: {
        observedGeneration: generation,
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
      },
    });
    times.push((await untilSucceeded(turn, name)) - begun);
  }
  for (const name of waiting)
    await turn.api.json('DELETE', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  add(turn, 'ready', median(times));
}

async function memoryOfFinished(turn: Turn): Promise<void> {
  const missing = turn.amounts.finished - turn.finished;
  if (missing > 0) await timeAtOnce(turn, missing, messages(3));
  add(turn, 'memory-finished', await settledMemory(turn));
}

export async function settledMemory({ controller }: Turn): Promise<number> {
  await pause(5000);
  return residentMiB(controller.pid);
}
