import { isObject, type Json, type JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { isNamespaced } from '../../src/cluster/known-kinds.ts';
import { derivedUid } from '../../src/cluster/memory/derived-identity.ts';
import { timestamp } from '../../src/cluster/memory/timestamp.ts';
import { fieldAt, objectAt, objectsAt, textAt } from '../../src/analyze/json-fields.ts';
import { ageInText } from './age.ts';

/** Objects without a time of their own are a day old. */
const usualAge = '1d ago';

/**
 * The objects of a scenario as an API server holds them at `nowMs`: times for ages, uids, the namespace `default`, and the
 * references of owners and events in full.
 */
export function completeState(written: readonly KubeObject[], nowMs: number): readonly KubeObject[] {
  const placed = written.map(
    (object) => atTime(inPlace(object) as unknown as Json, nowMs) as unknown as KubeObject,
  );
  return placed.map((object) => withReferences(object, placed));
}

function inPlace(object: KubeObject): KubeObject {
  const { kind, apiVersion, metadata } = object;
  const namespace = isNamespaced(apiVersion, kind) ? (metadata.namespace ?? 'default') : '';
  return {
    ...object,
    metadata: {
      ...(namespace === '' ? {} : { namespace }),
      uid: derivedUid('scenario', kind, namespace, metadata.name ?? ''),
      creationTimestamp: usualAge,
      ...metadata,
    },
  };
}

function atTime(value: Json, nowMs: number): Json {
  if (typeof value === 'string') {
    const age = ageInText(value);
    return age === undefined ? value : timestamp(nowMs - age);
  }
  if (Array.isArray(value)) return value.map((each) => atTime(each, nowMs));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, atTime(each, nowMs)]));
}

function withReferences(object: KubeObject, all: readonly KubeObject[]): KubeObject {
  const namespace = object.metadata.namespace;
  const owners = objectsAt(object, 'metadata', 'ownerReferences').map((owner) => ({
    controller: true,
    ...identityOf(owner, namespace, all),
    ...owner,
  }));
  const about = objectAt(object, 'involvedObject');
  return {
    ...object,
    metadata: { ...object.metadata, ...(owners.length === 0 ? {} : { ownerReferences: owners }) },
    ...(object.kind === 'Event'
      ? { involvedObject: { namespace: namespace ?? '', ...identityOf(about, namespace, all), ...about } }
      : {}),
  };
}

/** API version and uid of an object that is named by kind and name alone. */
function identityOf(
  reference: JsonObject,
  namespace: string | undefined,
  all: readonly KubeObject[],
): JsonObject {
  const [kind, name] = [textAt(reference, 'kind'), textAt(reference, 'name')];
  const found = all.find(
    (each) =>
      each.kind === kind &&
      each.metadata.name === name &&
      (each.metadata.namespace === undefined || each.metadata.namespace === namespace),
  );
  if (found !== undefined) return { apiVersion: found.apiVersion, uid: found.metadata.uid ?? '' };
  if (fieldAt(reference, 'uid') === undefined)
    throw new Error(`the state holds no ${kind} ${name}, which it refers to`);
  return {};
}
