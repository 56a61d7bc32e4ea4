import type { Span } from './span.ts';
import { isHostName } from './hosts.ts';

const authority = /:\/\/|%3A%2F%2F/gi;
const userInfo = /([^\s/?#"'<>\\]{1,1024})(?:@|%40)/y;
/** A password with a slash in it is no URL, but people write it. `host:8080/…` is a port. */
const looseUserInfo = /([^\s/?#"'<>\\:@]{0,128}:(?!\d{1,5}[/?#])[^\s"'<>\\]{1,128})@/y;

/** User and password of URLs. */
export function urlCredentials(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(authority)) {
    const start = match.index + match[0].length;
    userInfo.lastIndex = start;
    looseUserInfo.lastIndex = start;
    const found = (userInfo.exec(text) ?? looseUserInfo.exec(text))?.[1];
    if (found === undefined || !isCredential(found)) continue;
    spans.push({ start, end: start + found.length, kind: 'credentials' });
  }
  return spans;
}

/** `ssh://git@host` names a user that everybody knows. */
function isCredential(userInfoText: string): boolean {
  return (
    userInfoText !== 'git' &&
    !/^[a-z]{1,8}$/.test(userInfoText) &&
    !userInfoText.startsWith('<') &&
    userInfoText !== '***'
  );
}

const local = /[A-Za-z0-9._+-]/;
const domain = /[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/y;
const longestLocal = 64;

/** What stands around `@`: e-mail addresses, and `user:password@` without a scheme, as in a MySQL DSN. */
export function addressesAt(text: string, taken: ReadonlySet<number>): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(/@|%40/g)) {
    const at = match.index;
    if (taken.has(at) || text.startsWith('sha256:', at + 1) || text.startsWith('sha512:', at + 1)) continue;
    const after = at + match[0].length;
    const credential = match[0] === '@' ? bareCredential(text, at) : undefined;
    if (credential !== undefined) {
      spans.push(credential);
      continue;
    }
    let start = at;
    while (start > 0 && at - start < longestLocal && local.test(text[start - 1] ?? '')) start -= 1;
    if (text[start - 1] === '\\' && /[nrtbf]/.test(text[start] ?? '')) start += 1;
    domain.lastIndex = after;
    const host = domain.exec(text)?.[0].replace(/-+$/, '');
    if (start === at || host === undefined || !isMailDomain(host)) continue;
    // `git@host:…` is an address of a repository: the host is masked as one.
    if (text.slice(start, at) === 'git') continue;
    spans.push({ start, end: after + host.length, kind: 'email' });
  }
  return spans;
}

function isMailDomain(host: string): boolean {
  return /\.[A-Za-z]{2,}$/.test(host) || isHostName(host, true);
}

const schemes = /^(?:mailto|sips?|xmpp|ssh|git|acct|cid|mid)$/i;

function bareCredential(text: string, at: number): Span | undefined {
  let start = at;
  while (start > 0 && at - start < 256 && !/[\s"'`<>,;()@/\\=[\]{}]/.test(text[start - 1] ?? '')) start -= 1;
  const colon = start + text.slice(start, at).indexOf(':');
  if (colon <= start || colon >= at - 1 || schemes.test(text.slice(start, colon))) return undefined;
  if (!/[A-Za-z0-9]/.test(text[at + 1] ?? '')) return undefined;
  return { start, end: at, kind: 'credentials' };
}
