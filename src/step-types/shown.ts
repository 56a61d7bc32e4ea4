import { stringifyJson, type Json } from '../api/json.ts';

/** A value of a definition as its messages quote it: JSON, cut to 80 characters. */
export function shown(value: Json): string {
  if (typeof value === 'string') return stringifyJson(value.length > 80 ? `${value.slice(0, 79)}…` : value);
  const text = stringifyJson(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
