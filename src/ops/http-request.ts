import { formatDuration, parseDuration } from '../api/duration.ts';
import { SluiceError } from '../api/errors.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { HttpRequest } from '../net/http-client.ts';
import { httpDefaults } from './http-schema.ts';
import type { OpContext } from './op.ts';
import { numberParam, listParam, objectParam, textParam } from './param-values.ts';
import { readSecret } from './read-secret.ts';

type Headers = Record<string, string>;

/** Everything of a request but where it goes. Throws SluiceError: a bad duration, a Secret that is not there. */
export async function requestOf(
  params: JsonObject,
  context: OpContext,
): Promise<Omit<HttpRequest, 'url'> & { readonly headers: Headers }> {
  const request = objectParam(params, 'request');
  const method = textParam(params, 'method', 'GET');
  const body = textParam(request, 'body', '');
  const headers = { ...authorHeaders(request), ...(await headersFromSecrets(request, context)) };
  if (body !== '') headers['content-type'] ??= 'application/json';
  if (method !== 'GET') headers['idempotency-key'] ??= context.idempotencyKey;
  const tls = await tlsOf(objectParam(params, 'tls_config'), context);
  const rate = rateOf(objectParam(request, 'ratelimiter'));
  return {
    method,
    headers,
    timeoutMs: positiveDuration(textParam(request, 'timeout', httpDefaults.timeout), 'request.timeout'),
    limitBytes: numberParam(params, 'limitBytes') ?? httpDefaults.limitBytes,
    signal: context.signal,
    ...(body === '' ? {} : { body }),
    ...(tls === undefined ? {} : { tls }),
    ...(rate === undefined ? {} : { rate }),
  };
}

function authorHeaders(request: JsonObject): Headers {
  const entries = Object.entries(objectParam(request, 'header'));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), headerText(value)]));
}

function headerText(value: Json): string {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string').join(', ');
}

async function headersFromSecrets(request: JsonObject, context: OpContext): Promise<Headers> {
  const headers: Headers = {};
  for (const entry of listParam(request, 'headersFromSecret')) {
    if (!isObject(entry)) continue;
    const [name, key] = [textParam(entry, 'secret', ''), textParam(entry, 'key', '')];
    // oxlint-disable-next-line no-await-in-loop -- a handful of Secrets, and the first that is missing is the one to name
    const secret = await readSecret(name, context.run.namespace, context);
    headers[textParam(entry, 'header', '').toLowerCase()] = secret.value(key).trimEnd();
  }
  return headers;
}

/** Certificates of a request from the Secret that `config` names. Throws SluiceError: it is not there, or holds half of a pair. */
export async function tlsOf(config: JsonObject, context: OpContext): Promise<HttpRequest['tls']> {
  const name = textParam(config, 'secret', '');
  if (name === '') return undefined;
  const secret = await readSecret(name, textParam(config, 'namespace', context.run.namespace), context);
  const ca = secret.optional('ca.crt');
  const cert = secret.optional('client.crt') ?? secret.optional('tls.crt');
  const key = secret.optional('client.key') ?? secret.optional('tls.key');
  if (ca === undefined && cert === undefined) {
    throw new SluiceError('terminal', 'NoTlsMaterial', `${secret.label} has neither ca.crt nor client.crt`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new SluiceError(
      'terminal',
      'NoTlsMaterial',
      `${secret.label} has a client certificate or a key, but not both`,
    );
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function rateOf(limiter: JsonObject): HttpRequest['rate'] {
  const limit = limiter['limit'];
  if (typeof limit !== 'number') return undefined;
  return {
    limit,
    periodMs: positiveDuration(textParam(limiter, 'period', ''), 'request.ratelimiter.period'),
  };
}

function positiveDuration(text: string, path: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  const what = ms === undefined ? `"${text}" is no duration` : `${formatDuration(ms)} is too short`;
  throw new SluiceError('invalid', 'InvalidDuration', `${path}: ${what} (write 500ms, 30s or 1m30s)`);
}
