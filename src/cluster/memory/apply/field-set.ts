import { isObject, stringifyJson, type Json, type JsonObject } from '../../../api/json.ts';
import { isDeepStrictEqual } from 'node:util';
import { itemKey, shapeAt, type FieldPath } from './field-shape.ts';

/** Fields as managed fields list them: `f:` for a field, `k:` for an item of a keyed list, `v:` for one of a set, `.` for the thing itself. */
export type FieldSet = JsonObject;

const itself = '.';

/** Every field that `value` sets. */
export function fieldsOf(apiVersion: string, value: JsonObject): FieldSet {
  return fieldsAt(apiVersion, [], value);
}

function fieldsAt(apiVersion: string, path: FieldPath, value: Json): FieldSet {
  const shape = shapeAt(apiVersion, path, value);
  if (shape.kind === 'map') {
    return mapEntries(value as JsonObject, (key, item) => [
      `f:${key}`,
      fieldsAt(apiVersion, [...path, key], item),
    ]);
  }
  if (shape.kind === 'set')
    return Object.fromEntries((value as readonly Json[]).map((item) => [`v:${stringifyJson(item)}`, {}]));
  if (shape.kind === 'atomic') return {};
  return Object.fromEntries(
    (value as readonly JsonObject[]).map((item) => [
      itemKey(item, shape.keys),
      { [itself]: {}, ...fieldsAt(apiVersion, path, item) },
    ]),
  );
}

/** The fields of `after` that are new or differ from `before`. */
export function changedFields(apiVersion: string, before: JsonObject, after: JsonObject): FieldSet {
  return changedAt(apiVersion, [], before, after) ?? {};
}

function changedAt(
  apiVersion: string,
  path: FieldPath,
  before: Json | undefined,
  after: Json,
): FieldSet | undefined {
  if (before === undefined) return fieldsAt(apiVersion, path, after);
  if (isDeepStrictEqual(before, after)) return undefined;
  const shape = shapeAt(apiVersion, path, after);
  if (shape.kind === 'map' && isObject(before)) {
    return withoutGaps(after as JsonObject, (key, item) => [
      `f:${key}`,
      changedAt(apiVersion, [...path, key], before[key], item),
    ]);
  }
  if (shape.kind === 'keyed' && shapeAt(apiVersion, path, before).kind === 'keyed') {
    const former = new Map(
      (before as readonly JsonObject[]).map((item) => [itemKey(item, shape.keys), item]),
    );
    const entries = (after as readonly JsonObject[]).map((item): [string, FieldSet | undefined] => {
      const key = itemKey(item, shape.keys);
      const old = former.get(key);
      if (old === undefined) return [key, { [itself]: {}, ...fieldsAt(apiVersion, path, item) }];
      return [key, changedAt(apiVersion, path, old, item)];
    });
    return Object.fromEntries(entries.filter((entry): entry is [string, FieldSet] => entry[1] !== undefined));
  }
  return fieldsAt(apiVersion, path, after);
}

/** What is in `set` and not in `other`. Undefined: nothing is left. */
export function subtract(set: FieldSet, other: FieldSet): FieldSet | undefined {
  const left: Record<string, Json> = {};
  for (const [key, item] of Object.entries(set)) {
    const removed = other[key];
    if (removed === undefined) left[key] = item;
    else if (isLeaf(item)) continue;
    // An empty map or list holds none of the fields that were inside.
    else if (isLeaf(removed)) left[key] = item;
    else {
      const rest = subtract(item as FieldSet, removed as FieldSet);
      if (rest !== undefined) left[key] = rest;
    }
  }
  return Object.keys(left).length === 0 ? undefined : left;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const all: Record<string, Json> = { ...a };
  for (const [key, item] of Object.entries(b)) {
    const own = all[key];
    all[key] = isObject(own) && isObject(item) ? union(own, item) : item;
  }
  return all;
}

/** `value` without the fields of `set`; maps and lists that this empties go, too. */
export function removeFields(
  apiVersion: string,
  value: JsonObject,
  set: FieldSet,
  path: FieldPath = [],
): JsonObject {
  const left: Record<string, Json> = { ...value };
  for (const [name, inner] of Object.entries(set)) {
    if (!name.startsWith('f:')) continue;
    const key = name.slice(2);
    const item = left[key];
    if (item === undefined) continue;
    const rest = removeAt(apiVersion, item, inner as FieldSet, [...path, key]);
    if (rest === undefined) delete left[key];
    else left[key] = rest;
  }
  return left;
}

function removeAt(apiVersion: string, value: Json, set: FieldSet, path: FieldPath): Json | undefined {
  if (isLeaf(set)) return undefined;
  const shape = shapeAt(apiVersion, path, value);
  if (shape.kind === 'map') {
    const rest = removeFields(apiVersion, value as JsonObject, set, path);
    return Object.keys(rest).length === 0 ? undefined : rest;
  }
  if (shape.kind === 'set') {
    const rest = (value as readonly Json[]).filter((item) => set[`v:${stringifyJson(item)}`] === undefined);
    return rest.length === 0 ? undefined : rest;
  }
  // It has become another thing altogether, which is not what the set means.
  if (shape.kind === 'atomic') return value;
  const rest = (value as readonly JsonObject[]).flatMap((item): readonly JsonObject[] => {
    const inner = set[itemKey(item, shape.keys)];
    if (!isObject(inner)) return [item];
    // The item itself was ours: it goes whole.
    return inner[itself] === undefined ? [removeFields(apiVersion, item, inner, path)] : [];
  });
  return rest.length === 0 ? undefined : rest;
}

function isLeaf(set: Json | undefined): boolean {
  return isObject(set) && Object.keys(set).length === 0;
}

function mapEntries(
  value: JsonObject,
  entry: (key: string, item: Json) => readonly [string, FieldSet],
): FieldSet {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => entry(key, item)));
}

function withoutGaps(
  value: JsonObject,
  entry: (key: string, item: Json) => readonly [string, FieldSet | undefined],
): FieldSet | undefined {
  const entries = Object.entries(value).map(([key, item]) => entry(key, item));
  const found = entries.filter((each): each is readonly [string, FieldSet] => each[1] !== undefined);
  return found.length === 0 ? undefined : Object.fromEntries(found);
}
