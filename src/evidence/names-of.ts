import type { KubeObject } from '../api/kube-object.ts';
import { textAt } from '../analyze/json-fields.ts';
import type { ObjectName } from './masking/object-names.ts';

/** What `--anonymize` replaces of these objects. Pods and ReplicaSets are left to the names they are derived from. */
export function namesOf(objects: readonly KubeObject[]): readonly ObjectName[] {
  const names = new Map<string, ObjectName>();
  const add = (kind: ObjectName['kind'], name: string): void => {
    if (name !== '') names.set(name, { kind, name });
  };
  for (const object of objects) {
    const owned = (object.metadata.ownerReferences ?? []).length > 0;
    if (!owned)
      add(
        object.kind === 'Node' ? 'node' : object.kind === 'Namespace' ? 'ns' : 'workload',
        textAt(object, 'metadata', 'name'),
      );
    for (const reference of object.metadata.ownerReferences ?? []) {
      if (reference['kind'] !== 'ReplicaSet') add('workload', textAt(reference, 'name'));
    }
    add('node', textAt(object, 'spec', 'nodeName'));
    add('ns', textAt(object, 'metadata', 'namespace'));
  }
  return [...names.values()];
}
