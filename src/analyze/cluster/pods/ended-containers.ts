import type { JsonObject } from '../../../api/json.ts';
import { isAboutContainer, type KubeEvent } from '../../events.ts';
import { numberAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { sinceMs } from '../rollout-grace.ts';

export type ContainerBase = Required<Pick<Problem, 'container' | 'fieldPath'>>;

/** A container that the kubelet starts again and again. */
export function crashLooping(look: Look, status: JsonObject, base: ContainerBase): Problem | undefined {
  const last = reasonOf(status, 'lastState');
  if (!isLooping(look, status)) return undefined;
  const probe = endingProbe(look, status, base.container);
  return {
    ...base,
    id: 'CrashLoopBackOff',
    severity: 'high',
    text: `Container ${base.container} starts and ends again and again; its last run ended with ${last}${notBegun(look, status, last)}.`,
    fix: probe === undefined ? fixOf(look, last, base.container, 'Read the log of its last run.') : probeFix,
    evidence: probe === undefined ? [] : [look.evidence(probe)],
    // It looks at containers that wait, only.
    ...(isWaiting(status)
      ? {
          k8sgpt: {
            text: `the last termination reason is ${last} container=${base.container} pod=${look.name}`,
          },
        }
      : {}),
  };
}

/** A container that has ended with an error, and was not started again. */
export function failed(look: Look, status: JsonObject, base: ContainerBase): Problem | undefined {
  const exit = numberAt(status, 'state', 'terminated', 'exitCode') ?? 0;
  if (exit === 0 || isSuperseded(look)) return undefined;
  const reason = reasonOf(status, 'state');
  const isOutOfMemory = reason === outOfMemory;
  const limit = memoryLimit(look, base.container);
  return {
    ...base,
    id: isOutOfMemory ? outOfMemory : 'ContainerFailed',
    severity: 'high',
    text: isOutOfMemory
      ? `Container ${base.container} was killed: it used more memory than its limit${limit === '' ? '' : ` of ${limit}`}.`
      : `Container ${base.container} ended with exit code ${exit} (${reason}).`,
    fix: fixOf(look, reason, base.container, 'Read its log.'),
    k8sgpt: {
      text: `the termination reason is ${reason} exitCode=${exit} container=${base.container} pod=${look.name}`,
    },
  };
}

const outOfMemory = 'OOMKilled';
const fewRestarts = 3;
/** Longer than the longest back-off: what loops has ended within it. */
const longestBackOffMs = 600_000;

/** Between two crashes the container runs for a moment, and looks well. */
function isLooping(look: Look, status: JsonObject): boolean {
  const hasEnded = textAt(status, 'lastState', 'terminated', 'reason') !== '';
  if (isWaiting(status)) return hasEnded;
  const finishedAt = textAt(status, 'lastState', 'terminated', 'finishedAt');
  return (
    textAt(status, 'state', 'running', 'startedAt') !== '' &&
    (numberAt(status, 'restartCount') ?? 0) >= fewRestarts &&
    (numberAt(status, 'lastState', 'terminated', 'exitCode') ?? 0) !== 0 &&
    sinceMs(look, finishedAt) < longestBackOffMs
  );
}

function isWaiting(status: JsonObject): boolean {
  return textAt(status, 'state', 'waiting', 'reason') === 'CrashLoopBackOff';
}

/** A failed try of a Job that has succeeded since. */
function isSuperseded(look: Look): boolean {
  if (textAt(look.object, 'status', 'phase') !== 'Failed' || !look.isGiven('Job')) return false;
  return objectsAt(look.object, 'metadata', 'ownerReferences')
    .filter((owner) => textAt(owner, 'kind') === 'Job')
    .map((owner) => look.find('Job', look.namespace, textAt(owner, 'name')))
    .some(
      (job) =>
        typeof job === 'object' &&
        objectsAt(job, 'status', 'conditions').some(
          (each) => textAt(each, 'type') === 'Complete' && textAt(each, 'status') === 'True',
        ),
    );
}

function reasonOf(status: JsonObject, state: 'state' | 'lastState'): string {
  return quoteText(textAt(status, state, 'terminated', 'reason'), 60) || 'Unknown';
}

const notStarted: ReadonlySet<string> = new Set(['StartError', 'ContainerCannotRun']);

/** A run that did not begin has no log; the runtime has said why. */
function notBegun(look: Look, status: JsonObject, reason: string): string {
  const message = textAt(status, 'lastState', 'terminated', 'message');
  return notStarted.has(reason) && message !== '' ? `: ${look.quote(message)}` : '';
}

function fixOf(look: Look, reason: string, container: string, otherwise: string): string {
  if (notStarted.has(reason)) return 'Correct its command and args, or use an image that has the command.';
  if (reason !== outOfMemory) return otherwise;
  const limit = memoryLimit(look, container);
  return `Raise its memory limit${limit === '' ? '' : ` of ${limit}`}, or make it need less.`;
}

function memoryLimit(look: Look, container: string): string {
  const all = ['initContainers', 'containers'].flatMap((list) => objectsAt(look.object, 'spec', list));
  const spec = all.find((each) => textAt(each, 'name') === container);
  return quoteText(textAt(spec, 'resources', 'limits', 'memory'), 40);
}

/** A container that was ended from outside, by a probe that it did not answer. */
function endingProbe(look: Look, status: JsonObject, name: string): KubeEvent | undefined {
  const exit = numberAt(status, 'lastState', 'terminated', 'exitCode') ?? 0;
  if (exit !== 137 && exit !== 143) return undefined;
  return look
    .events()
    .filter(isAboutContainer(name))
    .findLast(({ reason, message }) => reason === 'Unhealthy' && /^(?:Liveness|Startup) probe/.test(message));
}

const probeFix =
  'The kubelet ended it, as it did not answer its probe: correct what the probe asks, give it time with a startup probe, or find out why it does not answer.';
