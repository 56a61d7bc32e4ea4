import { isSluiceError, messageOf, SluiceError } from '../../api/errors.ts';

/** Before anything was sent: nothing happened, and nothing will until the machine or its network changes. */
const unreachable: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * The SluiceError for a request that got no whole answer: `environment` when the server cannot be reached, `transient`
 * when the connection broke on the way. Every request here may be repeated, so none is indeterminate.
 */
export function transportFault(error: unknown, server: string, doing: string, place: string): SluiceError {
  if (isSluiceError(error)) return error;
  const { host } = new URL(server);
  const codes = codesOf(error);
  const why = whyOf(error, codes);
  const isTls = codes.some((code) => /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH/.test(code));
  if (isTls || codes.some((code) => unreachable.has(code))) {
    return new SluiceError(
      'environment',
      'ClusterUnreachable',
      `The API server ${host} of ${place} cannot be reached: ${why}.`,
      {
        cause: error,
        hint: isTls
          ? `See whether the certificate authority that is known for ${place} is that of this server.`
          : 'See whether the cluster runs and whether kubectl reaches it.',
      },
    );
  }
  const isTimeout = error instanceof Error && error.name === 'TimeoutError';
  return new SluiceError(
    'transient',
    isTimeout ? 'ClusterTimeout' : 'ConnectionLost',
    `The API server ${host} of ${place} did not answer to ${doing}: ${isTimeout ? 'time ran out' : why}.`,
    { cause: error },
  );
}

/** Of the error and what caused it; an error of several attempts has those of all. */
function codesOf(error: unknown): readonly string[] {
  const codes: string[] = [];
  const queue: unknown[] = [error];
  for (let seen = 0; queue.length > 0 && seen < 20; seen++) {
    const each = queue.shift();
    if (!(each instanceof Error)) continue;
    if ('code' in each && typeof each.code === 'string') codes.push(each.code);
    if (each instanceof AggregateError) queue.push(...(each.errors as unknown[]));
    queue.push(each.cause);
  }
  return codes;
}

function whyOf(error: unknown, codes: readonly string[]): string {
  const message = messageOf(error).trim();
  return message === '' ? codes.join(', ') || 'unknown' : message.replace(/\.$/, '');
}
