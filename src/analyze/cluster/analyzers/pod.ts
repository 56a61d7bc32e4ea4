import { conditionOf } from '../../diagnosis/pod-view.ts';
import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { containerProblems } from '../pods/containers.ts';
import { leavingProblems } from '../pods/leaving.ts';
import { waitingInit } from '../pods/waiting-init.ts';
import { rolloutMs, sinceMs } from '../rollout-grace.ts';
import { isLeaving } from '../snapshot.ts';

export const pod: Analyzer = {
  name: 'Pod',
  judges: ['Pod'],
  reads: ['Event', 'ReplicaSet', 'Job'],
  check: (look) =>
    isLeaving(look.object)
      ? leavingProblems(look)
      : [
          ...scheduling(look),
          ...evicted(look),
          ...rejected(look),
          ...containerProblems(look),
          ...waitingInit(look),
          ...readinessGates(look),
        ],
};

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
        text: `No node takes the Pod${asksFor(look, message)}: ${message}`,
        fix: 'Make room, or change what the Pod asks for: requests, node selector, affinity, tolerations, volumes.',
        k8sgpt: { text: message },
      },
    ];
  }
  if (reason !== 'SchedulingGated') return [];
  const text = `Pod ${look.namespace}/${look.name} is in a SchedulingGated state and is blocked from scheduling due to non-empty scheduling gates`;
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

/** The labels of nodes that it wants, where the scheduler found none that has them. */
function asksFor(look: Look, message: string): string {
  if (!/node affinity\/selector/i.test(message)) return '';
  const labels = Object.entries(objectAt(look.object, 'spec', 'nodeSelector')).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : ''}`,
  );
  return labels.length === 0 ? '' : `, which asks for nodes with ${quoteText(labels.join(','), 200)}`;
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

/** Of a Pod that a controller owns, the next one counts. */
function rejected(look: Look): readonly Problem[] {
  const reason = textAt(look.object, 'status', 'reason');
  const isOwned = objectsAt(look.object, 'metadata', 'ownerReferences').length > 0;
  const hasFailed = textAt(look.object, 'status', 'phase') === 'Failed';
  if (!hasFailed || reason === '' || reason === 'Evicted' || isOwned) return [];
  const message = look.quote(textAt(look.object, 'status', 'message'));
  return [
    {
      id: 'PodFailed',
      severity: 'high',
      text: `The Pod has failed (${quoteText(reason, 60)})${message === '' ? '.' : `: ${message}`}`,
      fix: 'Correct what the message names and make the Pod anew: nothing owns it that would.',
    },
  ];
}

/** Every container is ready, and what another controller should say of the Pod is missing. */
function readinessGates(look: Look): readonly Problem[] {
  const ready = conditionOf(look.object, 'Ready');
  const isGated = textAt(ready, 'status') !== 'True' && textAt(ready, 'reason') === 'ReadinessGatesNotReady';
  if (!isGated || sinceMs(look, textAt(ready, 'lastTransitionTime')) < rolloutMs) return [];
  return [
    {
      id: 'ReadinessGateClosed',
      severity: 'high',
      fieldPath: 'spec.readinessGates',
      text: `All containers are ready, and a readiness gate keeps the Pod from being so: ${look.quote(textAt(ready, 'message'))}`,
      fix: 'Look at the controller that should set the condition, or remove the gate from the Pod template.',
    },
  ];
}
