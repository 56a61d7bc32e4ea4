import type { Evidence, Finding } from '../finding.ts';
import type { Progress } from './rollout-progress.ts';
import type { Subject } from './subject.ts';
import { flagAt, numberAt, objectsAt, textAt } from '../json-fields.ts';
import { commandWord } from '../command-word.ts';
import { describeObject, nameOf } from '../object-name.ts';
import { conditionOf, viewPod } from './pod-view.ts';
import { isRolledOut, progressOf } from './rollout-progress.ts';
import { ageMs, eventEvidence, namespaceFlag, runtimeFinding } from './subject.ts';

/** A rollout that has not moved for this long is stuck, where the object sets no deadline of its own (a Deployment's default). */
const patienceMs = 600_000;

/** How far a Deployment, StatefulSet, DaemonSet or ReplicaSet has got. Consequences where a Pod says why, else findings of their own. */
export function rollout(subject: Subject): readonly Finding[] {
  const progress = progressOf(subject.state.object);
  if (progress === undefined) return [];
  const paused = pausedRollout(subject, progress);
  if (paused !== undefined) return [paused];
  if (progress.wanted === 0 && progress.isScaled) return isRevision(subject) ? [] : [scaledToZero(subject)];
  return [progressDeadline(subject, progress), replicas(subject, progress)].filter(
    (finding) => finding !== undefined,
  );
}

function progressDeadline(subject: Subject, progress: Progress): Finding | undefined {
  const condition = conditionOf(subject.state.object, 'Progressing');
  if (textAt(condition, 'status') !== 'False' || textAt(condition, 'reason') !== 'ProgressDeadlineExceeded')
    return undefined;
  const { ref } = subject;
  const seconds = numberAt(subject.state.object, 'spec', 'progressDeadlineSeconds') ?? 600;
  return runtimeFinding(subject, 'ProgressDeadlineExceeded', 'critical', {
    fieldPath: 'spec.progressDeadlineSeconds',
    text: `The rollout has not moved for its deadline of ${seconds} s: ${progress.updated} of ${progress.wanted} replicas are of the new version.`,
    fix: 'Find out why the new Pods do not become ready, then roll out a corrected version or go back to the last one.',
    evidence: [
      {
        source: describeObject(subject.state.object),
        text: `Progressing=False: ${subject.quote(textAt(condition, 'message'))}`,
      },
    ],
    commands: [
      `kubectl${namespaceFlag(ref)} rollout undo ${commandWord(`deployment/${nameOf(subject.state.object)}`)}`,
      `kubectl${namespaceFlag(ref)} get pods`,
    ],
  });
}

function replicas(subject: Subject, progress: Progress): Finding | undefined {
  if (isRolledOut(progress)) return undefined;
  const { object } = subject.state;
  const missing = progress.wanted - progress.available;
  const count = `${progress.available} of ${progress.wanted} replicas are available`;
  const evidence: readonly Evidence[] = [
    {
      source: `Status of ${describeObject(object)}`,
      text: `wanted ${progress.wanted}, updated ${progress.updated}, available ${progress.available}, all versions ${progress.total}`,
    },
  ];
  if (isMoving(subject, progress)) {
    return runtimeFinding(subject, 'RolloutInProgress', 'medium', {
      text: `The rollout is not finished: ${count}${progress.isObserved ? '' : ', and the newest spec has not been taken up yet'}.`,
      fix: 'Wait for it; if it does not finish, look again: by then Pods and events say why.',
      evidence: [...evidence, ...podEvidence(subject)],
    });
  }
  if (missing <= 0) {
    return runtimeFinding(subject, 'RolloutStuck', 'high', {
      text: `Old Pods still run beside the new ones: ${progress.updated} of ${progress.wanted} replicas are of the new version.`,
      fix: 'Look at the new Pods and at what keeps the old ones (finalizers, a PodDisruptionBudget, maxUnavailable).',
      evidence,
    });
  }
  return runtimeFinding(subject, 'ReplicasUnavailable', progress.available === 0 ? 'critical' : 'high', {
    text: `${count[0]?.toUpperCase() ?? ''}${count.slice(1)}.`,
    fix: 'Look at the Pods that are missing or not ready.',
    evidence,
    commands: [
      `kubectl${namespaceFlag(subject.ref)} get pods`,
      `kubectl${namespaceFlag(subject.ref)} get events --sort-by=.lastTimestamp`,
    ],
  });
}

/** What the Pods that are not ready do, with the newest event of each. */
function podEvidence(subject: Subject): readonly Evidence[] {
  return subject.state.pods
    .map((pod) => viewPod(pod, subject))
    .filter(({ pod }) => textAt(conditionOf(pod, 'Ready'), 'status') !== 'True')
    .slice(0, 3)
    .flatMap((view) => {
      const waits = view.containers
        .map((container) => container.waiting.reason)
        .filter((reason) => reason !== '');
      const event = subject.state.events.findLast((each) => each.uid === view.uid);
      const doing = [view.phase, ...new Set(waits)].filter((word) => word !== '').join(', ');
      return [
        { source: view.label, text: `not ready${doing === '' ? '' : `: ${subject.quote(doing, 200)}`}` },
        ...(event === undefined ? [] : [eventEvidence(subject, event)]),
      ];
    });
}

/** A rollout gets the time that its own deadline grants; there is no finding in a healthy one that was asked about early. */
function isMoving(subject: Subject, progress: Progress): boolean {
  const { object } = subject.state;
  if (!progress.isObserved) return true;
  const condition = conditionOf(object, 'Progressing');
  if (textAt(condition, 'status') === 'False') return false;
  if (textAt(condition, 'reason') === 'NewReplicaSetAvailable') {
    // The rollout was finished once; replicas were lost since, or are being scaled.
    return sinceMs(subject, textAt(conditionOf(object, 'Available'), 'lastTransitionTime')) < 60_000;
  }
  const deadline = numberAt(object, 'spec', 'progressDeadlineSeconds');
  const patience = deadline === undefined ? patienceMs : deadline * 1000;
  const update = textAt(condition, 'lastUpdateTime');
  return (update === '' ? ageOfNewest(subject) : sinceMs(subject, update)) < patience;
}

function ageOfNewest(subject: Subject): number {
  return Math.min(
    ...[subject.state.object, ...subject.state.owned, ...subject.state.pods].map((each) =>
      ageMs(subject, each),
    ),
  );
}

function sinceMs(subject: Subject, time: string): number {
  const at = Date.parse(time);
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : subject.nowMs - at;
}

function pausedRollout(subject: Subject, progress: Progress): Finding | undefined {
  if (subject.state.object.kind !== 'Deployment' || flagAt(subject.state.object, 'spec', 'paused') !== true)
    return undefined;
  if (isRolledOut(progress)) return undefined;
  const target = commandWord(`deployment/${nameOf(subject.state.object)}`);
  return runtimeFinding(subject, 'RolloutPaused', 'medium', {
    fieldPath: 'spec.paused',
    text: `The rollout is paused: ${progress.updated} of ${progress.wanted} replicas are of the new version.`,
    fix: 'Set spec.paused to false to go on.',
    commands: [`kubectl${namespaceFlag(subject.ref)} rollout resume ${target}`],
  });
}

/** A ReplicaSet that its Deployment has left behind, or made for the next revision. */
function isRevision({ state: { object } }: Subject): boolean {
  const owners = objectsAt(object, 'metadata', 'ownerReferences');
  return object.kind === 'ReplicaSet' && owners.some((owner) => textAt(owner, 'kind') === 'Deployment');
}

function scaledToZero(subject: Subject): Finding {
  const { object } = subject.state;
  return runtimeFinding(subject, 'ScaledToZero', 'medium', {
    fieldPath: 'spec.replicas',
    text: 'Nothing runs: spec.replicas is 0.',
    fix: 'Set spec.replicas to 1 or more if it should run.',
    commands: [
      `kubectl${namespaceFlag(subject.ref)} scale ${commandWord(`${object.kind.toLowerCase()}/${nameOf(object)}`)} --replicas=1`,
    ],
  });
}
