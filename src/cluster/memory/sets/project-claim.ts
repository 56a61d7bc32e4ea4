import type { JsonObject } from '../../../api/json.ts';
import type { KubeObject } from '../../../api/kube-object.ts';
import { objectAt, valueAt } from '../../json-reading.ts';
import { resourceVersion } from '../resource-version.ts';
import { timestamp } from '../timestamp.ts';
import type { PodSet, SetClaim, SetOwner } from './pod-set.ts';

/** The claim as the API shows it: bound from the start, since an in-memory cluster has all the room there is. */
export function projectClaim(claim: SetClaim, set: PodSet, owner: SetOwner): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: claim.name,
      namespace: owner.namespace,
      uid: claim.uid,
      resourceVersion: resourceVersion(owner.revision, 0),
      creationTimestamp: timestamp(claim.createdMs),
      ...claimMetadata(claim, set),
    },
    ...claimBody(claim),
    status: boundStatus(objectAt(claim.template, 'spec')),
  };
}

/** The claim as it is kept when its StatefulSet is gone. */
export function keptClaim(claim: SetClaim, set: PodSet): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: claimMetadata(claim, set),
    ...claimBody(claim),
  };
}

/** What a claim of this spec shows. */
export function boundStatus(spec: JsonObject): JsonObject {
  const storage = valueAt(spec, 'resources', 'requests', 'storage');
  return {
    ...(spec['accessModes'] === undefined ? {} : { accessModes: spec['accessModes'] }),
    ...(storage === undefined ? {} : { capacity: { storage } }),
    phase: 'Bound',
  };
}

function claimMetadata(claim: SetClaim, set: PodSet): JsonObject {
  const { annotations, labels } = objectAt(claim.template, 'metadata');
  const all = { ...objectAt(set.spec, 'selector', 'matchLabels'), ...objectAt(labels) };
  return { ...(annotations === undefined ? {} : { annotations }), labels: all };
}

function claimBody({ template, uid }: SetClaim): { readonly spec: JsonObject } {
  const spec = objectAt(template, 'spec');
  return { spec: { volumeMode: 'Filesystem', ...spec, volumeName: `pvc-${uid}` } };
}
