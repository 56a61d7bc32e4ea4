import type { Json } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { isObject } from '../api/json.ts';
import { parseBounded } from './json-depth.ts';

/** Keys of a wrapper, or items of a list, beyond this are not looked into; one more than an answer handles, so that it shows. */
const breadthLimit = 51;

/** The Kubernetes objects of a value: itself, its items if it is a list, or what a wrapper (`{value: …}`) holds. */
export function kubeObjectsIn(value: unknown, depth: number = 0): readonly KubeObject[] {
  if (depth > 5) return [];
  if (typeof value === 'string') {
    const inner = /^\s*[[{"]/.test(value) ? parseBounded(value) : undefined;
    return inner === undefined ? [] : kubeObjectsIn(inner, depth + 1);
  }
  if (Array.isArray(value))
    return value.slice(0, breadthLimit).flatMap((item) => kubeObjectsIn(item, depth + 1));
  if (!isObject(value)) return [];
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    return Object.values(value)
      .filter((item) => typeof item === 'object')
      .slice(0, breadthLimit)
      .flatMap((item) => kubeObjectsIn(item, depth + 1));
  }
  const items = value['items'];
  if (kind.endsWith('List') && Array.isArray(items)) {
    return (items as readonly Json[])
      .slice(0, breadthLimit)
      .flatMap((item) => kubeObjectsIn(typed(item, apiVersion, kind), depth + 1));
  }
  return [{ ...value, apiVersion, kind, metadata: isObject(value['metadata']) ? value['metadata'] : {} }];
}

/** Items of a typed list (`DeploymentList`) do not name their kind. */
function typed(item: Json, apiVersion: string, listKind: string): Json {
  if (!isObject(item) || typeof item['kind'] === 'string' || listKind === 'List') return item;
  return { apiVersion, kind: listKind.slice(0, -'List'.length), ...item };
}
