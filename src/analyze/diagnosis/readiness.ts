import { isObject } from '../../api/json.ts';
import type { Finding } from '../finding.ts';
import type { ContainerView, PodView } from './pod-view.ts';
import type { Subject } from './subject.ts';
import { isAboutContainer, latestEvent } from '../events.ts';
import { fieldAt, numberAt, objectAt } from '../json-fields.ts';
import { endedRecently, logsCommand } from './container-history.ts';
import { ageMs, eventEvidence, runtimeFinding } from './subject.ts';

/** A container that runs but does not become ready, or that the kubelet restarts, because of a probe. */
export function probeFailure(pod: PodView, container: ContainerView, subject: Subject): Finding | undefined {
  return restartsByProbe(pod, container, subject) ?? notReady(pod, container, subject);
}

function restartsByProbe(pod: PodView, container: ContainerView, subject: Subject): Finding | undefined {
  const restarts = numberAt(container.status, 'restartCount') ?? 0;
  const ended = objectAt(container.status, 'lastState', 'terminated');
  // Between two restarts it is ready for a moment.
  const isWell = container.status['ready'] === true && !endedRecently(ended, subject);
  if (restarts === 0 || isWell) return undefined;
  const unhealthy = latestEvent(
    subject.state.events,
    pod.uid,
    ['Unhealthy'],
    (event) => isAboutContainer(container.name)(event) && /^(?:Liveness|Startup) probe/.test(event.message),
  );
  if (unhealthy === undefined) return undefined;
  const which = unhealthy.message.startsWith('Startup') ? 'startup' : 'liveness';
  const fieldPath = `${container.path}.${which}Probe`;
  return runtimeFinding(subject, 'LivenessProbeFailing', 'critical', {
    container: container.name,
    fieldPath,
    text: `Container "${container.name}" is restarted because its ${which} probe fails.`,
    fix: `Make ${fieldPath} ask what the program really serves (port, path, scheme), and give it time: a startupProbe, or a larger failureThreshold and timeoutSeconds.`,
    evidence: [
      eventEvidence(subject, unhealthy),
      {
        source: pod.label,
        text: `container "${container.name}", ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
      },
    ],
    commands: [logsCommand(pod, container, subject, true)],
  });
}

function notReady(pod: PodView, container: ContainerView, subject: Subject): Finding | undefined {
  if (!container.isRunning || container.status['ready'] !== false || container.role !== 'app')
    return undefined;
  const event = latestEvent(
    subject.state.events,
    pod.uid,
    ['Unhealthy'],
    (each) => isAboutContainer(container.name)(each) && /^(?:Readiness|Startup) probe/.test(each.message),
  );
  // Events are kept for an hour; without one, only a probe that has had its time can be said to fail.
  if (event === undefined && !isProbeOverdue(pod, container, subject)) return undefined;
  const fieldPath = `${container.path}.readinessProbe`;
  return runtimeFinding(subject, 'ReadinessProbeFailing', 'high', {
    container: container.name,
    fieldPath,
    text: `Container "${container.name}" runs but is not ready: its readiness probe fails, so it gets no traffic and the rollout waits.`,
    fix: `Compare ${fieldPath} (port, path, scheme, timeout) with what the program serves; if they agree, the program itself is not ready: read its log.`,
    evidence: [
      { source: pod.label, text: `container "${container.name}" is running, ready is false` },
      ...(event === undefined ? [] : [eventEvidence(subject, event)]),
    ],
    commands: [logsCommand(pod, container, subject, false)],
  });
}

function isProbeOverdue(pod: PodView, container: ContainerView, subject: Subject): boolean {
  if (!isObject(fieldAt(container.spec, 'readinessProbe'))) return false;
  const seconds = (field: string, absent: number): number =>
    numberAt(container.spec, 'readinessProbe', field) ?? absent;
  const patienceMs =
    1000 *
    (seconds('initialDelaySeconds', 0) + seconds('periodSeconds', 10) * seconds('failureThreshold', 3));
  return ageMs(subject, pod.pod) > patienceMs + 30_000;
}
