import type { JsonObject } from '../../api/json.ts';
import type { ContainerView, PodView } from './pod-view.ts';
import type { Subject } from './subject.ts';
import { commandWord } from '../command-word.ts';
import { numberAt, textAt } from '../json-fields.ts';
import { nameOf } from '../object-name.ts';
import { quoteText } from '../quote-text.ts';
import { namespaceFlag } from './subject.ts';

/** What a container does and how it last ended, for the evidence: `container "web" waits, CrashLoopBackOff; last ended with …`. */
export function historyOf(container: ContainerView, ended: JsonObject): string {
  const reason = textAt(ended, 'reason');
  const restarts = numberAt(container.status, 'restartCount') ?? 0;
  const waits = container.waiting.reason === '' ? '' : ` waits, ${quoteText(container.waiting.reason, 60)}`;
  const last =
    reason === ''
      ? []
      : [`last ended with ${quoteText(reason, 60)}, exit code ${numberAt(ended, 'exitCode') ?? '?'}`];
  return [
    `container "${container.name}"${waits}`,
    ...last,
    `${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`,
  ].join('; ');
}

/** Its log, or that of the run before. */
export function logsCommand(
  pod: PodView,
  container: ContainerView,
  subject: Subject,
  previous: boolean,
): string {
  const place = `kubectl${namespaceFlag(subject.ref)} logs ${commandWord(nameOf(pod.pod))} -c ${commandWord(container.name)}`;
  return previous ? `${place} --previous` : `${place} --tail=50`;
}

/** What ended longer ago, and has run since, is not what is wrong now. */
export function endedRecently(ended: JsonObject, subject: Subject): boolean {
  const finished = Date.parse(textAt(ended, 'finishedAt'));
  return !Number.isNaN(finished) && subject.nowMs - finished < 600_000;
}
