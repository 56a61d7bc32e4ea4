import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, SluiceError } from '../../api/errors.ts';
import { bindAddressText, type BindAddress } from './bind-address.ts';

/** A server that listens. */
export interface Listening {
  /** With the real port, also where 0 was asked for. */
  readonly address: BindAddress;
  /** Takes no more connections, lets answers under way end for at most `graceMs` (default 2 s), then cuts the rest. */
  close(graceMs?: number): Promise<void>;
}

/** Limits against clients that are slow or many. */
export const serverLimits: Readonly<
  Record<'requestTimeout' | 'headersTimeout' | 'keepAliveTimeout' | 'maxHeaderSize', number>
> = {
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
};

/** Starts `server`. Throws SluiceError `environment` with the address when it cannot listen there; `what` names it. */
export async function listen(server: Server, wanted: BindAddress, what: string): Promise<Listening> {
  server.listen({ port: wanted.port, ...(wanted.host === undefined ? {} : { host: wanted.host }) });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new SluiceError(
      'environment',
      'CannotListen',
      `${what} cannot listen on ${bindAddressText(wanted)}: ${messageOf(error)}`,
      { cause: error },
    );
  }
  // A fault of one connection, such as too many open files, is no fault of the server.
  server.on('error', () => undefined);
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: wanted.host, port },
    async close(graceMs = 2000) {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}
