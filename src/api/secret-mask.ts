import { isObject, type Json } from './json.ts';
import { secretSpellings } from './secret-spellings.ts';

/** A shorter value is not masked: it would stand in half of all words, and hiding it would tell more than it hides. */
const shortestLength = 4;
const replacement = '***';

/**
 * Secrets known by value. Text is searched for each as it is, as base64 (whole, broken into lines, and inside a longer text that
 * was encoded), as hex, URL-encoded and JSON-escaped; what is found becomes `***`. Overlapping finds are masked together, the
 * longest first.
 * Values shorter than 4 characters are ignored.
 */
export class SecretMask {
  readonly #values = new Set<string>();
  #index: Index | undefined;

  add(value: string): void {
    if (value.length < shortestLength || this.#values.has(value)) return;
    this.#values.add(value);
    this.#index = undefined;
  }

  values(): readonly string[] {
    return [...this.#values];
  }

  mask(text: string): string {
    if (this.#values.size === 0) return text;
    this.#index ??= indexOf(this.#values);
    return maskWith(this.#index, text);
  }

  /** Where `mask` finds something: start and end of each place, in order, none touching another's inside. */
  ranges(text: string): readonly (readonly [start: number, end: number])[] {
    if (this.#values.size === 0) return [];
    this.#index ??= indexOf(this.#values);
    return rangesIn(this.#index, text);
  }

  /** Masks every string in a value, keys included. Numbers and booleans stay, also when their text equals a secret. */
  maskJson(value: Json): Json {
    if (this.#values.size === 0) return value;
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map((item: Json) => this.maskJson(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.mask(key), this.maskJson(item)]),
    );
  }
}

/** What is searched for. A text position is looked at closely only if its two characters begin some form. */
interface Index {
  readonly begins: Uint8Array;
  /** By their first four characters. */
  readonly buckets: ReadonlyMap<string, Bucket>;
}

/** Forms in ascending order, each with the index of the longest other that it begins with, or -1. */
interface Bucket {
  readonly forms: readonly string[];
  readonly shorter: readonly number[];
}

function indexOf(values: Iterable<string>): Index {
  const begins = new Uint8Array(65_536);
  const forms = new Map<string, string[]>();
  for (const form of new Set([...values].flatMap(secretSpellings))) {
    if (form.length < shortestLength) continue;
    begins[beginning(form, 0)] = 1;
    const start = form.slice(0, shortestLength);
    const alike = forms.get(start);
    if (alike === undefined) forms.set(start, [form]);
    else alike.push(form);
  }
  return { begins, buckets: new Map([...forms].map(([start, alike]) => [start, bucketOf(alike)])) };
}

function bucketOf(unordered: readonly string[]): Bucket {
  // By code unit, as `<` compares; the default order of toSorted.
  const forms = unordered.toSorted();
  const shorter: number[] = [];
  for (const [index, form] of forms.entries()) {
    let candidate = index - 1;
    while (candidate !== -1 && !form.startsWith(forms[candidate] ?? '')) candidate = shorter[candidate] ?? -1;
    shorter.push(candidate);
  }
  return { forms, shorter };
}

/**
 * Length of the longest form that stands at `index`, 0 for none. The greatest form that is not after the text begins with
 * every form that the text begins with, so one search and its chain of shorter ones find it.
 */
function longestAt({ forms, shorter }: Bucket, text: string, index: number): number {
  let [low, high] = [0, forms.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const form = forms[middle] ?? '';
    if (form <= text.slice(index, index + form.length)) low = middle + 1;
    else high = middle;
  }
  for (let at = low - 1; at !== -1; at = shorter[at] ?? -1) {
    const form = forms[at] ?? '';
    if (text.startsWith(form, index)) return form.length;
  }
  return 0;
}

function beginning(text: string, index: number): number {
  return ((text.charCodeAt(index) & 0xff) << 8) | (text.charCodeAt(index + 1) & 0xff);
}

function maskWith(index: Index, text: string): string {
  const parts: string[] = [];
  let copied = 0;
  for (const [start, end] of rangesIn(index, text)) {
    parts.push(text.slice(copied, start), replacement);
    copied = end;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copied);
}

function rangesIn({ begins, buckets }: Index, text: string): [number, number][] {
  const found: [number, number][] = [];
  // The find that is open reaches from `start` to `end`; others that begin inside it may lengthen it.
  let [start, end] = [-1, -1];
  for (let index = 0; index <= text.length - shortestLength; index += 1) {
    if (start !== -1 && index >= end) {
      found.push([start, end]);
      start = -1;
    }
    if (begins[beginning(text, index)] !== 1) continue;
    const bucket = buckets.get(text.slice(index, index + shortestLength));
    const length = bucket === undefined ? 0 : longestAt(bucket, text, index);
    if (length === 0) continue;
    if (start === -1) start = index;
    end = Math.max(end, index + length);
  }
  if (start !== -1) found.push([start, end]);
  return found;
}
