import type { Readable } from 'node:stream';
import type { Client as UndiciClient } from 'undici';
import type { CallScope } from './call-scope.ts';
import { dial, refuse, type Dialer } from './dial.ts';
import { checkHost } from './egress.ts';
import { hostOf, portOf } from './host-port.ts';
import type { HttpRequest } from './http-client.ts';
import { chooseProxy, type ProxySettings } from './proxy-choice.ts';
import { dialProxy, openTunnel, proxyAuthorization } from './proxy-tunnel.ts';
import type { Hop } from './redirect.ts';
import { secure } from './secure-socket.ts';
import { exchangeFault } from './transport-fault.ts';
import { openUndici } from './undici-client.ts';

/** What all calls of a client share. */
export interface Network {
  readonly dialer: Dialer;
  readonly proxy: ProxySettings;
  readonly ca: string | undefined;
}

type HeaderLists = Readonly<Record<string, readonly string[]>>;

/** An answer whose body has yet to be read. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: HeaderLists;
  readonly body: Readable;
  /** Known once the body was read. */
  trailers(): HeaderLists;
  /** Closes the connection. */
  discard(): void;
}

/** One request and the head of its answer, over a connection of its own. Throws SluiceError. */
export async function exchange(
  hop: Hop,
  tls: HttpRequest['tls'],
  network: Network,
  scope: CallScope,
  beforeSend?: () => void,
): Promise<Answer> {
  const { url } = hop;
  // Behind a proxy the name is resolved elsewhere: what the host says by itself is all that can be checked.
  refuse(hostOf(url), checkHost(hostOf(url), portOf(url), network.dialer.policy));
  const proxy = chooseProxy(url, network.proxy);
  const socket = await connectTo(url, proxy, tls, network, scope);
  const client = await openUndici(viaProxy(url, proxy)?.origin ?? url.origin, socket);
  const discard = (): void => {
    void client.destroy().catch(() => undefined);
    socket.destroy();
  };
  scope.signal.addEventListener('abort', discard, { once: true });
  try {
    beforeSend?.();
    scope.sent = true;
    return { ...(await request(client, hop, viaProxy(url, proxy), scope)), discard };
  } catch (error) {
    discard();
    throw exchangeFault(error, url.host);
  }
}

/** The proxy when it passes the request on itself; over https it only tunnels. */
function viaProxy(url: URL, proxy: URL | undefined): URL | undefined {
  return url.protocol === 'http:' ? proxy : undefined;
}

async function connectTo(
  url: URL,
  proxy: URL | undefined,
  tls: HttpRequest['tls'],
  network: Network,
  scope: CallScope,
): ReturnType<typeof dial> {
  const [host, port] = [hostOf(url), portOf(url)];
  if (proxy !== undefined && url.protocol === 'http:') return await dialProxy(proxy, network, scope);
  const socket =
    proxy === undefined
      ? await dial(host, port, network.dialer, scope.signal)
      : await openTunnel(host, port, await dialProxy(proxy, network, scope), proxy, scope);
  return url.protocol === 'https:'
    ? await secure(socket, host, { ca: network.ca, own: tls }, scope.signal)
    : socket;
}

async function request(
  client: UndiciClient,
  { url, method, headers, body }: Hop,
  proxy: URL | undefined,
  { signal }: CallScope,
): Promise<Omit<Answer, 'discard'>> {
  const credentials = proxy === undefined ? {} : proxyAuthorization(proxy);
  const answer = await client.request({
    method,
    path: proxy === undefined ? url.pathname + url.search : url.href,
    headers: { host: url.host, ...headers, ...credentials },
    body: body ?? null,
    signal,
  });
  return {
    statusCode: answer.statusCode,
    headers: listsOf(answer.headers),
    body: answer.body,
    trailers: () => listsOf(answer.trailers),
  };
}

function listsOf(headers: Readonly<Record<string, string | string[] | undefined>>): HeaderLists {
  const entries = Object.entries(headers).map(([name, value]): [string, readonly string[]] => [
    name.toLowerCase(),
    value === undefined ? [] : [value].flat(),
  ]);
  return Object.fromEntries(entries);
}
