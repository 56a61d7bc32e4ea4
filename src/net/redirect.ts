import { SluiceError } from '../api/errors.ts';
import { parseTarget, type CheckedRequest } from './request-check.ts';

export interface Hop extends CheckedRequest {
  readonly body: string | undefined;
}

/** What may follow to another origin. All else may be a credential, also under a name that nobody knows. */
const portable: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-type',
  'idempotency-key',
  'range',
  'traceparent',
  'user-agent',
]);

/**
 * The request that a redirect asks for, with the method rules of fetch; undefined when the answer is no redirect. Throws
 * SluiceError `denied` (from https to http) or `terminal` (a location that is no URL).
 */
export function nextHop(hop: Hop, statusCode: number, location: string | undefined): Hop | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
  const url = parseTarget(location, hop.url);
  if (hop.url.protocol === 'https:' && url.protocol === 'http:') {
    const message = `${hop.url.host} redirects from https to http, to ${url.host}; that would send the request in clear`;
    throw new SluiceError('denied', 'InsecureRedirect', message);
  }
  const becomesGet =
    statusCode === 303 ? !['GET', 'HEAD'].includes(hop.method) : statusCode < 303 && hop.method === 'POST';
  const kept = Object.entries(hop.headers).filter(
    ([name]) =>
      (url.origin === hop.url.origin || portable.has(name)) && !(becomesGet && name.startsWith('content-')),
  );
  return {
    url,
    method: becomesGet ? 'GET' : hop.method,
    headers: Object.fromEntries(kept),
    body: becomesGet ? undefined : hop.body,
  };
}
