import type { JsonObject } from '../../../api/json.ts';
import { conditionOf } from '../../diagnosis/pod-view.ts';
import { isAboutContainer } from '../../events.ts';
import { flagAt, numberAt, objectsAt, textAt } from '../../json-fields.ts';
import { missingFix, missingIn } from '../../missing-object.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { present } from '../reference.ts';
import { sinceMs } from '../rollout-grace.ts';
import { isLeaving } from '../snapshot.ts';

export const pod: Analyzer = {
  name: 'Pod',
  judges: ['Pod'],
  reads: ['Event', 'ReplicaSet'],
  check: (look) =>
    isLeaving(look.object) ? [] : [...scheduling(look), ...evicted(look), ...containers(look)],
};

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

function scheduling(look: Look): readonly Problem[] {
  if (textAt(look.object, 'status', 'phase') !== 'Pending') return [];
  const condition = conditionOf(look.object, 'PodScheduled');
  const message = look.quote(textAt(condition, 'message'));
  const reason = textAt(condition, 'reason');
  if (reason === 'Unschedulable' && message !== '') {
    return [
      {
        id: 'Unschedulable',
        severity: 'high',
        fieldPath: 'status.conditions',
        text: `No node takes the Pod: ${message}`,
        fix: 'Make room, or change what the Pod asks for: requests, node selector, affinity, tolerations, volumes.',
        k8sgpt: { text: message },
      },
    ];
  }
  if (reason !== 'SchedulingGated') return [];
  const text = `Pod ${look.namespace}/${look.name} is blocked by scheduling gates`;
  return [
    {
      id: 'SchedulingGated',
      severity: 'medium',
      fieldPath: 'spec.schedulingGates',
      text: `The Pod waits for its scheduling gates${message === '' ? '' : `: ${message}`}.`,
      fix: 'Find the controller that should remove the gates, or remove them.',
      k8sgpt: { text: message === '' ? text : message },
    },
  ];
}

function evicted(look: Look): readonly Problem[] {
  if (textAt(look.object, 'status', 'reason') !== 'Evicted') return [];
  const message = look.quote(textAt(look.object, 'status', 'message'));
  return [
    {
      id: 'Evicted',
      severity: 'medium',
      text: `The Pod was evicted${message === '' ? '' : `: ${message}`}`,
      fix: 'Set requests near to what it uses, and look at what its node ran out of.',
      k8sgpt: { text: message === '' ? `Pod ${look.name} has been evicted` : message },
    },
  ];
}

function containers(look: Look): readonly Problem[] {
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
  const ended = quoteText(textAt(status, 'lastState', 'terminated', 'reason'), 60) || 'Unknown';
  if (reason === 'CrashLoopBackOff' && textAt(status, 'lastState', 'terminated', 'reason') !== '') {
    return {
      ...base,
      id: 'CrashLoopBackOff',
      severity: 'high',
      text: `Container ${name} starts and ends again and again; its last run ended with ${ended}.`,
      fix: 'Read the log of its last run.',
      k8sgpt: { text: `the last termination reason is ${ended} container=${name} pod=${look.name}` },
    };
  }
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
  const exit = numberAt(status, 'state', 'terminated', 'exitCode') ?? 0;
  return exit === 0 ? unhealthy(look, status, base) : exited(look, status, exit, base);
}

/** Of a message that names an object which is not there, the fix is to make it. */
function fixOf(look: Look, message: string, fix: string): Pick<Problem, 'fix' | 'missing'> {
  const missing = missingIn(message, look.namespace);
  return missing === undefined ? { fix } : { fix: missingFix(missing), missing };
}

type Base = Required<Pick<Problem, 'container' | 'fieldPath'>>;

/** The sandbox or a volume of a Pod that does not get as far as its containers. */
function blocked(look: Look, base: Base): Problem | undefined {
  if (textAt(look.object, 'status', 'phase') !== 'Pending') return undefined;
  const event = look.events().at(-1);
  if (event?.reason !== 'FailedCreatePodSandBox' && event?.reason !== 'FailedMount') return undefined;
  const message = look.quote(event.message);
  return {
    ...base,
    id: event.reason,
    severity: 'high',
    text: `Container ${base.container} cannot be created: ${message}`,
    ...fixOf(
      look,
      message,
      event.reason === 'FailedMount'
        ? 'Make the volume that the message names available.'
        : 'Look at the network plugin and the container runtime of its node.',
    ),
    evidence: [look.evidence(event)],
    k8sgpt: { text: message },
  };
}

function exited(look: Look, status: JsonObject, exit: number, base: Base): Problem {
  const reason = quoteText(textAt(status, 'state', 'terminated', 'reason'), 60) || 'Unknown';
  return {
    ...base,
    id: 'ContainerFailed',
    severity: 'high',
    text: `Container ${base.container} ended with exit code ${exit} (${reason}).`,
    fix: 'Read its log.',
    k8sgpt: {
      text: `the termination reason is ${reason} exitCode=${exit} container=${base.container} pod=${look.name}`,
    },
  };
}

function unhealthy(look: Look, status: JsonObject, base: Base): Problem | undefined {
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
