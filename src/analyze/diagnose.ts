import type { KubeObject } from '../api/kube-object.ts';
import type { Subject } from './diagnosis/subject.ts';
import type { Finding } from './finding.ts';
import type { LiveState } from './live-state.ts';
import type { PodView } from './diagnosis/pod-view.ts';
import { auditObject } from './audit.ts';
import { containerConfig } from './diagnosis/container-config.ts';
import { startFailure } from './diagnosis/container-start.ts';
import { crash } from './diagnosis/crash.ts';
import { imagePull } from './diagnosis/image-pull.ts';
import { job, newestJob } from './diagnosis/job.ts';
import { mergePods } from './diagnosis/merge-pods.ts';
import { ownConditions, saysWell } from './diagnosis/own-conditions.ts';
import { pendingDeletion } from './diagnosis/pending-deletion.ts';
import { podCreation } from './diagnosis/pod-creation.ts';
import { podStart } from './diagnosis/pod-start.ts';
import { conditionOf, viewPod } from './diagnosis/pod-view.ts';
import { probeFailure } from './diagnosis/readiness.ts';
import { isRolledOut, progressOf } from './diagnosis/rollout-progress.ts';
import { rollout } from './diagnosis/rollout.ts';
import { serviceEndpoints } from './diagnosis/service.ts';
import { subjectOf } from './diagnosis/subject.ts';
import { compareFindings } from './finding.ts';
import { textAt } from './json-fields.ts';
import { isOwnedBy } from './live-state.ts';

/** Pods beyond this many are not looked at one by one; they are all of one template. */
const podLimit = 200;
const containerLimit = 100;

export interface Diagnosis {
  /** What is wrong, worst first. Empty: nothing was found. */
  readonly causes: readonly Finding[];
  /** What follows from the causes and goes away with them. */
  readonly consequences: readonly Finding[];
  /** `healthy` is said only of what shows it by its status; `unknown` is an object that shows nothing. */
  readonly health: 'healthy' | 'progressing' | 'broken' | 'unknown';
  /** What could not be read. */
  readonly notChecked: readonly string[];
}

/** Judges how an object does. What a Pod shows is the cause; what the object over it shows then only follows from it. */
export function diagnose(state: LiveState, nowMs: number): Diagnosis {
  const subject = subjectOf(state, nowMs);
  const pods = podsToJudge(subject).map((pod) => viewPod(pod, subject));
  const ofPods = mergePods(pods.map((pod) => podFindings(pod, subject)));
  const creation = podCreation(subject);
  const own = [creation, pendingDeletion(subject)].filter((finding) => finding !== undefined);
  const deep = [...ofPods, ...own, ...writtenWrong(subject, ofPods)];
  const shallow = [
    ...rollout(subject),
    ...job(subject),
    ...serviceEndpoints(subject),
    ...ownConditions(subject),
  ];
  const [causes, consequences] = deep.length > 0 ? [deep, shallow] : rootOf(shallow);
  return {
    causes: causes.toSorted(compareFindings),
    consequences: consequences.toSorted(compareFindings),
    health: healthOf(state, causes),
    notChecked: state.notChecked,
  };
}

/** At most one finding a container, the first that applies: each later check would see what the earlier one explains. */
function podFindings(pod: PodView, subject: Subject): readonly Finding[] {
  const start = podStart(pod, subject);
  if (start !== undefined) return [start];
  return pod.containers
    .slice(0, containerLimit)
    .map(
      (container) =>
        imagePull(pod, container, subject) ??
        containerConfig(pod, container, subject) ??
        startFailure(pod, container, subject) ??
        crash(pod, container, subject) ??
        probeFailure(pod, container, subject),
    )
    .filter((finding) => finding !== undefined);
}

/** Pods that are done, or that a finished rollout or Job has left behind, say nothing about now; of a CronJob only the newest Job counts. */
function podsToJudge(subject: Subject): readonly KubeObject[] {
  const { object, pods } = subject.state;
  const newest = object.kind === 'CronJob' ? newestJob(subject) : undefined;
  if (isDone(subject, newest)) return [];
  const candidates = newest === undefined ? pods : pods.filter((pod) => isOwnedBy(pod, newest));
  const progress = progressOf(object);
  const isSettled = progress !== undefined && isRolledOut(progress);
  const keepsFailed = object.kind === 'Pod' || object.kind === 'Job' || object.kind === 'CronJob';
  return candidates
    .filter((pod) => textAt(pod, 'status', 'phase') !== 'Succeeded')
    .filter((pod) => keepsFailed || !isSettled || textAt(pod, 'status', 'phase') !== 'Failed')
    .slice(0, podLimit);
}

function isDone(subject: Subject, newest: KubeObject | undefined): boolean {
  const judged = newest ?? subject.state.object;
  return (
    textAt(conditionOf(judged, 'Complete'), 'status') === 'True' && judged.apiVersion.startsWith('batch/')
  );
}

/** An image name that no runtime accepts is wrong without looking at any Pod; Pods that show it already have said so. */
function writtenWrong(subject: Subject, ofPods: readonly Finding[]): readonly Finding[] {
  const audit = auditObject(subject.state.object, subject.ref.cluster);
  if (audit.kind === 'notCovered') return [];
  return audit.findings.filter(
    (finding) =>
      finding.category === 'runtime' && !ofPods.some((known) => known.fieldPath === finding.fieldPath),
  );
}

/** Without a Pod that says why: a passed deadline explains the missing replicas, not the other way round. */
function rootOf(shallow: readonly Finding[]): readonly [readonly Finding[], readonly Finding[]] {
  const deadline = shallow.filter((finding) => finding.id === 'ProgressDeadlineExceeded');
  return deadline.length > 0
    ? [deadline, shallow.filter((finding) => !deadline.includes(finding))]
    : [shallow, []];
}

function healthOf(state: LiveState, causes: readonly Finding[]): Diagnosis['health'] {
  if (causes.some((finding) => finding.id === 'RolloutInProgress') && causes.length === 1)
    return 'progressing';
  if (causes.length > 0) return 'broken';
  const progress = progressOf(state.object);
  if (progress !== undefined) return isRolledOut(progress) ? 'healthy' : 'unknown';
  const phase = textAt(state.object, 'status', 'phase');
  if (state.object.kind === 'Pod')
    return phase === 'Running' || phase === 'Succeeded' ? 'healthy' : 'unknown';
  if (state.endpoints !== undefined || saysWell(state)) return 'healthy';
  return state.object.kind === 'Job' && state.cluster !== undefined ? 'healthy' : 'unknown';
}
