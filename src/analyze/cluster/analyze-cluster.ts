import type { KubeObject } from '../../api/kube-object.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { parseLabelSelector } from '../../cluster/label-selector.ts';
import { compareText } from '../../cluster/object-order.ts';
import { isRolledOut, progressOf } from '../diagnosis/rollout-progress.ts';
import { compareSeverity, type Finding, type FindingObject } from '../finding.ts';
import { objectAt, objectsAt, textAt } from '../json-fields.ts';
import { groupIncidents } from '../incident/group-incidents.ts';
import type { Incident } from '../incident/incident.ts';
import { refOf } from '../object-name.ts';
import type { Analyzer, Problem } from './analyzer.ts';
import { Look } from './look.ts';
import { readLogs } from './logs/read-logs.ts';
import type { ReadGap } from './read-gap.ts';
import type { SnapshotKind } from './kinds.ts';
import type { Snapshot } from './snapshot.ts';
import { takeSnapshot } from './take-snapshot.ts';

export interface AnalyzeQuery {
  readonly analyzers: readonly Analyzer[];
  /** Absent: all. Of kinds without a namespace all are judged; webhooks only by Services of this namespace. */
  readonly namespace?: string;
  /** Chooses which objects are judged, not which they are judged by. Label selector text, such as `app=web`. */
  readonly labelSelector?: string;
  readonly nowMs: number;
  /** So many logs are read at most, where an analyzer asks for some; 100 if absent. */
  readonly mostLogs?: number;
}

export interface ClusterFinding extends Finding {
  readonly analyzer: string;
  /** `Kind/name` of the topmost known owner; absent for an object that nothing owns. */
  readonly parent?: string;
  readonly k8sgpt?: Problem['k8sgpt'];
  readonly missing?: Problem['missing'];
}

/** A list or a log that an analyzer needed and could not read. */
export interface NotChecked extends ReadGap {
  readonly analyzer: string;
  /** Objects that could not be judged in full; absent when the kind itself could not be listed. */
  readonly objects?: number;
}

export interface Analysis {
  /** Of every kind that was looked at, in the order of the analyzers. */
  readonly checked: readonly { readonly analyzer: string; readonly objects: number }[];
  /** Worst first, then by analyzer, place and reason: the same state gives the same order. */
  readonly findings: readonly ClusterFinding[];
  /** The same findings by what causes them, worst first. */
  readonly incidents: readonly Incident[];
  readonly notChecked: readonly NotChecked[];
  /** Workloads whose rollout is not over: what they lack may not be a problem yet. */
  readonly rollingOut: readonly FindingObject[];
}

/** Judges a cluster by one list a kind. Throws SluiceError `invalid` for a selector that cannot be read. */
export async function analyzeCluster(cluster: ReadOnlyCluster, query: AnalyzeQuery): Promise<Analysis> {
  const { analyzers, namespace, labelSelector = '', nowMs, mostLogs = 100 } = query;
  const isChosen = parseLabelSelector(labelSelector);
  const kinds = analyzers.flatMap(({ judges, reads }) => [...judges, ...reads]);
  const snapshot = await takeSnapshot(cluster, {
    kinds: [...kinds, ...ownerKinds],
    ...(namespace === undefined ? {} : { namespace }),
  });
  const objectsOf = ({ judges }: Analyzer): readonly KubeObject[] =>
    judges
      .flatMap((kind) => snapshot.all(kind))
      .filter((object) => isChosen(objectAt(object, 'metadata', 'labels')));
  const wishes = analyzers.flatMap((analyzer) => {
    if (analyzer.logs === undefined) return [];
    return objectsOf(analyzer).flatMap((pod) => {
      const wanted = analyzer.logs?.(new Look(pod, snapshot, nowMs)) ?? [];
      return wanted.map((wish) => ({ ...wish, pod }));
    });
  });
  const logs = await readLogs(cluster, wishes, mostLogs);
  const checked: Analysis['checked'][number][] = [];
  const findings: ClusterFinding[] = [];
  const notChecked: NotChecked[] = [];
  const rollingOut = new Set<KubeObject>();
  for (const analyzer of analyzers) {
    const { name, judges } = analyzer;
    const gaps = judges.map((kind) => snapshot.gap(kind)).filter((gap) => gap !== undefined);
    // Files that hold none of a kind leave nothing to judge.
    for (const gap of gaps) if (gap.reason !== 'NotGiven') notChecked.push({ analyzer: name, ...gap });
    if (gaps.length === judges.length) continue;
    const objects = objectsOf(analyzer);
    const missed = new Map<ReadGap, number>();
    for (const object of objects) {
      if (isRollingOut(object)) rollingOut.add(object);
      const look = new Look(object, snapshot, nowMs, logs);
      for (const problem of analyzer.check(look)) findings.push(toFinding(problem, object, name, snapshot));
      for (const gap of look.missed) missed.set(gap, (missed.get(gap) ?? 0) + 1);
    }
    checked.push({ analyzer: name, objects: objects.length });
    for (const [gap, count] of missed) notChecked.push({ analyzer: name, ...gap, objects: count });
  }
  const rank = new Map(analyzers.map(({ name }, index) => [name, index]));
  const sorted = findings.toSorted((a, b) => compareClusterFindings(a, b, rank));
  return {
    checked,
    findings: sorted,
    incidents: groupIncidents(sorted, snapshot),
    rollingOut: [...rollingOut].map((object) => refOf(object, snapshot.cluster)),
    notChecked: notChecked.toSorted(
      (a, b) =>
        (rank.get(a.analyzer) ?? 0) - (rank.get(b.analyzer) ?? 0) ||
        compareText(a.resource, b.resource) ||
        compareText(a.reason, b.reason),
    ),
  };
}

/** A ReplicaSet is part of the rollout of its Deployment. */
function isRollingOut(object: KubeObject): boolean {
  const progress = object.kind === 'ReplicaSet' ? undefined : progressOf(object);
  return progress !== undefined && !isRolledOut(progress);
}

/** Owners that a finding is shown under. */
const ownerKinds: readonly SnapshotKind[] = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'];

function toFinding(
  { k8sgpt, category = 'runtime', ...problem }: Problem,
  object: KubeObject,
  analyzer: string,
  snapshot: Snapshot,
): ClusterFinding {
  const parent = parentOf(object, snapshot);
  return {
    evidence: [],
    ...problem,
    category,
    object: refOf(object, snapshot.cluster),
    analyzer,
    ...(parent === undefined ? {} : { parent }),
    ...(k8sgpt === undefined ? {} : { k8sgpt }),
  };
}

function parentOf(object: KubeObject, snapshot: Snapshot): string | undefined {
  let parent: string | undefined;
  let current: KubeObject | undefined = object;
  // A chain of owners is short; a circle of them, which a manifest can hold, must end, too.
  for (let depth = 0; depth < 5 && current !== undefined; depth++) {
    const reference = objectsAt(current, 'metadata', 'ownerReferences')[0];
    const kind = ownerKinds.find((each) => each === textAt(reference, 'kind'));
    if (kind === undefined) break;
    const name = textAt(reference, 'name');
    parent = `${kind}/${name}`;
    current = snapshot.find(kind, textAt(current, 'metadata', 'namespace'), name);
  }
  return parent;
}

function compareClusterFindings(
  a: ClusterFinding,
  b: ClusterFinding,
  rank: ReadonlyMap<string, number>,
): number {
  return (
    compareSeverity(a, b) ||
    (rank.get(a.analyzer) ?? 0) - (rank.get(b.analyzer) ?? 0) ||
    compareText(a.object.namespace ?? '', b.object.namespace ?? '') ||
    compareText(a.object.name, b.object.name) ||
    compareText(a.object.kind, b.object.kind) ||
    compareText(a.id, b.id) ||
    compareText(a.fieldPath ?? '', b.fieldPath ?? '') ||
    compareText(a.container ?? '', b.container ?? '') ||
    compareText(a.text, b.text)
  );
}
