import type { Span } from './span.ts';
import { namesSecret } from './secret-names.ts';
import { looksRandom } from './token-shapes.ts';
import { valueAfter } from './value-after.ts';

/** Words that mean a credential beside one and something harmless elsewhere: only what looks like one counts. */
const ambiguous = /^-*(?:.*[_.-])?(?:sig|signature|salt|auth|pass|otp|bearer|pepper|csrf|xsrf|cookie)$/i;
const header = /^(?:.*-)?(?:authorization|cookie)$/i;

const nothing = /^(?:[|>][-+\d]{0,3}|true|false|null|none|nil|undefined|~|yes|no|\d{1,3})$/i;
const reference = /^(?:\$\([\w.-]+\)|\$\{[\w.:-]+\}|\{\{[^{}]*\}\}|\$[A-Z_]+)$/;
const path =
  /^\/(?:var|etc|run|tmp|opt|home|usr|mnt|vault|secrets?|app|data|config|root|srv|workspace)\/[\w./-]*$/;

/** With these a sentence goes on: `token: is expired`, `volume "secret" : secret "db" not found`. */
const word =
  /^(?:an?|the|and|or|for|from|in|of|on|to|at|by|with|is|was|are|were|has|had|must|should|cannot|can|could|will|would|not|never|expired|invalid|missing|required|unexpected|unauthorized|unauthenticated|forbidden|denied|failed|failure|error|wrong|bad|unknown|unset|undefined|empty|malformed|revoked|rejected|absent|secrets?|tokens?|keys?|passwords?|credentials?|headers?|configmaps?)[,.;:!]?$/;
/** Neither the name of a scheme with something after it, nor pairs of names and values. */
const sentence =
  /^(?!(?:bearer|basic|digest|token|apikey|negotiate|ntlm|hawk|aws)\b)[a-z_-]+:? [a-z_-]+:?(?=\s|$)/;

/** Masked before. */
const masked = /^(?:\*\*\*|<[a-z-]{2,12}:(?:[0-9a-f]{6,24}|…)>)/;

const shortestLearned = 6;

/** Whether what stands round a word lets it be a name with a value: a quick look before the slow one. */
export function mayNameSecret(text: string, start: number, end: number): boolean {
  if (end - start < 3 || end - start > 128) return false;
  let at = end;
  while (text.charCodeAt(at) === 92 && at - end < 4) at += 1;
  let code = text.charCodeAt(at);
  // A quote.
  if (code === 34 || code === 39) code = text.charCodeAt((at += 1));
  while ((code === 32 || code === 9) && at - end < 40) code = text.charCodeAt((at += 1));
  // : = %
  if (code === 58 || code === 61 || code === 37) return true;
  // A flag; or, before a comma or the end of a line, the value of `name:`.
  if (text.charCodeAt(start) === 45) return true;
  if (at > end && text.charCodeAt(end) === 92) return true;
  if (code !== 44 && code !== 10 && code !== 13 && code !== 92) return false;
  const before = text.slice(Math.max(0, start - 12), start);
  return /[nN]ame\\*["']?\s*[:=]\s*\\*["']?$/.test(before);
}

/** The value beside a word that names a secret, and whether it is worth looking for everywhere. */
export function namedSecret(
  text: string,
  start: number,
  end: number,
): { readonly span: Span; readonly learned: string | undefined } | undefined {
  if (text[start - 1] === '<' && masked.test(text.slice(start - 1, start + 42))) return undefined;
  const name = text.slice(start, end);
  const isHeader = header.test(name);
  const lineStart = isLineStart(text, start);
  const value = valueAfter(text, end, { isFlag: name.startsWith('-'), lineStart, isHeader });
  if (value === undefined) return undefined;
  const written = text.slice(value.start, value.end);
  if (isHeader ? sentence.test(written) : !value.firm && word.test(written)) return undefined;
  if (
    nothing.test(written) ||
    reference.test(written) ||
    path.test(written) ||
    (/^[{[]/.test(written) && !/["'`]/.test(text[value.start - 1] ?? ''))
  )
    return undefined;
  if (ambiguous.test(name) && !isHeader && !/^(?=.*[\dA-Z+/=])\S{6,}$/.test(written)) return undefined;
  const isWorth =
    written.length >= shortestLearned &&
    !namesSecret(written) &&
    (value.firm || looksRandom(written)) &&
    !/^[a-z]{1,7}$/.test(written);
  return {
    span: { start: value.start, end: value.end, kind: 'secret' },
    learned: isWorth ? withoutScheme(written) : undefined,
  };
}

/** What follows `Bearer ` is the secret; a Cookie or a sentence is taken as a whole. */
function withoutScheme(value: string): string {
  return value.replace(/^(?:Bearer|Basic|Token|ApiKey|Digest)\s+/i, '');
}

function isLineStart(text: string, start: number): boolean {
  let at = start - 1;
  while (at >= 0 && start - at < 200 && (text[at] === ' ' || text[at] === '\t' || text[at] === '-')) at -= 1;
  return at < 0 || text[at] === '\n' || (text[at] === 'n' && text[at - 1] === '\\');
}

const scheme =
  /[Bb]earer(?:[ \t]{1,8}|%20|\+)([A-Za-z0-9._~+/=-]{8,4096})|[Bb]asic(?:[ \t]{1,8}|%20)([A-Za-z0-9+/_-]{6,4096}={0,2})/g;

/** `curl -u user:password`, also as two items of a list. */
const userFlag =
  /[\s"'](?:-u|--user|--proxy-user)(?:[ \t=]|\\{0,8}["'],\s{0,80}\\{0,8}["'])([^\s"':\\<]{1,64}:[^\s"'\\]{3,256})/g;

/** Credentials after the name of their scheme, wherever a header's value is quoted without its name. */
export function schemeSecrets(text: string): readonly { readonly span: Span; readonly learned: string }[] {
  const found: { readonly span: Span; readonly learned: string }[] = [];
  for (const match of text.matchAll(scheme)) {
    const [all, bearer, basic] = match;
    const value = bearer ?? basic ?? '';
    const isSecret =
      bearer === undefined
        ? Buffer.from(value, 'base64').toString('latin1').includes(':')
        : /[\dA-Z]/.test(value) || value.length > 24;
    if (!isSecret) continue;
    const end = match.index + all.length;
    found.push({ span: { start: end - value.length, end, kind: 'token' }, learned: value });
  }
  for (const match of text.matchAll(userFlag)) {
    const value = match[1] ?? '';
    const end = match.index + match[0].length;
    found.push({
      span: { start: end - value.length, end, kind: 'credentials' },
      learned: value.slice(value.indexOf(':') + 1),
    });
  }
  return found;
}
