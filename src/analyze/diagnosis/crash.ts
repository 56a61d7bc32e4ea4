import type { JsonObject } from '../../api/json.ts';
import type { Finding } from '../finding.ts';
import type { ContainerView, PodView } from './pod-view.ts';
import type { Subject } from './subject.ts';
import { commandWord } from '../command-word.ts';
import { nameOf } from '../object-name.ts';
import { isAboutContainer, latestEvent } from '../events.ts';
import { numberAt, objectAt, textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { explainExitCode } from './exit-code.ts';
import { eventEvidence, namespaceFlag, runtimeFinding } from './subject.ts';

/** A container that was killed for its memory, ends again and again, or ended for good with an error. */
export function crash(pod: PodView, container: ContainerView, subject: Subject): Finding | undefined {
  const now = objectAt(container.status, 'state', 'terminated');
  const hasEnded = Object.keys(now).length > 0;
  const ended = hasEnded ? now : objectAt(container.status, 'lastState', 'terminated');
  const code = numberAt(ended, 'exitCode');
  const isFresh = container.isRunning && endedRecently(ended, subject);
  const restarts = numberAt(container.status, 'restartCount') ?? 0;
  // Between two crashes of a loop the container runs for a moment, and looks well.
  const loops = container.waiting.reason === 'CrashLoopBackOff' || (isFresh && restarts > 1 && code !== 0);
  const isOutOfMemory = textAt(ended, 'reason') === 'OOMKilled' && (!container.isRunning || isFresh);
  if (!loops && !isOutOfMemory && !(hasEnded && code !== 0)) return undefined;
  if (isOutOfMemory) return outOfMemory(pod, container, subject, ended);
  const cannotStart = /^(?:StartError|ContainerCannotRun)$/.test(textAt(ended, 'reason'));
  if (cannotStart)
    return startError(pod, container, subject, textAt(ended, 'message'), textAt(ended, 'reason'));
  const liveness = latestEvent(
    subject.state.events,
    pod.uid,
    ['Killing'],
    (event) =>
      isAboutContainer(container.name)(event) && /failed (?:liveness|startup) probe/.test(event.message),
  );
  if (loops && liveness !== undefined) return undefined;
  return ends(pod, container, subject, { loops, code, ended });
}

/** The runtime cannot start the command at all. */
export function startFailure(pod: PodView, container: ContainerView, subject: Subject): Finding | undefined {
  const { reason, message } = container.waiting;
  if (
    ![
      'RunContainerError',
      'CreateContainerError',
      'PostStartHookError',
      'PreStartHookError',
      'PreCreateHookError',
    ].includes(reason)
  ) {
    return undefined;
  }
  return startError(pod, container, subject, message, reason);
}

function ends(
  pod: PodView,
  container: ContainerView,
  subject: Subject,
  how: { readonly loops: boolean; readonly code: number | undefined; readonly ended: JsonObject },
): Finding {
  const meaning = how.code === undefined ? undefined : explainExitCode(how.code);
  const codeText =
    how.code === undefined
      ? ''
      : ` with exit code ${how.code}${meaning === undefined ? '' : ` (${meaning})`}`;
  const last = textAt(how.ended, 'message');
  const init = container.role === 'init' ? 'Init container' : 'Container';
  const fix =
    how.code === 0
      ? `Give "${container.name}" a command that keeps running, or make it a Job: under restartPolicy Always a program that ends is started again.`
      : how.code === 126 || how.code === 127
        ? `Correct the command: ${container.path}.command must be an executable file of the image.`
        : `Read the log of the run that ended, and correct what it names: configuration, a dependency that does not answer, or the program.`;
  return runtimeFinding(subject, how.loops ? 'ContainerCrashLooping' : 'ContainerFailed', 'critical', {
    container: container.name,
    fieldPath: container.path,
    text: `${init} "${container.name}" ${how.loops ? 'ends again and again' : 'ended'}${codeText}.`,
    fix,
    evidence: [
      { source: pod.label, text: endText(container, how.ended) },
      ...(last === '' ? [] : [{ source: `Last words of "${container.name}"`, text: subject.quote(last) }]),
    ],
    commands: [logsCommand(pod, container, subject, how.loops)],
  });
}

function outOfMemory(pod: PodView, container: ContainerView, subject: Subject, ended: JsonObject): Finding {
  const limit = textAt(container.spec, 'resources', 'limits', 'memory');
  return runtimeFinding(subject, 'ContainerOutOfMemory', 'critical', {
    container: container.name,
    fieldPath: `${container.path}.resources.limits.memory`,
    text:
      limit === ''
        ? `Container "${container.name}" was killed because its node ran out of memory; it has no memory limit of its own.`
        : `Container "${container.name}" was killed because it used more than its memory limit of ${quoteText(limit, 30)}.`,
    fix: `Raise ${container.path}.resources.limits.memory above what it needs under load, or make it need less (heap size, caches, a leak).`,
    evidence: [{ source: pod.label, text: endText(container, ended) }],
    commands: [
      `kubectl${namespaceFlag(subject.ref)} top pod --containers`,
      logsCommand(pod, container, subject, true),
    ],
  });
}

function startError(
  pod: PodView,
  container: ContainerView,
  subject: Subject,
  message: string,
  reason: string,
): Finding {
  const event = latestEvent(
    subject.state.events,
    pod.uid,
    ['Failed', 'FailedPostStartHook'],
    isAboutContainer(container.name),
  );
  const words = message === '' ? (event?.message ?? '') : message;
  const missing = /executable file not found|no such file or directory/.test(words);
  return runtimeFinding(subject, 'ContainerCannotStart', 'critical', {
    container: container.name,
    fieldPath: missing ? `${container.path}.command` : container.path,
    text: missing
      ? `Container "${container.name}" cannot start: its command is not in the image.`
      : `Container "${container.name}" cannot start (${quoteText(reason, 60)}).`,
    fix: missing
      ? `Correct ${container.path}.command and args (a shell line needs ["sh", "-c", "…"]), or use an image that has the command.`
      : `Correct what the message names in ${container.path}.`,
    evidence: [
      { source: pod.label, text: `${quoteText(reason, 60)}: ${subject.quote(message)}` },
      ...(event === undefined || event.message === message ? [] : [eventEvidence(subject, event)]),
    ],
  });
}

/** What ended longer ago, and has run since, is not what is wrong now. */
function endedRecently(ended: JsonObject, subject: Subject): boolean {
  const finished = Date.parse(textAt(ended, 'finishedAt'));
  return !Number.isNaN(finished) && subject.nowMs - finished < 600_000;
}

function endText(container: ContainerView, ended: JsonObject): string {
  const reason = textAt(ended, 'reason');
  const restarts = numberAt(container.status, 'restartCount') ?? 0;
  const parts = [
    `container "${container.name}"`,
    ...(container.waiting.reason === '' ? [] : [`waits, ${quoteText(container.waiting.reason, 60)}`]),
    ...(reason === ''
      ? []
      : [`last ended with ${quoteText(reason, 60)}, exit code ${numberAt(ended, 'exitCode') ?? '?'}`]),
    `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
  ];
  return parts.join(', ');
}

function logsCommand(pod: PodView, container: ContainerView, subject: Subject, previous: boolean): string {
  return `kubectl${namespaceFlag(subject.ref)} logs ${commandWord(nameOf(pod.pod))} -c ${commandWord(container.name)}${previous ? ' --previous' : ''}`;
}
