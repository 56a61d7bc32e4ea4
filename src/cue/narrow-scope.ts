import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { Reference } from '../expr/expression.ts';

/** What of a value is read: all of it, or some of its fields. */
type Part = 'all' | Map<string, Part>;

/**
 * Leaves out of a scope what an expression does not name: less to evaluate, and an answer that was kept serves again where
 * only the rest differs, such as times and ids. A path that leads nowhere keeps all that stands beside its end, so that a fault
 * reads the same.
 */
export function narrowScope(
  scope: JsonObject,
  expression: string,
  references: readonly Reference[],
): JsonObject {
  const parts = new Map<string, Part>();
  for (const { segments } of references) read(parts, segments);
  const named = Object.entries(scope).filter(([name]) => parts.has(name) || expression.includes(name));
  return Object.fromEntries(named.map(([name, value]) => [name, pick(value, parts.get(name) ?? 'all')]));
}

function read(parts: Map<string, Part>, [first, ...rest]: readonly string[]): void {
  const known = first === undefined ? 'all' : parts.get(first);
  if (first === undefined || known === 'all') return;
  if (rest.length === 0) {
    parts.set(first, 'all');
    return;
  }
  const inner = known ?? new Map<string, Part>();
  parts.set(first, inner);
  read(inner, rest);
}

function pick(value: Json, part: Part): Json {
  if (part === 'all' || !isObject(value)) return value;
  if ([...part.keys()].some((name) => !Object.hasOwn(value, name))) return value;
  const fields = Object.entries(value).flatMap(([name, inner]) => {
    const wanted = part.get(name);
    return wanted === undefined ? [] : [[name, pick(inner, wanted)] as const];
  });
  return Object.fromEntries(fields);
}
