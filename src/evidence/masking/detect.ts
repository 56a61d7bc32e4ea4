import type { SecretNames } from '../../analyze/secrets/secret-names.ts';
import type { Span } from '../../analyze/secrets/span.ts';
import { isHostName } from '../../analyze/secrets/hosts.ts';
import { secretsIn } from '../../analyze/secrets/secrets-in.ts';
import { ipv4In, ipv6In } from './addresses.ts';
import type { ObjectNames } from './object-names.ts';

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
  const { secretNames, objectNames } = options;
  const places: Span[] = [...ipv6In(text)];
  const { spans, learned } = secretsIn(text, {
    names: secretNames,
    isTelling: (decoded) => depth < deepest && detect(decoded, options, depth + 1).spans.length > 0,
    onWord(start, end, dots, hasDigit) {
      if (dots > 0) places.push(...placesIn(text, start, end, dots >= 3 && hasDigit));
      else if (hasDigit && text.startsWith('ip-', start)) places.push(...nodeAddress(text, start, end));
      if (!objectNames.isEmpty) places.push(...objectNames.spansIn(text, start, end));
    },
  });
  return {
    spans: [...spans, ...places],
    learned: learned.filter((value) => value.length >= 6 && value.length <= longestLearned),
  };
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
