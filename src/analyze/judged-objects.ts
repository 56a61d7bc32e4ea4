import type { KubeObject } from '../api/kube-object.ts';
import { fieldAt, flagAt, numberAt, objectAt, objectsAt, textAt } from './json-fields.ts';
import { kindOf } from './object-set.ts';
import { nameOf } from './object-name.ts';

/** Whether it is the ReplicaSet of a former revision, which runs nothing. */
export function isFormerRevision(object: KubeObject): boolean {
  return (
    kindOf(object) === 'ReplicaSet.apps' && numberAt(object, 'spec', 'replicas') === 0 && isOwned(object)
  );
}

/**
 * Whether it is a role that Kubernetes brings, by its name and its label. Anyone can write both, so who leaves such roles out
 * says how many; what binds a role to somebody is never one.
 */
export function isBuiltInRole(object: KubeObject): boolean {
  if (object.kind !== 'ClusterRole' && object.kind !== 'Role') return false;
  const name = nameOf(object);
  const label = fieldAt(object, 'metadata', 'labels', 'kubernetes.io/bootstrapping');
  return label === 'rbac-defaults' && (name.startsWith('system:') || namesForPeople.has(name));
}

/** A Pod that runs names its node because the scheduler wrote it there. */
export function asWritten(object: KubeObject): KubeObject {
  if (kindOf(object) !== 'Pod' || textAt(object, 'status', 'phase') === '') return object;
  const { nodeName: _nodeName, ...spec } = objectAt(object, 'spec');
  return { ...object, spec };
}

const namesForPeople: ReadonlySet<string> = new Set(['cluster-admin', 'admin', 'edit', 'view']);

function isOwned(object: KubeObject): boolean {
  return objectsAt(object, 'metadata', 'ownerReferences').some((each) => flagAt(each, 'controller') === true);
}
