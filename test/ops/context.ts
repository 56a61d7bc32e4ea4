import { SluiceError } from '../../src/api/errors.ts';
import type { JsonObject } from '../../src/api/json.ts';
import { noUse } from '../../src/api/model-use.ts';
import type { OpOutcome } from '../../src/api/op-spec.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import type { HttpClient, HttpRequest } from '../../src/net/http-client.ts';
import type { ModelRequest, ModelRoute, OpContext } from '../../src/ops/op.ts';
import { openMemoryVerdictStore } from '../../src/store/memory/verdicts.ts';
import { ops } from '../../src/ops/registry.ts';
import { fakeCluster } from './fake-cluster.ts';

export interface TestContext extends OpContext {
  readonly secrets: string[];
  readonly asked: ModelRequest[];
}

export interface Surroundings {
  readonly clusters?: Readonly<Record<string, Cluster>>;
  readonly http?: HttpClient;
  /** Undefined: a call to a model goes where it says, with the key it has. */
  readonly modelRoute?: (request: ModelRequest) => Promise<Omit<ModelRoute, 'http'>>;
  readonly signal?: AbortSignal;
  readonly others?: Partial<OpContext>;
}

/** A context of the run `demo` in `team`, which keeps what the op tells it. */
export function testContext(surroundings: Surroundings = {}): TestContext {
  const clusters: Readonly<Record<string, Cluster>> = surroundings.clusters ?? { '': fakeCluster() };
  const secrets: string[] = [];
  const asked: ModelRequest[] = [];
  const http = surroundings.http ?? answering(() => ({}));
  return {
    run: { uid: 'uid-1', name: 'demo', namespace: 'team', annotations: {} },
    step: { name: 'step', path: 'step' },
    idempotencyKey: 'key-1',
    signal: surroundings.signal ?? new AbortController().signal,
    secrets,
    asked,
    http,
    mail: { send: () => Promise.reject(new Error('no mail in this test')) },
    addSecret: (value) => void secrets.push(value),
    secretValues: () => secrets,
    maskSecrets: (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), text),
    cluster: async (name) => {
      const found = clusters[name];
      if (found !== undefined) return found;
      throw new SluiceError('invalid', 'UnknownCluster', `there is no cluster "${name}"`, {
        hint: 'there is: prod',
      });
    },
    modelRoute: async (request) => {
      asked.push(request);
      const { url, authorization } = request;
      const headers = authorization === undefined ? {} : { authorization };
      const route = (await surroundings.modelRoute?.(request)) ?? { url, headers, label: new URL(url).host };
      return { ...route, http };
    },
    now: () => Date.parse('2026-01-31T12:00:00Z'),
    evaluate: () => Promise.reject(new Error('no CUE in this test')),
    models: {
      ask: () => Promise.reject(new Error('no model in this test')),
      describe: () => Promise.reject(new Error('no model in this test')),
      metered: async (_call, send) => ({ answer: await send(), use: { ...noUse, calls: 1 } }),
    },
    evidence: { key: 'test', anonymize: false, given: [] },
    verdicts: openMemoryVerdictStore(100),
    isInteractive: false,
    admit: () => undefined,
    ...surroundings.others,
  };
}

export interface Answer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly body?: string;
}

/** A client that answers by itself and keeps what it was sent. */
export function answering(
  answer: (request: HttpRequest) => Answer,
): HttpClient & { readonly sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  return {
    sent,
    send: async (request) => {
      sent.push(request);
      return { statusCode: 200, headers: {}, trailers: {}, body: '', ...answer(request) };
    },
    close: async () => undefined,
  };
}

/** Performs an op of the registry. */
export async function perform(name: string, params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const op = ops.get(name);
  if (op === undefined) throw new Error(`there is no op ${name}`);
  return op.perform(params, context);
}

/** Reads again what `outcome` of the op read. */
export async function refresh(name: string, outcome: OpOutcome, context: OpContext): Promise<OpOutcome> {
  const op = ops.get(name);
  if (op?.refresh === undefined || outcome.kind !== 'ok') throw new Error(`${name} has nothing to refresh`);
  const { result, watch } = outcome;
  const recorded = { path: name, op: name, style: 'inline', result } as const;
  return op.refresh(watch === undefined ? recorded : { ...recorded, watch }, context);
}
