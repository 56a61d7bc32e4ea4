import type { Json } from '../api/json.ts';
import { isObject, stringifyJson } from '../api/json.ts';
import { compareText } from '../cluster/object-order.ts';

/** JSON with keys in one order and a line a field, so that equal values give equal text and a cut falls between fields. */
export function canonicalJson(value: Json): string {
  return stringifyJson(sorted(value), 1);
}

/** Nothing that Kubernetes stores is nested deeper. */
const deepest = 200;

function sorted(value: Json, depth: number = 0): Json {
  if (depth > deepest) return '(nested too deep)';
  if (Array.isArray(value)) return value.map((item: Json) => sorted(item, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .toSorted(([a], [b]) => compareText(a, b))
      .map(([key, item]) => [key, sorted(item, depth + 1)]),
  );
}
