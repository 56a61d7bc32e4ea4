import type { Span } from '../../analyze/secrets/span.ts';

export interface ObjectName {
  readonly kind: 'ns' | 'workload' | 'node';
  readonly name: string;
}

/** Everybody's cluster has them; and words without which a manifest cannot be read. */
const kept: ReadonlySet<string> = new Set(
  (
    'default kube-system kube-public kube-node-lease vela-system name namespace kind spec status metadata labels ' +
    'containers image pod node service deployment true false null running pending failed'
  ).split(' '),
);

/** Names of objects, found as whole words and as the beginnings of the names that controllers derive from them. */
export class ObjectNames {
  readonly #kinds = new Map<string, ObjectName['kind']>();
  /** Longest first. */
  readonly #lengths: readonly number[];
  /** By the code of a first character. */
  readonly #begins = new Uint8Array(65_536);

  constructor(names: readonly ObjectName[]) {
    for (const { kind, name } of names) {
      if (name.length >= 2 && !kept.has(name) && !this.#kinds.has(name)) this.#kinds.set(name, kind);
    }
    for (const name of this.#kinds.keys()) this.#begins[name.charCodeAt(0)] = 1;
    this.#lengths = [...new Set([...this.#kinds.keys()].map((name) => name.length))].toSorted(
      (a, b) => b - a,
    );
  }

  get isEmpty(): boolean {
    return this.#kinds.size === 0;
  }

  /** In one word. A key of a JSON object is none of them: the manifest would change its meaning. */
  spansIn(text: string, start: number, end: number): readonly Span[] {
    const spans: Span[] = [];
    let at = start;
    while (at < end) {
      const mayBegin = this.#begins[text.charCodeAt(at)] === 1;
      const length = mayBegin ? this.#longestAt(text.slice(at, Math.min(end, at + 254))) : 0;
      if (length > 0) {
        const kind = this.#kinds.get(text.slice(at, at + length)) ?? 'workload';
        spans.push({ start: at, end: at + length, kind });
      }
      at = nextPart(text, at + length, end);
    }
    return spans.length > 0 && /^\\*":/.test(text.slice(end, end + 6)) ? [] : spans;
  }

  /** Length of the longest name that the word begins with and that ends where a part of the word ends. */
  #longestAt(word: string): number {
    for (const length of this.#lengths) {
      const endsPart = length === word.length || (length < word.length && /[-._]/.test(word[length] ?? ''));
      if (endsPart && this.#kinds.has(word.slice(0, length))) return length;
    }
    return 0;
  }
}

function nextPart(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text[at] !== '.' && text[at] !== '_') at += 1;
  return at + 1;
}
