import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { groupOf, isOwnGroup } from '../../cluster/known-kinds.ts';
import { fieldAt, textAt } from '../json-fields.ts';
import { workloadOf } from '../pod-template.ts';
import type { SnapshotKind } from './kinds.ts';
import type { Look } from './look.ts';

/** Kubernetes' own kinds that can be scaled; of others only their API server knows. */
export const scalableKinds: readonly SnapshotKind[] = [
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'ReplicationController',
];

export type ScaleTarget =
  | { readonly state: 'found'; readonly object: KubeObject }
  /** `unknown`: not named, not readable, or of a kind that is not Kubernetes' own. */
  | { readonly state: 'missing' | 'notScalable' | 'unknown' };

/** What a `scaleTargetRef` in the object's namespace means. */
export function scaleTargetOf(look: Look, reference: JsonObject, kindText: string): ScaleTarget {
  const name = textAt(reference, 'name');
  if (name === '' || kindText === '' || !isOwnGroup(groupOf(textAt(reference, 'apiVersion'))))
    return { state: 'unknown' };
  const kind = scalableKinds.find((each) => each === kindText);
  if (kind === undefined) return { state: 'notScalable' };
  const object = look.find(kind, look.namespace, name);
  if (object === undefined) return { state: 'unknown' };
  return object === 'absent' ? { state: 'missing' } : { state: 'found', object };
}

/** Names of the containers that say nothing of how much of a resource they need, of all or of one. */
export function withoutRequest(target: KubeObject, resource: string, container?: string): readonly string[] {
  const containers = (workloadOf(target)?.containers ?? []).filter(
    ({ role, spec }) => role === 'app' && (container === undefined || textAt(spec, 'name') === container),
  );
  return containers
    .filter(({ spec }) =>
      // A limit without a request is the request, too.
      ['requests', 'limits'].every((field) => fieldAt(spec, 'resources', field, resource) === undefined),
    )
    .map(({ name }) => name);
}
