import type { IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import {
  issueAuthority,
  issueServing,
  type KeyPair,
} from '../../src/controller/webhook/certificate/issue-certificate.ts';
import type { InputFile } from '../../src/runner/session.ts';
import { bodyOf, serveHttp } from '../net/loopback.ts';
import { serveSmtp, type SmtpServer } from '../net/smtp-server.ts';
import { servePrometheus } from '../ops/gates/prometheus-server.ts';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

/** Servers on loopback that a run may call. */
export interface Servers {
  /** Answers 200 with `{"ok":true}`, `/fails` with 500, `/v1/chat/completions` as a model does. */
  readonly http: string;
  /** Every request to it: `POST /hook {"a":1}`. */
  readonly requests: readonly string[];
  readonly smtp: SmtpServer;
  readonly authority: KeyPair;
  /** Its one value is 1. */
  readonly prometheus: string;
}

export async function openServers(): Promise<Servers & { close(): Promise<void> }> {
  const requests: string[] = [];
  const http = await serveHttp((request, response) => {
    void answer(request, requests).then(({ status, body }) => response.writeHead(status).end(body));
  });
  const validity = { fromMs: Date.now() - 60_000, toMs: Date.now() + 3_600_000 };
  const authority = await issueAuthority('test', validity);
  const smtp = await serveSmtp({ tls: await issueServing(authority, ['127.0.0.1'], validity) });
  const prometheus = await servePrometheus(['1']);
  return {
    http: http.url,
    requests,
    smtp,
    authority,
    prometheus: prometheus.url,
    close: async () => void (await Promise.all([http.close(), smtp.close(), prometheus.close()])),
  };
}

async function answer(
  request: IncomingMessage,
  requests: string[],
): Promise<{ readonly status: number; readonly body: string }> {
  const path = request.url ?? '';
  requests.push(`${request.method ?? ''} ${path} ${await bodyOf(request)}`.trim());
  if (path === '/fails') return { status: 500, body: '{"error":"no"}' };
  const content = 'All is well.';
  const reply = path.startsWith('/v1/') ? { choices: [{ message: { content } }], usage: {} } : { ok: true };
  return { status: 200, body: JSON.stringify(reply) };
}

export interface WorldRun {
  readonly steps: readonly JsonObject[];
  readonly mode?: 'DAG';
  /** Objects that are there before, in the in-memory cluster. */
  readonly objects?: readonly JsonObject[];
}

export interface Ended {
  readonly phase: string;
  /** `phase` or `phase/reason: message` of each step, by name. */
  readonly steps: Readonly<Record<string, string>>;
  /** What steps have for a message. */
  readonly messages: Readonly<Record<string, string>>;
  /** Its log, line by line. */
  readonly said: readonly string[];
  /** Its status and its log. */
  readonly shown: string;
  readonly read: (
    apiVersion: string,
    kind: string,
    name: string,
    namespace?: string,
  ) => Promise<JsonObject | undefined>;
}

/** Images whose containers end by themselves. */
const clusterFile = fileOf(
  'cluster.yaml',
  JSON.stringify({
    images: ['*kaniko*', '*vela-cli*', '*kubectl*', 'once/*'].map((image) => ({ image, exitCode: 0 })),
  }),
);

/** Runs steps with step types of one's own on an in-memory cluster, in the namespace `team`. */
export async function runIn(
  servers: Servers,
  definitions: readonly InputFile[],
  { steps, mode, objects = [] }: WorldRun,
): Promise<Ended> {
  const env = { OPENAI_BASE_URL: `${servers.http}/v1`, OPENAI_API_KEY: 'sk-loopback' };
  const session = await openTestSession({ env, ca: servers.authority.cert, clusterFile });
  onTestFinished(() => session.close());
  const cluster = await session.clusters.get('');
  // oxlint-disable-next-line no-await-in-loop -- in their order
  for (const object of objects) await cluster.apply(object as unknown as KubeObject);
  const run = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'demo', namespace: 'team' },
    spec: {
      timeout: '20s',
      ...(mode === undefined ? {} : { mode: { steps: mode } }),
      workflowSpec: { steps },
    },
  };
  const ended = await execute(session, [fileOf('run.json', JSON.stringify(run))], { definitions });
  const { view, object, logs } = ended;
  return {
    phase: view.phase,
    steps: Object.fromEntries(
      view.steps.map(({ name, phase, reason, message }) => [
        name,
        phase === 'succeeded' ? phase : `${phase}/${reason ?? ''}: ${message ?? ''}`,
      ]),
    ),
    messages: Object.fromEntries(view.steps.map(({ name, message }) => [name, message ?? ''])),
    said: logs.map(({ text }) => text),
    shown: JSON.stringify([object['status'], logs], (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    ),
    read: async (apiVersion, kind, name, namespace = 'team') =>
      (await cluster.get({ apiVersion, kind, name, namespace })) as unknown as JsonObject | undefined,
  };
}
