import type { KubeObject } from '../../api/kube-object.ts';
import { cronBehaviour } from './cron-jobs/cron-behaviour.ts';
import { deploymentBehaviour } from './deployments/deployment-behaviour.ts';
import type { EventNote } from './events.ts';
import { jobBehaviour } from './jobs/job-behaviour.ts';
import { objectAt } from '../json-reading.ts';
import type { ObjectKey } from './object-store.ts';
import { podBehaviour } from './pods/pod-behaviour.ts';
import type { RecordCache } from './record-cache.ts';
import { podSetBehaviour } from './sets/pod-set-behaviour.ts';
import { boundStatus } from './sets/project-claim.ts';
import { resourceVersion } from './resource-version.ts';
import { withServerMetadata, type StoredObject } from './stored-object.ts';

/** Kinds that controllers make. */
export type OwnedKind = 'Pod' | 'ReplicaSet' | 'PersistentVolumeClaim' | 'Job';

/** What a stored object shows at one moment, itself and what controllers made for it. */
export interface Behaviour {
  readonly object: KubeObject;
  /** Objects of this kind that it owns, directly or not. */
  owned(kind: OwnedKind): readonly KubeObject[];
  notes(): readonly EventNote[];
  /** When something of it changes next; Infinity: never. */
  nextMs(): number;
}

export function behaviourAt(
  key: ObjectKey,
  stored: StoredObject,
  now: number,
  cache: RecordCache,
): Behaviour {
  const { course } = stored;
  const plain = withServerMetadata(stored, key, resourceVersion(stored.revision, 0));
  const owner = { name: key.name, namespace: key.namespace, uid: stored.uid, revision: stored.revision };
  if (course.kind === 'deployment')
    return deploymentBehaviour(plain, cache.rollout(course.rollout, owner, now), owner, now);
  if (course.kind === 'job') return jobBehaviour(plain, cache.job(course.run, owner, now), owner, now);
  if (course.kind === 'set') return podSetBehaviour(plain, cache.podSet(course.set, owner, now), owner, now);
  if (course.kind === 'cron') return cronBehaviour(plain, cache.cron(course.run, owner, now), owner, now);
  if (course.kind === 'pod') return podBehaviour(plain, course.outcomes, stored, now);
  return { object: withStatus(plain), owned: () => [], notes: () => [], nextMs: () => Infinity };
}

/** The little status that kinds without a course have from the start. */
function withStatus(object: KubeObject): KubeObject {
  if (object.apiVersion !== 'v1') return object;
  if (object.kind === 'Namespace') return { ...object, status: { phase: 'Active' } };
  if (object.kind === 'Service') return { ...object, status: { loadBalancer: {} } };
  if (object.kind === 'PersistentVolumeClaim')
    return { ...object, status: boundStatus(objectAt(object, 'spec')) };
  return object;
}
