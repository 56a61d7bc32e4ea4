import { createHmac } from 'node:crypto';
import type { MaskKind } from './span.ts';
import { isSecretKind } from './span.ts';

/** Names keep the shape of a name, so that a command or manifest in an answer stays well-formed. */
const nameKinds: ReadonlySet<MaskKind> = new Set<MaskKind>(['host', 'ns', 'workload', 'node']);

const shortDigits = 6;

const anyPlaceholder =
  /\*\*\*|<(?:ip|email|secret|token|private-key|credentials|encoded):(?:[0-9a-f]{24}|[0-9a-f]{6})>|(?<![A-Za-z0-9])(?:host|ns|workload|node)-[0-9a-f]{6}(?![0-9A-Za-z])/g;

/** What masking has put into a text already: start and end of each placeholder, in order. */
export function placeholdersIn(text: string): readonly (readonly [start: number, end: number])[] {
  return [...text.matchAll(anyPlaceholder)].map(
    (match) => [match.index, match.index + match[0].length] as const,
  );
}

/** The same places in an answer, where a model may have escaped the brackets or changed the case. */
const placeholderInAnswer =
  /(?:(?:<|&lt;|\\+u003c)(?:ip|email):(?:[0-9a-f]{24}|[0-9a-f]{6})(?:>|&gt;|\\+u003e))|(?:host|ns|workload|node)-(?:[0-9a-f]{24}|[0-9a-f]{6})(?![0-9A-Za-z])/gi;

/**
 * Names for what must not go out, derived from a key: the same value gets the same name in every text and on every day,
 * and nobody without the key can try values out. Remembers what may be restored.
 */
export class Pseudonyms {
  readonly #key: string;
  readonly #names = new Map<string, string>();
  readonly #values = new Map<string, string>();

  constructor(key: string) {
    this.#key = key;
  }

  of(kind: MaskKind, value: string): string {
    const known = this.#names.get(`${kind}:${value}`);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', this.#key).update(`${kind}:${value}`).digest('hex');
    const short = nameOf(kind, digest.slice(0, shortDigits));
    // Two values of one short name could not be told apart in an answer.
    const name = this.#values.has(short) ? nameOf(kind, digest.slice(0, shortDigits * 4)) : short;
    this.#names.set(`${kind}:${value}`, name);
    this.#values.set(name, isSecretKind(kind) ? name : value);
    return name;
  }

  restore(text: string): string {
    if (this.#values.size === 0) return text;
    return text.replaceAll(placeholderInAnswer, (found) => {
      const plain = found
        .toLowerCase()
        .replace(/^(?:&lt;|\\+u003c)/, '<')
        .replace(/(?:&gt;|\\+u003e)$/, '>');
      return this.#values.get(plain) ?? found;
    });
  }
}

function nameOf(kind: MaskKind, digits: string): string {
  return nameKinds.has(kind) ? `${kind}-${digits}` : `<${kind}:${digits}>`;
}
