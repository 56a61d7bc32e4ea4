import { isIP, type Socket } from 'node:net';
import { connect as tlsConnect, getCACertificates, type ConnectionOptions } from 'node:tls';
import { SluiceError } from '../api/errors.ts';
import type { HttpRequest } from './http-client.ts';
import { connectFault } from './transport-fault.ts';

export interface Trust {
  /** PEM, beside the system's authorities. */
  readonly ca: string | undefined;
  /** The call's own: its `ca` is then the only authority. */
  readonly own?: HttpRequest['tls'];
}

/** TLS over a connected socket, its certificate checked against `host` unless the call does without. Throws SluiceError `terminal` or `transient`. */
export function secure(socket: Socket, host: string, trust: Trust, signal: AbortSignal): Promise<Socket> {
  return new Promise((done, fail) => {
    const options: ConnectionOptions = {
      socket,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: trust.own?.insecure !== true,
      ...material(trust),
    };
    const secured = begin(options, host);
    const abort = (): void => {
      secured.destroy();
      fail(signal.reason as Error);
    };
    secured.once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      done(secured);
    });
    // Stays: an error with nobody listening would end the process.
    secured.on('error', (error) => {
      signal.removeEventListener('abort', abort);
      fail(connectFault(error, host));
    });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}

/** Broken PEM throws here, before anything is sent. */
function begin(options: ConnectionOptions, host: string): ReturnType<typeof tlsConnect> {
  try {
    return tlsConnect(options);
  } catch (error) {
    options.socket?.destroy();
    const { code } = error as NodeJS.ErrnoException;
    const why = code === undefined ? '' : ` (${code})`;
    throw new SluiceError(
      'terminal',
      'BadTlsMaterial',
      `the certificates or key given for ${host} cannot be used${why}`,
    );
  }
}

/** The system's authorities and one more; undefined: the system's alone. */
export function authoritiesWith(ca: string | undefined): string[] | undefined {
  return ca === undefined ? undefined : [...getCACertificates('default'), ca];
}

function material({ ca, own }: Trust): ConnectionOptions {
  const authorities = own?.ca ?? authoritiesWith(ca);
  return {
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(own?.cert === undefined ? {} : { cert: own.cert }),
    ...(own?.key === undefined ? {} : { key: own.key }),
  };
}
