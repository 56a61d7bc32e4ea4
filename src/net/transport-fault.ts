import { SluiceError, isSluiceError } from '../api/errors.ts';
import { formatDuration } from '../api/duration.ts';

/** What kept a connection from being made: nothing was sent. */
export function connectFault(thrown: unknown, host: string): SluiceError {
  if (isSluiceError(thrown)) return thrown;
  const code = codeOf(thrown);
  if (isCertificateCode(code)) {
    return new SluiceError(
      'terminal',
      'CertificateNotTrusted',
      `the certificate of ${host} is not accepted (${code})`,
      {
        hint: 'give the authority that signed it with --ca-file, or with tls_config for this request',
      },
    );
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return new SluiceError('terminal', 'TlsFailed', `${host} does not speak TLS as expected (${code})`);
  }
  if (code === 'ECONNREFUSED') return transient('ConnectionRefused', `${host} refused the connection`);
  if (dnsCodes.has(code)) return transient('NotResolved', `cannot resolve ${host} (${code})`);
  return transient('Unreachable', `cannot connect to ${host} (${code})`);
}

/** What broke an exchange off after the request went out: whether it took effect is not known. */
export function exchangeFault(thrown: unknown, host: string): SluiceError {
  if (isSluiceError(thrown)) return thrown;
  const code = codeOf(thrown);
  if (code === 'UND_ERR_INVALID_ARG') {
    return new SluiceError('terminal', 'BadRequest', `the request to ${host} cannot be written as HTTP`);
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return indeterminate('HeadersTooLarge', `the headers of ${host}'s answer are too large`, true);
  }
  if (code.startsWith('HPE_'))
    return indeterminate('MalformedAnswer', `${host} answered with malformed HTTP (${code})`);
  return indeterminate(
    'ConnectionLost',
    `the connection to ${host} broke before a whole answer came (${code})`,
  );
}

/** `repeats`: a repeat would end the same way, so it is no use even where it does no harm. */
export function indeterminate(code: string, message: string, repeats = false): SluiceError {
  return new SluiceError('indeterminate', code, message, { details: { repeats } });
}

/** The deadline passed. Before the request went out that is a passing fault. */
export function timeoutFault(host: string, timeoutMs: number, sent: boolean): SluiceError {
  const message = `no answer from ${host} within ${formatDuration(timeoutMs)}`;
  return sent ? indeterminate('Timeout', message) : transient('Timeout', message);
}

export function abortedFault(host: string, sent: boolean): SluiceError {
  const message = `the request to ${host} was abandoned`;
  return sent ? indeterminate('Aborted', message) : transient('Aborted', message);
}

function transient(code: string, message: string): SluiceError {
  return new SluiceError('transient', code, message);
}

const dnsCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EAI_NODATA',
  'ENODATA',
  'ESERVFAIL',
]);

function isCertificateCode(code: string): boolean {
  return /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/.test(
    code,
  );
}

/** The code alone: messages of the transport quote addresses and bytes of the answer. */
function codeOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return 'unknown';
  const { code, errors, name } = thrown as { code?: unknown; errors?: unknown; name?: unknown };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return typeof name === 'string' ? name : 'unknown';
}
