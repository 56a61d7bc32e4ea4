import { stringifyJson, type JsonObject } from '../../../api/json.ts';
import { derivedSuffix } from '../derived-identity.ts';

/** The same for the same template, whatever the order of its fields. */
export function templateHash(template: JsonObject): string {
  return derivedSuffix(10, 'template', stringifyJson(sortKeys(template) as JsonObject));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
