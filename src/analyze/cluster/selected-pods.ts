import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { textAt } from '../json-fields.ts';
import { fitsSelector } from '../label-match.ts';
import { podLabelsOf } from '../object-set.ts';
import { workloadOf } from '../pod-template.ts';
import type { SnapshotKind } from './kinds.ts';
import type { Look } from './look.ts';

/** Pods, and what will make Pods again when none runs now. */
export const podMakers: readonly SnapshotKind[] = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
];

/**
 * Whether a LabelSelector chooses a Pod, or the Pods of a template, of the object's namespace. Undefined where not all of
 * these could be read, and where the files hold none of them.
 */
export function selectsPods(look: Look, selector: JsonObject): boolean | undefined {
  const lists = podMakers.map((kind) => look.givenOf(kind));
  if (lists.some((list) => list?.some((maker) => isChosen(maker, look.namespace, selector)))) return true;
  const isUnknown = lists.includes(undefined) || !podMakers.some((kind) => look.isGiven(kind));
  return isUnknown ? undefined : false;
}

function isChosen(maker: KubeObject, namespace: string, selector: JsonObject): boolean {
  if (textAt(maker, 'metadata', 'namespace') !== namespace) return false;
  const workload = workloadOf(maker);
  return workload !== undefined && fitsSelector(selector, podLabelsOf(workload));
}
