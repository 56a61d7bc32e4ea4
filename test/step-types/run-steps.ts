import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { stringifyJson, type JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { AssembleOptions } from '../../src/runner/assemble-session.ts';
import { serveHttp } from '../net/loopback.ts';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

export interface World {
  /** Objects that are there before, in the in-memory cluster. */
  readonly objects?: readonly JsonObject[];
  readonly options?: Partial<AssembleOptions>;
  readonly mode?: 'DAG' | 'StepByStep';
}

export interface Ran {
  /** `phase/reason: message` of each step, by name. */
  readonly steps: Readonly<Record<string, string>>;
  /** Everything that was shown: the run's status, its log, what was said on standard error. */
  readonly shown: string;
  /** An object of the cluster afterwards. */
  read(kind: string, name: string, namespace?: string): Promise<KubeObject | undefined>;
  /** All of a kind afterwards. */
  list(kind: string): Promise<readonly KubeObject[]>;
}

const apiVersions: Readonly<Record<string, string>> = {
  Application: 'core.oam.dev/v1beta1',
  Configuration: 'terraform.core.oam.dev/v1beta2',
  Provider: 'terraform.core.oam.dev/v1beta1',
  Job: 'batch/v1',
};

/** Runs steps, as the list of a workflow, on an in-memory cluster of their own, in the namespace `team`. */
export async function runSteps(steps: readonly JsonObject[], world: World = {}): Promise<Ran> {
  const session = await openTestSession(world.options);
  onTestFinished(() => session.close());
  const cluster = await session.clusters.get('');
  for (const object of world.objects ?? []) {
    // oxlint-disable-next-line no-await-in-loop -- in their order
    await cluster.apply(object as unknown as KubeObject);
  }
  const file = fileOf('run.yaml', runText(steps, world.mode));
  const { view, object, logs, notices } = await execute(session, [file]);
  const all = view.steps.map(({ name, phase, reason, message }) => {
    const why = reason === undefined ? phase : `${phase}/${reason}`;
    return [name, message === undefined ? why : `${why}: ${message}`];
  });
  return {
    steps: Object.fromEntries(all) as Record<string, string>,
    shown: stringifyJson([view, object['status'], logs, notices]),
    read: (kind, name, namespace = 'team') =>
      cluster.get({ apiVersion: apiVersions[kind] ?? 'v1', kind, name, namespace }),
    list: (kind) => cluster.list({ apiVersion: apiVersions[kind] ?? 'v1', kind }),
  };
}

function runText(steps: readonly JsonObject[], mode = 'StepByStep'): string {
  const run = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'demo', namespace: 'team' },
    spec: { mode: { steps: mode }, workflowSpec: { steps } },
  };
  return stringify(run, { version: '1.1', aliasDuplicateObjects: false });
}

/** A step whose output, a CUE expression, is the message of the next, which is called `show`. */
export function shown(step: JsonObject, valueFrom: string): readonly JsonObject[] {
  return [
    { ...step, outputs: [{ name: 'shown', valueFrom }] },
    {
      name: 'show',
      type: 'print-message-in-status',
      inputs: [{ from: 'shown', parameterKey: 'message' }],
      properties: {},
    },
  ];
}

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly type: string;
  readonly body: string;
}

/** A server on loopback that answers by path, and 404 where nothing is said. */
export async function serveAnswers(
  answers: Readonly<Record<string, readonly [status: number, body: string]>>,
): Promise<{ readonly url: string; readonly received: readonly Received[] }> {
  const received: Received[] = [];
  const server = await serveHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = (request.url ?? '').split('?')[0] ?? '';
      const type = request.headers['content-type'] ?? '';
      const body = Buffer.concat(chunks).toString('utf8');
      received.push({ path, method: request.method ?? '', type, body });
      const [status, text] = answers[path] ?? [404, 'nothing here'];
      response.writeHead(status).end(text);
    });
  });
  onTestFinished(() => server.close());
  return { url: server.url, received };
}

export function secretOf(name: string, data: Readonly<Record<string, string>>): JsonObject {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'team' },
    data: Object.fromEntries(encoded) as JsonObject,
  };
}
