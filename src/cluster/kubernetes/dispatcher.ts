import type { Dispatcher } from 'undici';
import { SluiceError } from '../../api/errors.ts';
import type { TlsMaterial } from './access.ts';

const connectTimeoutMs = 10_000;
/** Until the first byte of an answer: an API server ends long requests itself after 60 s. */
const headersTimeoutMs = 70_000;

/** Connections with this TLS material. Throws SluiceError `invalid` for a proxy that cannot be used. */
export async function openDispatcher(tls: TlsMaterial, proxyUrl: string | undefined): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  // The time between two parts of a body is limited by who reads it.
  const limits = { headersTimeout: headersTimeoutMs, bodyTimeout: 0, allowH2: false };
  if (proxyUrl === undefined) return new Agent({ ...limits, connect: { ...tls, timeout: connectTimeoutMs } });
  if (!/^https?:\/\//.test(proxyUrl)) {
    throw new SluiceError(
      'invalid',
      'Kubeconfig',
      `The kubeconfig asks for the proxy ${proxyUrl}, and only HTTP proxies can be used.`,
    );
  }
  return new ProxyAgent({ ...limits, uri: proxyUrl, requestTls: { ...tls, timeout: connectTimeoutMs } });
}
