import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { sluice, type Ended, type Running } from '../crash/sluice-process.ts';
import type { KubeApi } from './kube-api.ts';
import { placeFlags } from './run-sluice.ts';

/** What a controller of ours keeps of a run, as far as the command line reads it. */
export const record = {
  schema: 1,
  write: 'w1',
  state: '{"schema":1,"phase":"executing","steps":{},"outputs":{}}',
  logs: [{ step: 'first', key: '1', timeMs: 1_700_000_000_000, kind: 'log', text: 'hello from first' }],
  specDigest: '',
  stepTypes: {},
} as const;

export interface Started extends Running {
  /** Resolves once the process has written the text. */
  saw(text: string): Promise<void>;
}

/** Reads both streams of a process while it goes on. */
export function watchOutput(started: Running): Started {
  let written = '';
  const waiting = new Map<string, () => void>();
  const take = (chunk: Buffer): void => {
    written += chunk.toString();
    for (const [text, resolve] of waiting) if (written.includes(text)) resolve();
  };
  started.process.stdout?.on('data', take);
  started.process.stderr?.on('data', take);
  return {
    ...started,
    async saw(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting.set(text, resolve);
      take(Buffer.of());
      void started.ended.then(() => reject(new Error(`it ended without ${text}:\n${written}`)));
      await promise;
    },
  };
}

/** Runs of one namespace, whose statuses the test writes in the place of a controller. */
export class FakedRuns {
  readonly namespace: string;
  readonly #api: KubeApi;

  constructor(api: KubeApi, namespace: string) {
    this.#api = api;
    this.namespace = namespace;
  }

  /** `sluice WORDS`, pointed at the namespace on `main`. */
  async cli(...words: readonly string[]): Promise<Ended> {
    return sluice([...words, ...placeFlags({}), '-n', this.namespace]).ended;
  }

  /** The same, while it goes on. */
  start(...words: readonly string[]): Started {
    return watchOutput(sluice([...words, ...placeFlags({}), '-n', this.namespace]));
  }

  path(name: string): string {
    return `/apis/core.oam.dev/v1alpha1/namespaces/${this.namespace}/workflowruns/${name}`;
  }

  /** A run with the steps first, second and third. */
  async make(
    name: string,
    status?: object,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<KubeObject> {
    const steps = ['first', 'second', 'third'].map((each) => ({ name: each, type: 'suspend' }));
    const run = await this.#api.do('POST', this.path('').slice(0, -1), {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name, annotations },
      spec: { workflowSpec: { steps } },
    });
    if (status !== undefined) await this.write(name, status);
    return run as unknown as KubeObject;
  }

  /** Merges it into the run's status. */
  async write(name: string, status: object): Promise<void> {
    await this.#api.do('PATCH', `${this.path(name)}/status`, { status });
  }

  async status(name: string): Promise<JsonObject> {
    return (await this.#api.do('GET', this.path(name)))['status'] as JsonObject;
  }

  async phases(name: string): Promise<readonly string[]> {
    const { steps } = (await this.status(name)) as unknown as {
      readonly steps: readonly { phase: string }[];
    };
    return steps.map(({ phase }) => phase);
  }
}

export function executing(steps: readonly object[]): JsonObject {
  return {
    status: 'executing',
    mode: { steps: 'StepByStep', subSteps: 'DAG' },
    suspend: false,
    terminated: false,
    finished: false,
    startTime: '2026-01-01T10:00:00Z',
    steps,
    sluice: record,
  } as unknown as JsonObject;
}

export function ended(phase: string, steps: readonly object[] = [step('first', 'succeeded')]): JsonObject {
  return { ...executing(steps), status: phase, finished: true, endTime: '2026-01-01T10:00:07Z' };
}

export function step(name: string, phase: string, reason?: string): object {
  return {
    id: `id-${name}`,
    name,
    type: 'suspend',
    phase,
    ...(reason === undefined ? {} : { reason }),
    firstExecuteTime: '2026-01-01T10:00:00Z',
    lastExecuteTime: '2026-01-01T10:00:05Z',
  };
}

/** A run of two steps, as a file. */
export function runText({ name, generateName, type = 'suspend' }: Readonly<Record<string, string>>): string {
  const naming = name === undefined ? `generateName: ${generateName}` : `name: ${name}`;
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata:
  ${naming}
spec:
  workflowSpec:
    steps:
      - name: first
        type: ${type}
      - name: second
        type: ${type}
`;
}
