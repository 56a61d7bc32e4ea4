import type { LookupFunction } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Dispatcher } from 'undici';
import { SluiceError } from '../../api/errors.ts';
import type { TlsMaterial } from './access.ts';

const connectTimeoutMs = 10_000;
/** Until the first byte of an answer: an API server ends long requests itself after 60 s. */
const headersTimeoutMs = 70_000;

/** Connections with this TLS material, `connections` of them at most. Throws SluiceError `invalid` for a proxy that cannot be used. */
export async function openDispatcher(
  tls: TlsMaterial,
  proxyUrl: string | undefined,
  lookup: LookupFunction | undefined,
  connections: number | undefined,
): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  // The time between two parts of a body is limited by who reads it.
  const limits = {
    headersTimeout: headersTimeoutMs,
    bodyTimeout: 0,
    allowH2: false,
    ...(connections === undefined ? {} : { connections }),
  };
  const connect = { timeout: connectTimeoutMs, ...(lookup === undefined ? {} : { lookup }) };
  const secure = secureOptions(tls);
  if (proxyUrl === undefined) return new Agent({ ...limits, connect: { ...secure, ...connect } });
  if (!/^https?:\/\//.test(proxyUrl)) {
    throw new SluiceError(
      'invalid',
      'Proxy',
      `The proxy ${proxyUrl.replace(/\/\/[^/@]*@/, '//')} cannot be used for a cluster, and only HTTP proxies can be used.`,
    );
  }
  // The proxy asks for the addresses of the server itself.
  return new ProxyAgent({
    ...limits,
    uri: proxyUrl,
    requestTls: { ...secure, timeout: connectTimeoutMs },
    proxyTls: connect,
  });
}

/** Certificates and keys are read once, and not for each connection. */
function secureOptions({ ca, cert, key, ...others }: TlsMaterial): object {
  return { ...others, secureContext: createSecureContext({ ca, cert, key }) };
}
