import { parseJson, stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject, ObjectMeta } from '../../api/kube-object.ts';
import type { CronRun } from './cron-jobs/cron-run.ts';
import type { Rollout } from './deployments/rollout.ts';
import type { ImageOutcomes } from './images/image-outcome.ts';
import type { JobRun } from './jobs/job-run.ts';
import type { PodSet } from './sets/pod-set.ts';
import { objectAt } from '../json-reading.ts';
import { timestamp } from './timestamp.ts';

/** What is kept of one object: what users wrote, when, and where what it does stood at that moment. */
export interface StoredObject {
  readonly uid: string;
  readonly createdMs: number;
  /** The store's count when it was last written. */
  readonly revision: number;
  /** Undefined for kinds without one. */
  readonly generation?: number;
  /** As written, with defaults; of metadata only what users own, and managedFields. Status only where nothing computes it. */
  readonly object: JsonObject;
  readonly course: Course;
}

/** What the object does by itself. */
export type Course =
  | { readonly kind: 'none' }
  | { readonly kind: 'pod'; readonly outcomes: ImageOutcomes }
  | { readonly kind: 'deployment'; readonly rollout: Rollout }
  | { readonly kind: 'job'; readonly run: JobRun }
  | { readonly kind: 'set'; readonly set: PodSet }
  | { readonly kind: 'cron'; readonly run: CronRun };

export function encodeStored(stored: StoredObject): string {
  return stringifyJson(stored);
}

export function decodeStored(record: string): StoredObject {
  return parseJson(record) as unknown as StoredObject;
}

/** The object with its metadata, in the order in which the API prints it. */
export function withServerMetadata(
  stored: StoredObject,
  place: { readonly name: string; readonly namespace: string },
  version: string,
): KubeObject {
  const { apiVersion, kind, metadata: _own, ...rest } = stored.object;
  const { labels, annotations, managedFields, ...own } = objectAt(stored.object, 'metadata');
  const metadata = {
    name: place.name,
    ...(place.namespace === '' ? {} : { namespace: place.namespace }),
    uid: stored.uid,
    resourceVersion: version,
    ...(stored.generation === undefined ? {} : { generation: stored.generation }),
    creationTimestamp: timestamp(stored.createdMs),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...own,
    ...(managedFields === undefined ? {} : { managedFields }),
  };
  return { apiVersion, kind, metadata: metadata as ObjectMeta, ...rest } as KubeObject;
}
