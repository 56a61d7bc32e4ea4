import type { KubeObject } from '../../src/api/kube-object.ts';
import { Api } from './api.ts';
import type { ControlPlane } from './control-plane.ts';
import { median, quantile, type Samples } from './figures.ts';
import { rawNamespace } from './install.ts';
import { cpuSeconds } from './programs.ts';
import { messages, newName, runOf, runsPathOf } from './workflow-runs.ts';

const connectionCounts = [16, 32, 64] as const;
/** More objects than connections, as in life; each connection has its own, so that no write meets another. */
const objectsPerConnection = 4;
const rawRunsPath = runsPathOf(rawNamespace);

/**
 * What the API server takes when nothing stands between it and a client: status PUTs of an object as long as a finished
 * run of three steps, and a create with one PUT, which is the least that a run of one step can cost.
 */
export async function measureRawLimit(
  controlPlane: ControlPlane,
  {
    samples,
    seconds,
    creates,
  }: { readonly samples: Samples; readonly seconds: number; readonly creates: number },
): Promise<void> {
  const api = new Api(controlPlane, Math.max(...connectionCounts));
  try {
    const objects = await newObjects(api, objectsPerConnection * Math.max(...connectionCounts));
    // Connections are opened, and the server's caches filled.
    await putForAWhile(api, objects, Math.max(...connectionCounts), seconds / 2);
    for (const connections of connectionCounts) {
      const cpu = cpuSeconds(controlPlane.apiServerPid);
      const { times, perSecond } = await putForAWhile(api, objects, connections, seconds);
      samples.add('bare client', `put-${connections}`, perSecond);
      samples.add('bare client', `put-${connections}-p50`, median(times));
      samples.add('bare client', `put-${connections}-p95`, quantile(times, 0.95));
      if (connections === 32)
        samples.add(
          'bare client',
          'put-cpu',
          ((cpuSeconds(controlPlane.apiServerPid) - cpu) * 1000) / times.length,
        );
    }
    const floors: number[] = [];
    for (let n = 0; n < creates; n += 1) {
      const begun = performance.now();
      await put(api, await create(api), n);
      floors.push(performance.now() - begun);
    }
    samples.add('bare client', 'create-and-put', median(floors));
    await api.json('DELETE', rawRunsPath);
  } finally {
    await api.close();
  }
}

async function newObjects(api: Api, count: number): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  const worker = async (): Promise<void> => {
    while (objects.length < count) {
      const created = await create(api);
      objects.push(await put(api, created, 0));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return objects.slice(0, count);
}

async function putForAWhile(
  api: Api,
  objects: KubeObject[],
  connections: number,
  seconds: number,
): Promise<{ readonly times: readonly number[]; readonly perSecond: number }> {
  const times: number[] = [];
  const begun = performance.now();
  const worker = async (_: unknown, index: number): Promise<void> => {
    for (let turn = 0; performance.now() - begun < seconds * 1000; turn += 1) {
      const slot = index * objectsPerConnection + (turn % objectsPerConnection);
      const sent = performance.now();
      objects[slot] = await put(api, objects[slot] as KubeObject, sent);
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { times, perSecond: (times.length * 1000) / (performance.now() - begun) };
}

async function create(api: Api): Promise<KubeObject> {
  const run = runOf(newName('raw'), messages(3)) as KubeObject;
  return (await api.json('POST', rawRunsPath, {
    ...run,
    metadata: { ...run.metadata, namespace: rawNamespace },
  })) as unknown as KubeObject;
}

/** A status as a run of three steps ends with, about 2.4 kB with the rest; `mark` makes it differ from the one before. */
async function put(api: Api, object: KubeObject, mark: number): Promise<KubeObject> {
  const time = new Date().toISOString().replace(/\.\d+/, '');
  const steps = [1, 2, 3].map((n) => ({
    id: `abcdefgh${n}x`,
    name: `s${n}`,
    type: 'print-message-in-status',
    phase: 'succeeded',
    message: `message ${n} ${mark}`,
    firstExecuteTime: time,
    lastExecuteTime: time,
  }));
  const status = {
    status: 'succeeded',
    mode: { steps: 'StepByStep', subSteps: 'DAG' },
    suspend: false,
    terminated: false,
    finished: true,
    startTime: time,
    endTime: time,
    steps,
    conditions: [{ type: 'WorkflowRun', status: 'True', reason: 'Available', lastTransitionTime: time }],
  };
  const path = `${rawRunsPath}/${object.metadata.name}/status`;
  return (await api.json('PUT', path, { ...object, status })) as unknown as KubeObject;
}
