import { SluiceError } from '../api/errors.ts';
import type { HttpRequest } from './http-client.ts';

export interface CheckedRequest {
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const barredMethods: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);
/** Written by the transport; what an author says there is at best the same. */
const ownHeaders: ReadonlySet<string> = new Set(['content-length', 'connection', 'keep-alive']);
/** Would change how the message is framed. */
const barredHeaders: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
]);

/** The parts of a request that others wrote, checked. Throws SluiceError `terminal`; no value is quoted. */
export function checkRequest(request: Pick<HttpRequest, 'url' | 'method' | 'headers'>): CheckedRequest {
  if (!token.test(request.method) || barredMethods.has(request.method.toUpperCase())) {
    throw bad('BadMethod', `the method "${request.method.slice(0, 20)}" cannot be used`);
  }
  return { url: parseTarget(request.url), method: request.method, headers: checkHeaders(request.headers) };
}

/** An http or https URL without user name, password or fragment. Relative ones are resolved against `base`. */
export function parseTarget(text: string, base?: URL): URL {
  if (!URL.canParse(text, base?.href)) {
    // With an `@` anywhere, what comes before it may be a password.
    const start = text.includes('@') ? undefined : /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]{0,80}/i.exec(text)?.[0];
    throw bad('BadUrl', `the URL${start === undefined ? '' : ` starting with ${start}`} is not valid`);
  }
  const url = new URL(text, base);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw bad('BadUrl', `${url.protocol.slice(0, 20)} cannot be called; use http: or https:`);
  }
  if (url.username !== '' || url.password !== '') {
    throw bad(
      'UserInfoInUrl',
      `the URL of ${url.host} holds a user name or password; send an Authorization header instead`,
    );
  }
  url.hash = '';
  return url;
}

function checkHeaders(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const checked: [string, string][] = [];
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (!token.test(name)) throw bad('BadHeader', `${JSON.stringify(given.slice(0, 60))} is no header name`);
    if (barredHeaders.has(name)) throw bad('BadHeader', `the header ${name} cannot be set; remove it`);
    // Tab, space to tilde, and the upper half of Latin-1: what a header can carry.
    if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value)) {
      throw bad(
        'BadHeader',
        `the value of the header ${name} holds control characters or characters beyond Latin-1`,
      );
    }
    if (!ownHeaders.has(name)) checked.push([name, value.trim()]);
  }
  return Object.fromEntries(checked);
}

function bad(code: string, message: string): SluiceError {
  return new SluiceError('terminal', code, message);
}
