import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { compareSeverity, type Finding, type FindingObject } from '../../analyze/finding.ts';
import { effects } from '../../analyze/incident/effects.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import { isSameObject } from '../../analyze/incident/touching.ts';
import { describeRef } from '../../analyze/object-name.ts';
import type { EvidenceBundle } from '../../evidence/item.ts';
import { findingOutput, incidentId } from '../../ops/analysis-output.ts';
import { causeTree } from './cause-tree.ts';
import type { Cause, Confidence, Following } from './investigation.ts';

/**
 * The roots of the incidents that touch the object, each told as closely as the look at one object can tell it, and what
 * only that look shows. The first bundle is of the object that is looked at. Worst first.
 */
export function causesOf(
  bundles: readonly EvidenceBundle[],
  incidents: readonly Incident[],
): readonly Cause[] {
  const [bundle] = bundles;
  if (bundle === undefined) return [];
  const close = [...(bundle.diagnosis?.causes ?? [])];
  const ofIncidents = incidents.map((incident): Cause => {
    const { root, alike } = incident;
    const index = isOwn(root, bundle) ? close.findIndex((finding) => isSame(finding, root)) : -1;
    const [closer] = index < 0 ? [] : close.splice(index, 1);
    return {
      incident: incidentId(incident),
      object: root.object,
      ...(root.parent === undefined ? {} : { parent: root.parent }),
      severity: incident.severity,
      reason: root.id,
      finding: closer ?? (findingOutput(root) as Finding),
      confidence: confidenceIn(root, closer),
      alike: alike.map(({ object }) => object),
      follows:
        closer === undefined ? causeTree(incident) : withOwnConsequences(causeTree(incident), root, bundle),
    };
  });
  const told = incidents.flatMap(({ consequences }) => consequences.map(({ finding }) => finding));
  const others = close
    .filter((finding) => finding.id !== 'RolloutInProgress')
    // What an incident explains is no cause of its own.
    .filter((finding) => !told.some((each) => isSame(finding, each) && isOwn(each, bundle)))
    .map((finding): Cause => {
      const { object, severity, id } = finding;
      const confidence = saysHow(id) ? likely : certain;
      return { object, severity, reason: id, finding, confidence, alike: [], follows: [] };
    });
  return [...ofIncidents, ...others].toSorted(compareSeverity);
}

/** What the object that is looked at lacks is said also while a rollout is given time, which no incident tells. */
function withOwnConsequences(
  follows: readonly Following[],
  root: ClusterFinding,
  { diagnosis }: EvidenceBundle,
): readonly Following[] {
  const own = (diagnosis?.consequences ?? []).filter(
    ({ object }) => !isSameObject(object, root.object) && !holds(follows, object),
  );
  return [
    ...own.map(({ object, id, severity, text }): Following => {
      const because = `${describeRef(object)} has ${describeRef(root.object)}`;
      return { object, id, severity, text, because, others: 0, follows: [] };
    }),
    ...follows,
  ];
}

function holds(follows: readonly Following[], wanted: FindingObject): boolean {
  return follows.some((each) => isSameObject(each.object, wanted) || holds(each.follows, wanted));
}

const certain: Confidence = { level: 'certain', why: 'it stands in the state of the object' };
const likely: Confidence = {
  level: 'likely',
  why: 'this is how the object does; nothing that explains it was found',
};

/** A program that ends by itself tells why only in its own words. */
const ofPrograms: ReadonlySet<string> = new Set(['CrashLoopBackOff', 'ContainerFailed']);
const inferred: Confidence = {
  level: 'likely',
  why: 'that it fails is certain; why is taken from its exit code and its last words',
};

/** What others may explain, but which brings the reason that the kubelet, the scheduler or the API server gave. */
const saysWhy: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'Unschedulable',
  'FailedMount',
  'FailedCreatePodSandBox',
  'FailedCreate',
  'Evicted',
]);

/** How the object does, not why. */
function saysHow(id: string): boolean {
  if (saysWhy.has(id)) return false;
  return effects.has(id) || id === 'ProgressDeadlineExceeded' || id === 'RolloutInProgress';
}

function confidenceIn({ id }: ClusterFinding, closer: Finding | undefined): Confidence {
  if (ofPrograms.has(id)) return inferred;
  return saysHow(closer?.id ?? id) ? likely : certain;
}

function isOwn({ object }: ClusterFinding, { target, parts }: EvidenceBundle): boolean {
  return [target, ...parts].some((each: FindingObject) => isSameObject(each, object));
}

/**
 * The two name what they find differently; what they agree on is which container it is about, or that it is about none and
 * shows in how the object does.
 */
function isSame(close: Finding, root: ClusterFinding): boolean {
  if (root.category !== 'runtime') return false;
  return close.container === root.container && (root.container !== undefined || effects.has(root.id));
}
