import type { Socket } from 'node:net';
import type { Client } from 'undici';
import { SluiceError } from '../api/errors.ts';

/** Room for the cookies and policies of a large site; Node's own servers stop at 16 KiB. */
const maxHeaderBytes = 64 * 1024;

/** A client for one request over a connected socket. It has no time limits: those are the call's. */
export async function openUndici(origin: string, socket: Socket): Promise<Client> {
  // Loaded when something is first called: it takes longer than a whole `vet`.
  const undici = await import('undici');
  let isUsed = false;
  return new undici.Client(origin, {
    pipelining: 0,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: maxHeaderBytes,
    connect: (_options, callback) => {
      // Asked for again when the connection closes early: a request that may have gone out must not go twice.
      const isFirst = !isUsed;
      isUsed = true;
      // Not at once: the transport does not begin to send from inside its own call.
      queueMicrotask(() => (isFirst ? callback(null, socket) : callback(closedEarly(), null)));
    },
  });
}

function closedEarly(): SluiceError {
  return new SluiceError(
    'indeterminate',
    'ConnectionLost',
    'the connection was closed before there was an answer',
  );
}
