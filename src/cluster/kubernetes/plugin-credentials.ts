import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { stringifyJson } from '../../api/json.ts';
import type { Credentials } from './access.ts';
import type { KubeconfigContext } from './kubeconfig-context.ts';

/*
 * Credential plugins, and whatever else of a user is not known here, are left to the client library. It costs 125 MiB and
 * more time than starting the whole program, so it is loaded on first use.
 */

/** Asks the library for credentials; it keeps what a plugin said as long as that is good. Throws what the plugin throws. */
export function openPluginCredentials(context: KubeconfigContext): () => Promise<Credentials> {
  let config: KubeConfig | undefined;
  return async () => {
    config ??= await load(context);
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return toCredentials(options, context.proxyUrl);
  };
}

/** What the library makes of a machine without a kubeconfig, as the text of one. */
export async function defaultKubeconfigText(): Promise<string> {
  const { KubeConfig: Library } = await import('@kubernetes/client-node');
  const config = new Library();
  config.loadFromDefault();
  return config.exportConfig();
}

async function load({ name, cluster, user }: KubeconfigContext): Promise<KubeConfig> {
  const { KubeConfig: Library } = await import('@kubernetes/client-node');
  const config = new Library();
  config.loadFromString(
    stringifyJson({
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user: name } }],
      clusters: [{ name, cluster }],
      users: [{ name, user }],
    }),
  );
  // The library refuses plain HTTP, such as that of `kubectl proxy`, unless TLS is not to be verified: there is none.
  config.clusters = config.clusters.map((each) =>
    each.server.startsWith('http:') ? { ...each, skipTLSVerify: true } : each,
  );
  return config;
}

function toCredentials(options: RequestOptions, proxyUrl: string | undefined): Credentials {
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {})
      .filter(([, value]) => value !== undefined)
      // Tokens out of files end with a newline.
      .map(([name, value]) => [name.toLowerCase(), String(value).trim()]),
  );
  if (typeof options.auth === 'string')
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  return {
    headers,
    tls: {
      ...pem('ca', options.ca),
      ...pem('cert', options.cert),
      ...pem('key', options.key),
      ...(options.servername === undefined ? {} : { servername: options.servername }),
      ...(options.rejectUnauthorized === false ? { rejectUnauthorized: false } : {}),
    },
    ...(proxyUrl === undefined ? {} : { proxyUrl }),
  };
}

function pem(name: 'ca' | 'cert' | 'key', value: unknown): { readonly [field: string]: string } {
  if (typeof value === 'string') return { [name]: value };
  return Buffer.isBuffer(value) ? { [name]: value.toString('utf8') } : {};
}
