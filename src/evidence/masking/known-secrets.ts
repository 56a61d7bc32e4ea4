import type { Span } from '../../analyze/secrets/span.ts';
import { SecretMask } from '../../api/secret-mask.ts';
import { foldText } from './fold-text.ts';

/** A shorter value would turn up by chance once white space and quotes are gone. */
const shortestFolded = 8;

/** More are not looked for by value: a text with so many is hostile, and each is masked where it was recognised. */
const limit = 5_000;

/** Secrets known by value, found in any spelling: as SecretMask finds them, and in a text without escapes and line breaks. */
export class KnownSecrets {
  readonly #exact = new SecretMask();
  readonly #folded = new SecretMask();
  #count = 0;

  add(value: string): void {
    const trimmed = value.trim();
    if (trimmed.length < 4 || this.#count >= limit) return;
    this.#count += 1;
    this.#exact.add(value);
    this.#exact.add(trimmed);
    const folded = foldText(trimmed).text;
    if (folded.length < shortestFolded) return;
    this.#folded.add(folded);
    // Its base64 has nothing that folding takes out.
    this.#folded.add(trimmed);
    this.#folded.add(value);
    this.#folded.add(Buffer.from(value, 'utf8').toString('hex'));
    if (trimmed.includes(' ')) this.#folded.add(foldText(trimmed.replaceAll(' ', '+')).text);
  }

  spansIn(text: string): readonly Span[] {
    if (this.#count === 0) return [];
    const spans: Span[] = this.#exact.ranges(text).map(([start, end]) => ({ start, end, kind: 'secret' }));
    const { text: folded, from } = foldText(text);
    for (const [start, end] of this.#folded.ranges(folded)) {
      const last = from[end - 1] ?? 0;
      spans.push({ start: from[start] ?? 0, end: last + widthAt(text, last), kind: 'secret' });
    }
    return spans;
  }
}

/** How much of the text a folded character took: more than one only for `%XX` and `\uXXXX`. */
function widthAt(text: string, index: number): number {
  encoded.lastIndex = index;
  return encoded.exec(text)?.[0].length ?? 1;
}

const encoded = /\\+u[0-9a-fA-F]{4}|%(?:25)*[0-9a-fA-F]{2}/y;
