import { isIPv6, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SluiceError, isSluiceError } from '../api/errors.ts';
import type { CallScope } from './call-scope.ts';
import { dial } from './dial.ts';
import type { Network } from './exchange.ts';
import { hostOf, portOf } from './host-port.ts';
import { secure } from './secure-socket.ts';
import { openUndici } from './undici-client.ts';

/** A connection to the proxy itself. The operator named it, so it may stand on a private address or on this machine. */
export async function dialProxy(proxy: URL, network: Network, scope: CallScope): Promise<Socket> {
  const host = hostOf(proxy);
  const dialer = { ...network.dialer, policy: { allowHosts: [host] } };
  const socket = await dial(host, portOf(proxy), dialer, scope.signal);
  return proxy.protocol === 'https:' ? await secure(socket, host, { ca: network.ca }, scope.signal) : socket;
}

/** Has the proxy connect to `host`. Throws SluiceError when it will not; nothing was sent to the host then. */
export async function openTunnel(
  host: string,
  port: number,
  socket: Socket,
  proxy: URL,
  scope: CallScope,
): Promise<Socket> {
  const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const client = await openUndici(proxy.origin, socket);
  try {
    const { statusCode, socket: tunnel } = await client.connect({
      path: authority,
      headers: { host: authority, ...proxyAuthorization(proxy) },
      signal: scope.signal,
    });
    if (statusCode !== 200) {
      tunnel.on('error', () => undefined).destroy();
      throw refusal(statusCode, proxy, authority);
    }
    return asSocket(tunnel);
  } catch (error) {
    socket.destroy();
    scope.signal.throwIfAborted();
    if (isSluiceError(error)) throw error;
    const message = `the proxy ${proxy.host} did not open a connection to ${authority}`;
    throw new SluiceError('transient', 'ProxyFailed', message);
  }
}

export function proxyAuthorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === '' && proxy.password === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

function refusal(statusCode: number, proxy: URL, authority: string): SluiceError {
  const message = `the proxy ${proxy.host} answered ${statusCode} to a connection to ${authority}`;
  if (statusCode >= 500) return new SluiceError('transient', 'ProxyFailed', message);
  const hint = statusCode === 407 ? 'give user name and password in the address of the proxy' : undefined;
  return new SluiceError('denied', 'ProxyRefused', message, hint === undefined ? {} : { hint });
}

/** Over HTTP/1.1 a tunnel is the very socket that the client was given. */
function asSocket(tunnel: Duplex): Socket {
  return tunnel as Socket;
}
