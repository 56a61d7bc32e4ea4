import { isObject, type Json, type JsonObject } from '../api/json.ts';
import { mergePatch } from '../api/merge-patch.ts';

/**
 * The merge patch that does to `live` what `patch` means when elements of its lists stand for those of the same `name`: every
 * list in it is written out in full. A list whose elements have no names replaces the one that is there.
 */
export function withMergedLists(live: Json | undefined, patch: JsonObject): JsonObject {
  const base = isObject(live) ? live : {};
  const fields = Object.entries(patch).map(([key, value]): [string, Json] => {
    const current = Object.hasOwn(base, key) ? base[key] : undefined;
    if (isObject(value)) return [key, withMergedLists(current, value)];
    return [key, Array.isArray(value) ? mergeList(current, value as readonly Json[]) : (value ?? null)];
  });
  return Object.fromEntries(fields);
}

function mergeList(live: Json | undefined, patch: readonly Json[]): Json {
  const current = Array.isArray(live) ? (live as readonly Json[]) : [];
  if (nameOf(patch[0]) === undefined || ![...current, ...patch].every((item) => nameOf(item) !== undefined)) {
    return patch;
  }
  const changes = new Map(patch.map((item) => [nameOf(item), item as JsonObject]));
  const changed = current.map((item) => {
    const change = changes.get(nameOf(item));
    changes.delete(nameOf(item));
    return change === undefined ? item : mergePatch(item, withMergedLists(item, change));
  });
  return [...changed, ...[...changes.values()].map((item) => mergePatch(null, item))];
}

function nameOf(item: Json | undefined): string | undefined {
  const name = isObject(item) ? item['name'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Whether a patch has a list anywhere: without one the two meanings are the same. */
export function hasList(patch: Json): boolean {
  if (Array.isArray(patch)) return true;
  return isObject(patch) && Object.values(patch).some((value) => hasList(value ?? null));
}
