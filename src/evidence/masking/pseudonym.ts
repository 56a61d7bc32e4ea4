import { createHmac } from 'node:crypto';
import { restorePlaceholders } from '../../api/placeholders.ts';
import type { MaskKind } from '../../analyze/secrets/span.ts';
import { isSecretKind } from '../../analyze/secrets/span.ts';

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

export function holdsPlaceholder(text: string): boolean {
  return text.search(anyPlaceholder) >= 0;
}

/**
 * Names for what must not go out, derived from a key: the same value gets the same name in every text and on every day,
 * and nobody without the key can try values out. Remembers what may be restored.
 */
export class Pseudonyms {
  readonly #key: string;
  readonly #names = new Map<string, string>();
  readonly #given = new Set<string>();
  readonly #restorable = new Map<string, string>();

  constructor(key: string) {
    this.#key = key;
  }

  of(kind: MaskKind, value: string): string {
    const known = this.#names.get(`${kind}:${value}`);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', this.#key).update(`${kind}:${value}`).digest('hex');
    const short = nameOf(kind, digest.slice(0, shortDigits));
    // Two values of one short name could not be told apart in an answer.
    const name = this.#given.has(short) ? nameOf(kind, digest.slice(0, shortDigits * 4)) : short;
    this.#names.set(`${kind}:${value}`, name);
    this.#given.add(name);
    if (!isSecretKind(kind)) this.#restorable.set(name, value);
    return name;
  }

  restorable(): ReadonlyMap<string, string> {
    return this.#restorable;
  }

  restore(text: string): string {
    return restorePlaceholders(text, (placeholder) => this.#restorable.get(placeholder));
  }
}

function nameOf(kind: MaskKind, digits: string): string {
  return nameKinds.has(kind) ? `${kind}-${digits}` : `<${kind}:${digits}>`;
}
