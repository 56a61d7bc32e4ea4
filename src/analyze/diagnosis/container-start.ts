import type { Finding } from '../finding.ts';
import type { ContainerView, PodView } from './pod-view.ts';
import type { Subject } from './subject.ts';
import { isAboutContainer, latestEvent } from '../events.ts';
import { quoteText } from '../quote-text.ts';
import { eventEvidence, runtimeFinding } from './subject.ts';

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

/** The same, of a container that the runtime says has ended. */
export function startError(
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
