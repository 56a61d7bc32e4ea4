import { pathToFileURL } from 'node:url';
import type { ModelEndpoint } from '../../src/llm/endpoint.ts';

const { env } = process;

/** LiteLLM's proxy, with the models of litellm.yaml; undefined where it could not be had. */
export const liteLlm: { readonly url: string; readonly key: string } | undefined =
  env['SLUICE_TEST_LITELLM'] === undefined
    ? undefined
    : { url: env['SLUICE_TEST_LITELLM'], key: env['SLUICE_TEST_LITELLM_KEY'] ?? '' };

/** Prometheus, and the directory whose JSON files say what it scrapes; undefined where it could not be had. */
export const prometheus: { readonly url: string; readonly targets: string } | undefined =
  env['SLUICE_TEST_PROMETHEUS'] === undefined
    ? undefined
    : { url: env['SLUICE_TEST_PROMETHEUS'], targets: env['SLUICE_TEST_PROMETHEUS_TARGETS'] ?? '' };

/** Of aimock, what the tests use. */
export interface Aimock {
  readonly url: string;
  /** The first match answers; what none matches is 404. */
  on(
    match: AimockMatch,
    answer: object | ((request: Record<string, unknown>) => object),
    how?: object,
  ): Aimock;
  getRequests(): readonly {
    readonly headers: Record<string, string>;
    readonly body: Record<string, unknown>;
  }[];
  setChaos(chaos: { readonly [name: string]: number }): Aimock;
  clearChaos(): Aimock;
  stop(): Promise<void>;
}

interface AimockMatch {
  readonly model?: string;
  readonly predicate?: (request: Record<string, unknown>) => boolean;
  readonly sequenceIndex?: number;
}

const aimock = env['SLUICE_TEST_AIMOCK'];

export const hasAimock: boolean = aimock !== undefined;

/** An aimock on 127.0.0.1 that lets only this key in. */
export async function startAimock(key: string): Promise<Aimock> {
  if (aimock === undefined) throw new Error('there is no aimock');
  const { LLMock } = (await import(pathToFileURL(aimock).href)) as {
    LLMock: { create(options: object): Promise<Aimock> };
  };
  return LLMock.create({ host: '127.0.0.1', port: 0, auth: { apiKeys: [key] } });
}

/** Where a server is asked, with a key for it alone. */
export function endpointOf(url: string, key: string): ModelEndpoint {
  return { kind: 'openai', baseUrl: `${url}/v1`, credential: { key, hosts: [new URL(url).host] } };
}

/** A server whose model `ready` answers "It is ready.". */
export interface AnsweringServer {
  readonly url: string;
  readonly key: string;
  stop(): Promise<void>;
}

export interface Answering {
  readonly name: string;
  readonly isThere: boolean;
  start(): Promise<AnsweringServer>;
}

export const answering: readonly Answering[] = [
  {
    name: 'LiteLLM',
    isThere: liteLlm !== undefined,
    start: async () => ({ url: liteLlm?.url ?? '', key: liteLlm?.key ?? '', stop: async () => undefined }),
  },
  {
    name: 'aimock',
    isThere: hasAimock,
    async start() {
      const key = 'sk-aimock-0123456789abcdef';
      const server = await startAimock(key);
      server.on({ model: 'ready' }, { content: 'It is ready.' });
      return { url: server.url, key, stop: () => server.stop() };
    },
  },
];
