import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { messageOf, SluiceError } from '../../api/errors.ts';
import type { Access, Credentials } from './access.ts';

/** What a kubeconfig offers. */
export interface Kubeconfig {
  readonly contexts: readonly string[];
  /** '' when it names none. */
  readonly currentContext: string;
  /** Of a context there is. Throws SluiceError `invalid` for one whose cluster is missing. */
  access(context: string): Access;
  /** What the context says, else `default`. */
  namespace(context: string): string;
}

/** Credentials are taken to be good so long; plugins that know better are asked again then. */
const goodForMs = 20_000;

/** Reads a kubeconfig, `file` or where kubectl finds it. Throws SluiceError `invalid`. */
export async function readKubeconfig(file: string | undefined, now: () => number): Promise<Kubeconfig> {
  const load = await kubeconfigLoader(file);
  const first = load();
  return {
    contexts: first.getContexts().map(({ name }) => name),
    currentContext: first.getCurrentContext() ?? '',
    namespace: (context) => first.getContextObject(context)?.namespace ?? 'default',
    access(context) {
      // One object for each context: the library keeps the current one in it.
      let config: KubeConfig | undefined = load();
      config.setCurrentContext(context);
      const cluster = config.getCurrentCluster();
      if (cluster === null)
        throw new SluiceError(
          'invalid',
          'Kubeconfig',
          `The context ${context} names a cluster that the kubeconfig does not have.`,
        );
      const { server, proxyUrl } = cluster;
      let known: { readonly credentials: Credentials; readonly atMs: number } | undefined;
      return {
        server: server.replace(/\/+$/, ''),
        label: `context ${context}`,
        async credentials() {
          if (known !== undefined && now() - known.atMs < goodForMs) return known.credentials;
          if (config === undefined) {
            config = load();
            config.setCurrentContext(context);
          }
          const options: RequestOptions = {};
          try {
            await config.applyToHTTPSOptions(options);
          } catch (error) {
            throw new SluiceError(
              'environment',
              'Credentials',
              `The credentials of context ${context} cannot be had: ${messageOf(error).trim()}`,
              { hint: 'See whether kubectl works with this context.', cause: error },
            );
          }
          known = { credentials: toCredentials(options, proxyUrl), atMs: now() };
          return known.credentials;
        },
        forget() {
          known = undefined;
          // The library keeps a plugin's token in it.
          config = undefined;
        },
      };
    },
  };
}

/**
 * Reads the file each time it is called. The client library, which knows credential plugins, is loaded only now: it costs
 * more than starting the whole program.
 */
export async function kubeconfigLoader(file: string | undefined): Promise<() => KubeConfig> {
  const { KubeConfig: Library } = await import('@kubernetes/client-node');
  return () => {
    const config = new Library();
    try {
      if (file === undefined) config.loadFromDefault();
      else config.loadFromFile(file);
    } catch (error) {
      throw new SluiceError(
        'invalid',
        'Kubeconfig',
        `The kubeconfig ${file ?? 'of this machine'} cannot be read: ${messageOf(error)}.`,
        { hint: 'Name another with --kubeconfig.', cause: error },
      );
    }
    // The library refuses plain HTTP, such as that of `kubectl proxy`, unless TLS is not to be verified: there is none.
    config.clusters = config.clusters.map((cluster) =>
      cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
    );
    return config;
  };
}

function toCredentials(options: RequestOptions, proxyUrl: string | undefined): Credentials {
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
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
    ...(proxyUrl === undefined || proxyUrl === '' ? {} : { proxyUrl }),
  };
}

function pem(name: 'ca' | 'cert' | 'key', value: unknown): { readonly [field: string]: string } {
  if (typeof value === 'string') return { [name]: value };
  return Buffer.isBuffer(value) ? { [name]: value.toString('utf8') } : {};
}
