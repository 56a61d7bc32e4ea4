import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject } from '../../../api/json.ts';
import { objectsAt, textAt } from '../../json-reading.ts';
import { timestamp } from '../timestamp.ts';
import { changedFields, fieldsOf, removeFields, subtract, union, type FieldSet } from './field-set.ts';
import { mergeApplied } from './merge-applied.ts';

/** The name under which Sluice owns fields. */
export const fieldManager = 'sluice';

type Operation = 'Apply' | 'Update';

/** Fields that the server sets: nobody owns them, and what an applied object says of them is not heard. */
const serverMetadata = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
];

/**
 * What an apply makes of `live` (undefined: there is none), without the server's own metadata except managedFields. Fields
 * that this manager applied before and no longer does are gone, unless another operation set them, too. `finish` fills in
 * the API server's defaults. The same object again leaves everything as it is.
 */
export function serverSideApply(
  live: JsonObject | undefined,
  applied: JsonObject,
  finish: (object: JsonObject) => JsonObject,
  nowMs: number,
): JsonObject {
  const apiVersion = textAt(applied, 'apiVersion');
  const intent = withoutServerMetadata(applied);
  const before = managedEntries(live);
  const own = before.find((entry) => entry['operation'] === 'Apply');
  const owned = fieldsV1(own);
  const fields = fieldsOf(apiVersion, ownable(intent));
  const others = before.filter((entry) => entry !== own);
  const othersOwn = others.reduce<FieldSet>((all, entry) => union(all, fieldsV1(entry)), {});
  const dropped = subtract(owned, fields);
  const lost = dropped === undefined ? undefined : subtract(dropped, othersOwn);
  const base = withoutServerMetadata(live ?? {});
  const merged = mergeApplied(apiVersion, base, intent);
  const result = finish(lost === undefined ? merged : removeFields(apiVersion, merged, lost));
  const changed = changedFields(apiVersion, base, result);
  const entry =
    own !== undefined && isDeepStrictEqual(owned, fields) && isDeepStrictEqual(base, result)
      ? own
      : managedEntry('Apply', apiVersion, fields, nowMs);
  return withManaged(result, [entry, ...disown(others, changed)]);
}

/** What an update (such as a patch) makes of `live`: `changedTo` replaces it, and what differs is owned by the updater. */
export function recordUpdate(live: JsonObject, changedTo: JsonObject, nowMs: number): JsonObject {
  const apiVersion = textAt(changedTo, 'apiVersion');
  const base = withoutServerMetadata(live);
  const result = withoutServerMetadata(changedTo);
  const before = managedEntries(live);
  if (isDeepStrictEqual(base, result)) return withManaged(result, before);
  const changed = changedFields(apiVersion, ownable(base), ownable(result));
  const own = before.find((entry) => entry['operation'] === 'Update');
  const others = before.filter((entry) => entry !== own);
  const fields = union(fieldsV1(own), changed);
  return withManaged(result, [...disown(others, changed), managedEntry('Update', apiVersion, fields, nowMs)]);
}

export function withoutServerMetadata(object: JsonObject): JsonObject {
  const metadata = isObject(object['metadata']) ? object['metadata'] : {};
  const own = Object.fromEntries(Object.entries(metadata).filter(([key]) => !serverMetadata.includes(key)));
  return { ...object, metadata: own };
}

function ownable(object: JsonObject): JsonObject {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  return isObject(metadata) && Object.keys(metadata).length > 0 ? { metadata, ...rest } : rest;
}

/** What changed under other operations is no longer theirs. */
function disown(entries: readonly JsonObject[], changed: FieldSet): readonly JsonObject[] {
  return entries.flatMap((entry) => {
    const left = subtract(fieldsV1(entry), changed);
    return left === undefined ? [] : [{ ...entry, fieldsV1: left }];
  });
}

function managedEntries(object: JsonObject | undefined): readonly JsonObject[] {
  return objectsAt(object, 'metadata', 'managedFields');
}

function fieldsV1(entry: JsonObject | undefined): FieldSet {
  const fields = entry?.['fieldsV1'];
  return isObject(fields) ? fields : {};
}

function managedEntry(operation: Operation, apiVersion: string, fields: FieldSet, nowMs: number): JsonObject {
  return {
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    manager: fieldManager,
    operation,
    time: timestamp(nowMs),
  };
}

function withManaged(object: JsonObject, entries: readonly JsonObject[]): JsonObject {
  const metadata = object['metadata'] as Readonly<Record<string, Json>>;
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}
