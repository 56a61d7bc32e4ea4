import type { ObjectNames } from './object-names.ts';
import type { SecretNames } from './secret-names.ts';
import type { Span } from './span.ts';
import type { OnWord } from './words.ts';
import { ipv4In, ipv6In } from './addresses.ts';
import { isHostName } from './hosts.ts';
import { mayNameSecret, namedSecret, schemeSecrets } from './named-secrets.ts';
import { privateKeys } from './private-keys.ts';
import { manifestSecrets } from './secret-manifests.ts';
import { tokenShapesIn } from './token-shapes.ts';
import { addressesAt, urlCredentials } from './urls.ts';
import { scanWords } from './words.ts';

export interface Detected {
  readonly spans: readonly Span[];
  /** Secrets that their surroundings gave away, to be looked for everywhere. */
  readonly learned: readonly string[];
}

export interface DetectOptions {
  readonly secretNames: SecretNames;
  readonly objectNames: ObjectNames;
}

/** Encoded text is decoded and looked at so many times over. */
const deepest = 2;

/** A longer value is masked where it stands, and not looked for elsewhere. */
const longestLearned = 2_048;

/** Everything in a text that shows by its shape or its surroundings that it must not go out. Takes linear time. */
export function detect(text: string, options: DetectOptions, depth: number = 0): Detected {
  const credentials = urlCredentials(text);
  const named = schemeSecrets(text);
  const keys = privateKeys(text);
  const manifests = manifestSecrets(text);
  const spans: Span[] = [...credentials, ...keys, ...ipv6In(text)];
  spans.push(...[...named, ...manifests].map(({ span }) => span));
  const learned = [
    ...named.map((each) => each.learned),
    ...manifests.flatMap((each) => each.learned),
    ...credentials.map((span) => passwordOf(text.slice(span.start, span.end))),
  ];
  spans.push(...addressesAt(text, new Set(credentials.map((span) => span.end))));
  let namedTo = 0;
  const onWord: OnWord = (start, end, dots, hasDigit) => {
    // Within a value that is masked already there is nothing to find, and a text of names alone would take for ever.
    if (
      start >= namedTo &&
      mayNameSecret(text, start, end) &&
      options.secretNames.has(text.slice(start, end))
    ) {
      const found = namedSecret(text, start, end);
      if (found !== undefined) {
        spans.push(found.span);
        namedTo = found.span.end;
      }
      if (found?.learned !== undefined) learned.push(found.learned);
    }
    if (end - start >= 14) {
      for (const [from, to] of tokenShapesIn(text, start, end)) {
        spans.push({ start: from, end: to, kind: 'token' });
        learned.push(text.slice(from, to));
      }
    }
    if (dots > 0) spans.push(...placesIn(text, start, end, dots >= 3 && hasDigit));
    else if (hasDigit && text.startsWith('ip-', start)) spans.push(...nodeAddress(text, start, end));
    if (!options.objectNames.isEmpty) spans.push(...options.objectNames.spansIn(text, start, end));
  };
  const onLongRun = (start: number, end: number): void => {
    const span = depth < deepest ? encodedSpan(text, start, end, options, depth) : undefined;
    if (span !== undefined) spans.push(span);
  };
  scanWords(text, onWord, onLongRun);
  spans.push(...webhooks(text));
  return { spans, learned: learned.filter((value) => value.length >= 6 && value.length <= longestLearned) };
}

/** Of `user:password` the password; a user name alone (a token in a URL) is the secret itself. */
function passwordOf(userInfo: string): string {
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** Hosts and IPv4 addresses in a dotted word. */
function placesIn(text: string, from: number, to: number, mayBeAddress: boolean): readonly Span[] {
  let [start, end] = [from, to];
  while (end > start && isJoint(text.charCodeAt(end - 1))) end -= 1;
  while (start < end && isJoint(text.charCodeAt(start))) start += 1;
  const name = text.slice(start, Math.min(end, start + 300));
  const addresses = mayBeAddress ? ipv4In(text.slice(start, end), start) : [];
  if (addresses.length > 0 && !/[A-Za-z]/.test(name)) return addresses;
  if (!isHostName(name, isAfterAddress(text, start)) || isApiVersion(text, end)) return addresses;
  return [{ start, end, kind: 'host' }];
}

function isJoint(code: number): boolean {
  return code === 45 || code === 46;
}

/** `example.com/v1beta1` is a group and version. */
function isApiVersion(text: string, end: number): boolean {
  return /^\/v\d+(?:(?:alpha|beta)\d+)?(?![\w/])/.test(text.slice(end, end + 16));
}

function isAfterAddress(text: string, start: number): boolean {
  const code = text.charCodeAt(start - 1);
  // `/`, `@`, or the last digit of `%2F` and `%40`.
  if (code !== 47 && code !== 64 && code !== 70 && code !== 102 && code !== 48) return false;
  return /(?:\/\/|@|%2F%2F|%40)$/i.test(text.slice(Math.max(0, start - 6), start));
}

/** `ip-10-0-1-5`, as clouds call nodes. */
function nodeAddress(text: string, start: number, end: number): readonly Span[] {
  const isOne = /^ip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}$/.test(text.slice(start, end));
  return isOne ? [{ start, end, kind: 'node' }] : [];
}

const webhook =
  /(?:hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/|outlook\.office\.com\/webhook\/|api\.telegram\.org\/bot)([^\s"'<>\\]{8,512})/g;

/** Whoever knows the address may post. */
function webhooks(text: string): readonly Span[] {
  return [...text.matchAll(webhook)].map((match) => {
    const end = match.index + match[0].length;
    return { start: end - (match[1]?.length ?? 0), end, kind: 'token' };
  });
}

/** A run of base64 is masked whole when what it says is readable and holds something to mask. */
function encodedSpan(
  text: string,
  start: number,
  end: number,
  options: DetectOptions,
  depth: number,
): Span | undefined {
  const run = text.slice(start, end);
  // A name before `=` is not part of the value after it.
  const assigned = run.search(/=[^=]/);
  const from = assigned < 0 ? 0 : assigned + 1;
  const encoded = run.slice(from);
  if (!isReadable(Buffer.from(encoded.slice(0, 64), 'base64'))) return undefined;
  const found = detect(Buffer.from(encoded, 'base64').toString('utf8'), options, depth + 1).spans;
  return found.length === 0 ? undefined : { start: start + from, end, kind: 'encoded' };
}

function isReadable(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 12 &&
    bytes.every((byte) => (byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9)
  );
}
