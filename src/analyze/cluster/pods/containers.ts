import type { JsonObject } from '../../../api/json.ts';
import { isAboutContainer } from '../../events.ts';
import { flagAt, numberAt, objectsAt, textAt } from '../../json-fields.ts';
import { missingFix, missingIn } from '../../missing-object.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { sinceMs } from '../rollout-grace.ts';
import { crashLooping, failed, type ContainerBase } from './ended-containers.ts';

/** Waiting for one of these is a failure, not a phase of the start. */
const failures: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'ImagePullBackOff',
  'CreateContainerConfigError',
  'PreCreateHookError',
  'CreateContainerError',
  'PreStartHookError',
  'RunContainerError',
  'ImageInspectError',
  'ErrImagePull',
  'ErrImageNeverPull',
  'InvalidImageName',
]);

export function containerProblems(look: Look): readonly Problem[] {
  const statuses = (list: string): readonly JsonObject[] => objectsAt(look.object, 'status', list);
  return present(
    [...statuses('initContainerStatuses'), ...statuses('containerStatuses')].map((status) =>
      container(look, status),
    ),
  );
}

function container(look: Look, status: JsonObject): Problem | undefined {
  const name = quoteText(textAt(status, 'name'), 63);
  const reason = textAt(status, 'state', 'waiting', 'reason');
  const message = look.quote(textAt(status, 'state', 'waiting', 'message'));
  const base = { container: name, fieldPath: `spec.containers{${name}}` };
  if (reason === 'ContainerCreating') return blocked(look, base);
  const looping = crashLooping(look, status, base);
  if (looping !== undefined) return looping;
  if (failures.has(reason) && message !== '') {
    return {
      ...base,
      id: reason,
      severity: 'high',
      text: `Container ${name} does not start: ${message}`,
      ...fixOf(
        look,
        message,
        'Correct what the message names: image, its registry, or what the container refers to.',
      ),
      k8sgpt: { text: message },
    };
  }
  const hasEnded = (numberAt(status, 'state', 'terminated', 'exitCode') ?? 0) !== 0;
  return hasEnded ? failed(look, status, base) : unhealthy(look, status, base);
}

/** Of a message that names an object which is not there, the fix is to make it. */
function fixOf(look: Look, message: string, fix: string): Pick<Problem, 'fix' | 'missing'> {
  const missing = missingIn(message, look.namespace);
  return missing === undefined ? { fix } : { fix: missingFix(missing), missing };
}

const blocking: ReadonlySet<string> = new Set([
  'FailedCreatePodSandBox',
  'FailedMount',
  'FailedAttachVolume',
]);
/** After one of these, what blocked is over. */
const going: ReadonlySet<string> = new Set([
  'SuccessfulAttachVolume',
  'Pulling',
  'Pulled',
  'Created',
  'Started',
]);

/** The sandbox or a volume of a Pod that does not get as far as its containers. */
function blocked(look: Look, base: ContainerBase): Problem | undefined {
  if (textAt(look.object, 'status', 'phase') !== 'Pending') return undefined;
  const event = look.events().findLast(({ reason }) => blocking.has(reason) || going.has(reason));
  if (event === undefined || !blocking.has(event.reason)) return undefined;
  const message = look.quote(event.message);
  return {
    ...base,
    id: event.reason,
    severity: 'high',
    text: `Container ${base.container} cannot be created: ${message}`,
    ...fixOf(
      look,
      message,
      event.reason === 'FailedCreatePodSandBox'
        ? 'Look at the network plugin and the container runtime of its node.'
        : 'Make the volume that the message names available: another Pod may hold it on another node.',
    ),
    evidence: [look.evidence(event)],
    k8sgpt: { text: message },
  };
}

function unhealthy(look: Look, status: JsonObject, base: ContainerBase): Problem | undefined {
  const isRunning = textAt(look.object, 'status', 'phase') === 'Running';
  if (flagAt(status, 'ready') !== false || !isRunning || isStartingUp(look, status, base.container))
    return undefined;
  const event = look.events().filter(isAboutContainer(base.container)).at(-1);
  if (event?.reason !== 'Unhealthy') return undefined;
  const message = look.quote(event.message);
  return {
    ...base,
    id: 'Unhealthy',
    severity: 'high',
    text: `Container ${base.container} runs and is not ready: ${message}`,
    fix: 'Correct what the probe asks, or give the container what it needs to answer.',
    evidence: [look.evidence(event)],
    k8sgpt: { text: message },
  };
}

/** A startup probe grants the time that it may fail. */
function isStartingUp(look: Look, status: JsonObject, name: string): boolean {
  if (flagAt(status, 'started') !== false) return false;
  const spec = objectsAt(look.object, 'spec', 'containers').find((each) => textAt(each, 'name') === name);
  const probe = (field: string): number | undefined => numberAt(spec, 'startupProbe', field);
  const seconds =
    (probe('initialDelaySeconds') ?? 0) + (probe('failureThreshold') ?? 3) * (probe('periodSeconds') ?? 10);
  const startedAt = textAt(status, 'state', 'running', 'startedAt');
  return textAt(spec, 'name') !== '' && sinceMs(look, startedAt) < seconds * 1000;
}
