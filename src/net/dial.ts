import { lookup as dnsLookup } from 'node:dns/promises';
import { connect as netConnect, isIP, type Socket } from 'node:net';
import { SluiceError } from '../api/errors.ts';
import { checkAddress, checkHost, literalAddress, type EgressPolicy, type Verdict } from './egress.ts';
import { connectFault } from './transport-fault.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name. Rejects with Node's DNS error. */
export type Lookup = (host: string) => Promise<readonly ResolvedAddress[]>;
/** Begins to connect to one of the addresses; they were checked. */
export type Connect = (addresses: readonly ResolvedAddress[], port: number) => Socket;

export interface Dialer {
  readonly policy: EgressPolicy;
  readonly lookup: Lookup;
  readonly connect: Connect;
}

/**
 * A connected socket to a host. The addresses that the policy is asked about are the very ones that are dialled, so a name
 * that resolves differently the next time gains nothing. Throws SluiceError `denied` or `transient`.
 */
export async function dial(host: string, port: number, dialer: Dialer, signal: AbortSignal): Promise<Socket> {
  refuse(host, checkHost(host, port, dialer.policy));
  const addresses = await resolve(host, dialer.lookup);
  signal.throwIfAborted();
  const verdicts = addresses.map(({ address }) => checkAddress(address, host, port, dialer.policy));
  const allowed = addresses.filter((_address, index) => verdicts[index]?.allowed === true);
  if (allowed.length === 0) refuse(host, verdicts[0], addresses[0]?.address);
  return await connected(dialer.connect(allowed, port), host, signal);
}

/** Throws `denied` when the verdict is a refusal; `resolved` is named where it is not the host itself. */
export function refuse(host: string, verdict: Verdict | undefined, resolved?: string): void {
  if (verdict === undefined || verdict.allowed) return;
  const to = resolved === undefined || resolved === host ? '' : `, which resolves to ${resolved},`;
  throw new SluiceError('denied', 'EgressDenied', `${host}${to} must not be called: ${verdict.reason}`, {
    details: { addressClass: verdict.addressClass },
  });
}

export const systemLookup: Lookup = async (host) => {
  const found = await dnsLookup(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** Tries the addresses as Node does for a name, giving the other family its chance after a quarter of a second. */
export const systemConnect: Connect = (addresses, port) =>
  netConnect({
    host: 'checked',
    port,
    autoSelectFamily: true,
    lookup: (_host, options, callback) => {
      const [first] = addresses;
      if (options.all === true) callback(null, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    },
  });

async function resolve(host: string, lookup: Lookup): Promise<readonly ResolvedAddress[]> {
  const literal = literalAddress(host);
  if (literal !== undefined) return [{ address: literal, family: isIP(literal) === 6 ? 6 : 4 }];
  try {
    const found = await lookup(host);
    if (found.length > 0) return found;
  } catch (error) {
    throw connectFault(error, host);
  }
  throw new SluiceError('transient', 'NotResolved', `${host} has no address`);
}

function connected(socket: Socket, host: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((done, fail) => {
    const abort = (): void => {
      socket.destroy();
      fail(signal.reason as Error);
    };
    const settle = (finish: () => void) => (): void => {
      signal.removeEventListener('abort', abort);
      finish();
    };
    socket.once(
      'connect',
      settle(() => done(socket)),
    );
    // Stays after the connection is made: an error with nobody listening would end the process.
    socket.on('error', (error) => settle(() => fail(connectFault(error, host)))());
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
