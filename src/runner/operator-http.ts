import type { EgressPolicy } from '../net/egress.ts';
import type { HttpClient } from '../net/http-client.ts';
import { openHttpClient } from '../net/open-http-client.ts';

export interface OperatorNetwork {
  /** Operator's settings: OPENAI_BASE_URL, HTTP_PROXY, HTTPS_PROXY, NO_PROXY. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** PEM certificates trusted beside the system's. */
  readonly ca?: string;
}

/** Whoever runs this reaches loopback and private addresses anyway; metadata addresses stay refused. */
export function operatorEgress({ env }: OperatorNetwork): EgressPolicy {
  return { allowLoopback: true, allowPrivate: true, allowHosts: modelHost(env['OPENAI_BASE_URL']) };
}

/** The client of a command line, by its user's proxies. */
export function openOperatorHttp(network: OperatorNetwork): HttpClient {
  const { env, ca } = network;
  return openHttpClient({
    egress: operatorEgress(network),
    proxy: {
      httpProxy: env['HTTP_PROXY'] ?? env['http_proxy'],
      httpsProxy: env['HTTPS_PROXY'] ?? env['https_proxy'],
      noProxy: env['NO_PROXY'] ?? env['no_proxy'],
    },
    ...(ca === undefined ? {} : { ca }),
  });
}

/** The host that the operator chose for models may be loopback or private. */
export function modelHost(baseUrl: string | undefined): readonly string[] {
  return baseUrl !== undefined && URL.canParse(baseUrl) ? [new URL(baseUrl).host] : [];
}
