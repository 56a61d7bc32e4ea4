import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import { quoteText } from './quote-text.ts';
import type { FindingObject } from './finding.ts';
import { textAt } from './json-fields.ts';

/** The reference of an object that was seen on `cluster`. */
export function refOf(object: KubeObject, cluster: string): FindingObject {
  const namespace = textAt(object, 'metadata', 'namespace');
  const uid = textAt(object, 'metadata', 'uid');
  return {
    cluster,
    apiVersion: textAt(object, 'apiVersion'),
    kind: textAt(object, 'kind'),
    ...(namespace === '' ? {} : { namespace }),
    name: nameOf(object),
    ...(uid === '' ? {} : { uid }),
  };
}

export function nameOf(object: KubeObject): string {
  const name = textAt(object, 'metadata', 'name');
  return name === '' ? textAt(object, 'metadata', 'generateName') : name;
}

/** `Deployment default/web`; safe to print whatever the object says it is called. */
export function describeRef(ref: Omit<ObjectRef, 'cluster' | 'apiVersion'>): string {
  const place = ref.namespace === undefined ? '' : `${quoteText(ref.namespace, 63)}/`;
  return `${quoteText(ref.kind, 63)} ${place}${ref.name === '' ? '(no name)' : quoteText(ref.name, 253)}`;
}

export function describeObject(object: KubeObject): string {
  return describeRef(refOf(object, ''));
}
