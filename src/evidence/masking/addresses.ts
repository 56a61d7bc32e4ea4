import type { Span } from '../../analyze/secrets/span.ts';

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|\\d?\\d)';
const v4 = new RegExp(`(?<![\\dvV]|\\d\\.)${octet}(?:\\.${octet}){3}(?!\\d|\\.\\d)`, 'g');

/** Addresses that say what they are and identify nobody: this host, any host, all hosts, the clouds' metadata service, netmasks. */
function isPublicKnowledge(address: string): boolean {
  return address.startsWith('127.') || /^255\.|^0\.0\.0\.0$|^169\.254\.169\.254$/.test(address);
}

/** IPv4 addresses in one word. A prefix length (`/24`) and a port stand after it and stay. */
export function ipv4In(word: string, offset: number): readonly Span[] {
  const spans: Span[] = [];
  for (const match of word.matchAll(v4)) {
    if (isPublicKnowledge(match[0])) continue;
    spans.push({ start: offset + match.index, end: offset + match.index + match[0].length, kind: 'ip' });
  }
  return spans;
}

/** Characters of an IPv6 address; a zone (`%eth0`) stays where it is. */
function isAddressCharacter(code: number): boolean {
  return (
    (code >= 48 && code <= 58) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70) || code === 46
  );
}

const longestV6 = 45;

/** IPv6 addresses: each run of hex digits, colons and dots is looked at once. */
export function ipv6In(text: string): readonly Span[] {
  const spans: Span[] = [];
  let colon = text.indexOf(':');
  while (colon >= 0) {
    let start = colon;
    const last = spans.at(-1)?.end ?? 0;
    while (start > last && colon - start <= longestV6 && isAddressCharacter(text.charCodeAt(start - 1)))
      start -= 1;
    let end = colon + 1;
    while (end < text.length && isAddressCharacter(text.charCodeAt(end))) end += 1;
    const span = end - start > longestV6 + 3 ? undefined : v6Span(text, start, end);
    if (span !== undefined) spans.push(span);
    colon = text.indexOf(':', end);
  }
  return spans;
}

function v6Span(text: string, from: number, to: number): Span | undefined {
  let [start, end] = [from, to];
  // A colon or full stop that belongs to the sentence: `address: fd00::1:`, `fd00::1.`
  while (end > start && (text[end - 1] === '.' || (text[end - 1] === ':' && text[end - 2] !== ':'))) end -= 1;
  while (start < end && (text[start] === '.' || (text[start] === ':' && text[start + 1] !== ':'))) start += 1;
  let word = text.slice(start, end);
  // `\n` and the like of JSON text end in a letter that may be a hex digit: `\bfd00::1`.
  if (start > 0 && text[start - 1] === '\\') [start, word] = [start + 1, word.slice(1)];
  if (!isV6(word) || word === '::' || word === '::1') return undefined;
  if (
    start > 0 &&
    /[\w-]/.test(text[start - 1] ?? '') &&
    !/\\[nrt]$/.test(text.slice(Math.max(0, start - 2), start))
  )
    return undefined;
  if (/[A-Za-z_]/.test(text[end] ?? '')) return undefined;
  return { start, end, kind: 'ip' };
}

function isV6(word: string): boolean {
  const halves = word.split('::');
  if (halves.length > 2 || word.length < 3) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const dotted = groups.at(-1)?.includes('.') === true;
  const plain = dotted ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return false;
  if (dotted && !/^\d{1,3}(?:\.\d{1,3}){3}$/.test(groups.at(-1) ?? '')) return false;
  const count = plain.length + (dotted ? 2 : 0);
  // `a::b` of a program's log (`std::ad`) is no address; a real one that short has a digit.
  return halves.length === 2 ? count <= 7 && /\d/.test(word) : count === 8;
}
