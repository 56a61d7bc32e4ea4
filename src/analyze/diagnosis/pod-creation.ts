import type { KubeObject } from '../../api/kube-object.ts';
import type { Finding } from '../finding.ts';
import type { Subject } from './subject.ts';
import { latestEvent } from '../events.ts';
import { textAt } from '../json-fields.ts';
import { describeObject } from '../object-name.ts';
import { conditionOf } from './pod-view.ts';
import { eventEvidence, namespaceFlag, runtimeFinding } from './subject.ts';

/** The API server refuses the Pods that the object's controller wants to create: quota, admission, a missing account. */
export function podCreation(subject: Subject): Finding | undefined {
  for (const object of [subject.state.object, ...subject.state.owned]) {
    const condition = conditionOf(object, 'ReplicaFailure');
    const refused = textAt(condition, 'status') === 'True' && textAt(condition, 'reason') === 'FailedCreate';
    const event = latestEvent(subject.state.events, textAt(object, 'metadata', 'uid'), ['FailedCreate']);
    // An old event without the condition is history, unless the kind (StatefulSet, DaemonSet, Job) has no such condition.
    if (!refused && (event === undefined || !lacksCondition(object, subject))) continue;
    const message = textAt(condition, 'message') || (event?.message ?? '');
    return runtimeFinding(subject, 'PodsNotCreated', 'critical', {
      ...explain(message, subject),
      evidence: [
        ...(refused
          ? [
              {
                source: describeObject(object),
                text: `ReplicaFailure, FailedCreate: ${subject.quote(message)}`,
              },
            ]
          : []),
        ...(event === undefined || (refused && event.message === message)
          ? []
          : [eventEvidence(subject, event)]),
      ],
    });
  }
  return undefined;
}

function lacksCondition(object: KubeObject, subject: Subject): boolean {
  return !['Deployment', 'ReplicaSet'].includes(object.kind) && subject.state.pods.length === 0;
}

function explain(message: string, subject: Subject): Pick<Finding, 'text' | 'fix' | 'commands'> {
  const flag = namespaceFlag(subject.ref);
  if (/exceeded quota/i.test(message)) {
    return {
      text: 'Pods are not created: they would exceed a ResourceQuota of the namespace.',
      fix: 'Free or raise the quota, or lower replicas or the requests and limits that count against it.',
      commands: [`kubectl${flag} describe resourcequota`],
    };
  }
  if (/failed quota|must specify/i.test(message)) {
    return {
      text: 'Pods are not created: a ResourceQuota of the namespace wants requests or limits that the containers do not set.',
      fix: 'Set the requests and limits that the message names in every container, or give the namespace a LimitRange with defaults.',
      commands: [`kubectl${flag} describe resourcequota,limitrange`],
    };
  }
  if (/violates PodSecurity/i.test(message)) {
    return {
      text: 'Pods are not created: they violate the Pod Security Standard that the namespace enforces.',
      fix: 'Set the securityContext fields that the message names, or run it in a namespace that allows them.',
      commands: [
        `kubectl get namespace${subject.ref.namespace === undefined ? '' : ` ${flag.slice(4)}`} --show-labels`,
      ],
    };
  }
  if (/serviceaccount .{0,300}not found|error looking up service account/i.test(message)) {
    return {
      text: 'Pods are not created: their ServiceAccount does not exist.',
      fix: `Create the ServiceAccount, or correct ${subject.workload?.podPath ?? 'spec'}.serviceAccountName.`,
      commands: [`kubectl${flag} get serviceaccounts`],
    };
  }
  const unreachable = /failed calling webhook "([^"]{1,253})"/.exec(message)?.[1];
  if (unreachable !== undefined) {
    return {
      text: `Pods are not created: the admission webhook ${subject.quote(unreachable)}, which must allow them, does not answer.`,
      fix: 'Bring the server of the webhook back. Where that takes long, its owner may let Pods through without it (failurePolicy: Ignore) or take its configuration away.',
      commands: ['kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations'],
    };
  }
  if (/admission webhook|denied the request|ValidatingAdmissionPolicy/i.test(message)) {
    return {
      text: 'Pods are not created: an admission policy of the cluster refuses them.',
      fix: 'Change what the message names in the Pod template, or ask who owns the policy for an exception.',
      commands: ['kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations'],
    };
  }
  return {
    text: 'Pods are not created: the API server refuses them.',
    fix: 'Correct what the message names in the Pod template.',
    commands: [],
  };
}
