import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { withoutFreeText } from '../free-text.ts';
import { stripComments } from '../strip-comments.ts';
import { trimObject } from '../trim-object.ts';

/** Wrappers and lists nest no deeper. */
const deepest = 8;

/** What a step hands over to be asked about: a text as it is, objects trimmed and as one line of JSON. */
export function contentText(content: Json, keepComments: boolean): string {
  if (typeof content === 'string') return keepComments ? content : stripComments(content);
  return stringifyJson(trimmed(content, keepComments, 0));
}

/** The Kubernetes objects in it: itself, or what lists and wrappers hold. */
export function objectsIn(content: Json, depth: number = 0): readonly KubeObject[] {
  if (isKubeObject(content)) return [content as unknown as KubeObject];
  if (depth > deepest || typeof content !== 'object' || content === null) return [];
  return Object.values(content).flatMap((item: Json) => objectsIn(item, depth + 1));
}

function trimmed(value: Json, keepComments: boolean, depth: number): Json {
  if (isKubeObject(value)) {
    const object = keepComments
      ? (value as unknown as KubeObject)
      : withoutFreeText(value as unknown as KubeObject);
    const { uid } = object.metadata;
    const { metadata, ...rest } = trimObject(object);
    // By its uid the offline engine knows the very object.
    const kept = isObject(metadata) ? metadata : {};
    return { ...rest, metadata: uid === undefined ? kept : { ...kept, uid } };
  }
  if (depth > deepest) return value;
  if (Array.isArray(value)) return value.map((item: Json) => trimmed(item, keepComments, depth + 1));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, trimmed(item, keepComments, depth + 1)]),
  );
}

function isKubeObject(value: Json): value is JsonObject {
  return (
    isObject(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isObject(value['metadata'])
  );
}
