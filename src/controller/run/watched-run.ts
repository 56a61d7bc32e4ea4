import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { recordOf, type RunRecord } from '../../store/cluster/run-record.ts';

/** A WorkflowRun as the informer keeps it. Of a finished run only what may still be asked of it is kept. */
export interface WatchedRun {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** By what its shard is chosen: its uid, or its concurrency group, whose runs all belong to one process. */
  readonly lot: string;
  readonly resourceVersion: string;
  readonly isDeleting: boolean;
  readonly createdAtMs: number;
  readonly labels: Readonly<Record<string, string>>;
  /** `status.status`; '' before anyone has written it. */
  readonly phase: string;
  readonly isFinished: boolean;
  /** Of a finished run: when it ended, and how long it is kept after that (`spec.ttl`, a Go duration). */
  readonly endedAt: string | undefined;
  readonly ttl: string | undefined;
  /** The record of whoever wrote the status last; kept also when the run has finished, for a restart. */
  readonly record: RunRecord | undefined;
  /** Spec, status and metadata of a run that has not finished. */
  readonly object: KubeObject | undefined;
}

/** What the informer keeps of an object. Undefined for what is no run. */
export function watchedRun(object: KubeObject): WatchedRun | undefined {
  const { metadata } = object;
  const { namespace, name, uid, resourceVersion } = metadata;
  if (namespace === undefined || name === undefined || uid === undefined) return undefined;
  const spec = objectAt(object['spec']);
  const status = objectAt(object['status']);
  const group = textOf(objectAt(spec['concurrency'])['group']);
  const isFinished = status['finished'] === true;
  return {
    namespace,
    name,
    uid,
    lot: group === undefined || group === '' ? uid : `${namespace}/${group}`,
    resourceVersion: resourceVersion ?? '',
    isDeleting: metadata['deletionTimestamp'] !== undefined,
    createdAtMs: Date.parse(metadata.creationTimestamp ?? '') || 0,
    labels: metadata.labels ?? {},
    phase: textOf(status['status']) ?? '',
    isFinished,
    endedAt: textOf(status['endTime']),
    ttl: textOf(spec['ttl']),
    record: isFinished ? withoutLogs(recordOf(status)) : recordOf(status),
    object: isFinished ? undefined : object,
  };
}

/** The identity by which a live process knows the run; a run deleted and made again has another uid. */
export function keyOf({ namespace, name }: Pick<WatchedRun, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function withoutLogs(record: RunRecord | undefined): RunRecord | undefined {
  if (record === undefined) return undefined;
  const { logs: _logs, ...rest } = record;
  return rest;
}

function objectAt(value: KubeObject[string] | Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
