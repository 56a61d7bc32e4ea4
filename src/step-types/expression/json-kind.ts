import type { Json } from '../../api/json.ts';

/** The kinds of JSON values, as messages name them. */
export type JsonKind = 'null' | 'boolean' | 'number' | 'string' | 'list' | 'object';

export function kindOf(value: Json): JsonKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'bigint') return 'number';
  return typeof value as 'boolean' | 'number' | 'string' | 'object';
}

/** `a string`, `an object`, `null`. */
export function withArticle(kind: JsonKind): string {
  if (kind === 'null') return 'null';
  return kind === 'object' ? 'an object' : `a ${kind}`;
}

/** `a string, a number or a boolean`. */
export function oneOf(kinds: readonly JsonKind[]): string {
  const words = kinds.map(withArticle);
  const last = words.pop() ?? 'nothing';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}
