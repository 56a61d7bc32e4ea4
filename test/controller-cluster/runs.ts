import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import type { KubeApi } from '../cluster/kube-api.ts';

export interface StepShown {
  readonly name: string;
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  readonly subSteps?: readonly StepShown[];
}

export interface RunShown {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly status?: {
    readonly status: string;
    readonly message?: string;
    readonly finished: boolean;
    readonly suspend: boolean;
    readonly terminated: boolean;
    readonly progress?: string;
    readonly steps: readonly StepShown[];
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly reason: string;
      readonly message: string;
    }[];
    readonly sluice?: JsonObject;
  };
}

/** WorkflowRuns of one namespace, as another program would use them. */
export class Runs {
  readonly #api: KubeApi;
  readonly namespace: string;

  constructor(api: KubeApi, namespace: string) {
    this.#api = api;
    this.namespace = namespace;
  }

  path(name: string, part = ''): string {
    return `/apis/core.oam.dev/v1alpha1/namespaces/${this.namespace}/workflowruns/${name}${part}`;
  }

  /** `steps` is the YAML of the list under `steps`; `spec` is YAML of further fields of the spec. */
  async create(name: string, steps: string, spec = '{}', metadata: JsonObject = {}): Promise<RunShown> {
    const body = {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'WorkflowRun',
      metadata: { name, ...metadata },
      spec: { ...(yaml(spec) as JsonObject), workflowSpec: { steps: yaml(steps) } },
    };
    const path = `/apis/core.oam.dev/v1alpha1/namespaces/${this.namespace}/workflowruns`;
    return (await this.#api.do('POST', path, body)) as unknown as RunShown;
  }

  async get(name: string): Promise<RunShown> {
    return (await this.#api.do('GET', this.path(name))) as unknown as RunShown;
  }

  /** Resolves with the first version of the run that is as wanted; a later look is never a poll. */
  async until(name: string, isWanted: (run: RunShown) => boolean, what = 'wanted'): Promise<RunShown> {
    const stop = new AbortController();
    let last: RunShown | undefined;
    const timer = setTimeout(() => stop.abort(), 60_000);
    try {
      return await new Promise<RunShown>((resolve, reject) => {
        stop.signal.addEventListener('abort', () =>
          reject(new Error(`run ${name} is never ${what}: ${JSON.stringify(last?.status, null, 1)}`)),
        );
        const path = `/apis/core.oam.dev/v1alpha1/namespaces/${this.namespace}/workflowruns`;
        const look = async (object: KubeObject): Promise<void> => {
          if (object.metadata.name !== name) return;
          last = object as unknown as RunShown;
          if (isWanted(last)) resolve(last);
        };
        // A server ends a watch when it likes; each begins with what is there.
        const follow = async (): Promise<void> => {
          while (!stop.signal.aborted) await this.#api.follow(path, look, stop.signal);
        };
        follow().catch(reject);
      });
    } finally {
      clearTimeout(timer);
      stop.abort();
    }
  }

  untilFinished(name: string): Promise<RunShown> {
    return this.until(name, (run) => run.status?.finished === true, 'finished');
  }

  untilStep(name: string, step: string, phase: string): Promise<RunShown> {
    const isThere = (run: RunShown): boolean =>
      (run.status?.steps ?? []).some((shown) => shown.name === step && shown.phase === phase);
    return this.until(name, isThere, `at ${step} ${phase}`);
  }

  /** As `vela workflow` does it. */
  patchStatus(name: string, status: JsonObject): Promise<JsonObject> {
    return this.#api.do('PATCH', this.path(name, '/status'), { status });
  }
}

/** `name phase[/reason]` of every step, sub-steps after their group. */
export function phases(run: RunShown): readonly string[] {
  const line = ({ name, phase, reason }: StepShown): string =>
    `${name} ${phase}${reason === undefined ? '' : `/${reason}`}`;
  return (run.status?.steps ?? []).flatMap((step) => [line(step), ...(step.subSteps ?? []).map(line)]);
}

function yaml(text: string): unknown {
  const { documents, faults } = readDocuments(text, 'test.yaml');
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return documents[0]?.value;
}
