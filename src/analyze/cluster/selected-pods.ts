import { stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { objectAt, textAt } from '../json-fields.ts';
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
  const isFound = lists.some((list) =>
    list === undefined
      ? false
      : (labelSetsOf(list).get(look.namespace) ?? []).some((labels) => fitsSelector(selector, labels)),
  );
  if (isFound) return true;
  const isUnknown = lists.includes(undefined) || !podMakers.some((kind) => look.isGiven(kind));
  return isUnknown ? undefined : false;
}

/** One reading of a list serves all selectors that are asked of it. */
const labelSetsByList = new WeakMap<readonly KubeObject[], ReadonlyMap<string, readonly JsonObject[]>>();

/** By namespace the labels that Pods have or will get, each set of them once: the replicas of a workload share theirs. */
function labelSetsOf(list: readonly KubeObject[]): ReadonlyMap<string, readonly JsonObject[]> {
  const known = labelSetsByList.get(list);
  if (known !== undefined) return known;
  const sets = new Map<string, Map<string, JsonObject>>();
  for (const maker of list) {
    const labels = podLabels(maker);
    const namespace = textAt(maker, 'metadata', 'namespace');
    const ofNamespace = sets.get(namespace) ?? new Map<string, JsonObject>();
    sets.set(namespace, ofNamespace.set(stringifyJson(labels), labels));
  }
  const made = new Map([...sets].map(([namespace, each]) => [namespace, [...each.values()]]));
  labelSetsByList.set(list, made);
  return made;
}

function podLabels(maker: KubeObject): JsonObject {
  if (maker.kind === 'Pod') return objectAt(maker, 'metadata', 'labels');
  const workload = workloadOf(maker);
  return workload === undefined ? {} : podLabelsOf(workload);
}
