import type { JsonObject } from '../../api/json.ts';
import type { Finding } from '../finding.ts';
import type { ContainerView, PodView } from './pod-view.ts';
import type { Subject } from './subject.ts';
import { isAboutContainer, latestEvent } from '../events.ts';
import { numberAt, objectAt, textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { endedRecently, historyOf, logsCommand } from './container-history.ts';
import { explainExitCode } from './exit-code.ts';
import { adviseOnLastWords } from './last-words.ts';
import { startError } from './container-start.ts';
import { namespaceFlag, runtimeFinding } from './subject.ts';

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
    ['Killing', 'Unhealthy'],
    (event) =>
      isAboutContainer(container.name)(event) &&
      (/failed (?:liveness|startup) probe/.test(event.message) ||
        ((code === 137 || code === 143) && /^(?:Liveness|Startup) probe/.test(event.message))),
  );
  if (loops && liveness !== undefined) return undefined;
  return ends(pod, container, subject, { loops, code, ended });
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
  return runtimeFinding(subject, how.loops ? 'ContainerCrashLooping' : 'ContainerFailed', 'critical', {
    container: container.name,
    fieldPath: container.path,
    text: `${init} "${container.name}" ${how.loops ? 'ends again and again' : 'ended'}${codeText}.`,
    fix: fixFor(container, how.code, last),
    evidence: [
      { source: pod.label, text: historyOf(container, how.ended) },
      ...(last === '' ? [] : [{ source: `Last words of "${container.name}"`, text: subject.quote(last) }]),
    ],
    commands: [logsCommand(pod, container, subject, how.loops)],
  });
}

function fixFor(container: ContainerView, code: number | undefined, lastWords: string): string {
  if (code === 0) {
    return `Give "${container.name}" a command that keeps running, or make it a Job: under restartPolicy Always a program that ends is started again.`;
  }
  const advice = adviseOnLastWords(lastWords);
  if (advice !== undefined) return advice;
  if (code === 126 || code === 127) {
    return `Correct the command: ${container.path}.command must be an executable file of the image.`;
  }
  return 'Read the log of the run that ended, and correct what it names: configuration, a dependency that does not answer, or the program.';
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
    evidence: [{ source: pod.label, text: historyOf(container, ended) }],
    commands: [
      `kubectl${namespaceFlag(subject.ref)} top pod --containers`,
      logsCommand(pod, container, subject, true),
    ],
  });
}
