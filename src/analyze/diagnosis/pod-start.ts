import type { Finding } from '../finding.ts';
import type { PodView } from './pod-view.ts';
import type { Subject } from './subject.ts';
import { commandWord } from '../command-word.ts';
import { nameOf } from '../object-name.ts';
import { latestEvent } from '../events.ts';
import { textAt } from '../json-fields.ts';
import { conditionOf } from './pod-view.ts';
import { explainScheduling } from './scheduling-reason.ts';
import { eventEvidence, namespaceFlag, runtimeFinding } from './subject.ts';

/** Why the Pod as a whole does not get to run its containers: no node, no volume, no network, or thrown off its node. */
export function podStart(pod: PodView, subject: Subject): Finding | undefined {
  return evicted(pod, subject) ?? unschedulable(pod, subject) ?? volumeOrNetwork(pod, subject);
}

function evicted(pod: PodView, subject: Subject): Finding | undefined {
  if (textAt(pod.pod, 'status', 'reason') !== 'Evicted') return undefined;
  return runtimeFinding(subject, 'PodEvicted', 'high', {
    text: 'A Pod was evicted: its node ran short of memory, disk or process ids.',
    fix: `Give every container requests that match what it uses (also ephemeral-storage), and relieve the node.`,
    evidence: [{ source: pod.label, text: subject.quote(textAt(pod.pod, 'status', 'message')) }],
    commands: ['kubectl describe nodes'],
  });
}

function unschedulable(pod: PodView, subject: Subject): Finding | undefined {
  const condition = conditionOf(pod.pod, 'PodScheduled');
  const event = latestEvent(subject.state.events, pod.uid, ['FailedScheduling']);
  const isBound = textAt(pod.pod, 'spec', 'nodeName') !== '';
  if (pod.phase !== 'Pending' || isBound) return undefined;
  if (textAt(condition, 'reason') === 'SchedulingGated') {
    return runtimeFinding(subject, 'PodSchedulingGated', 'medium', {
      fieldPath: 'spec.schedulingGates',
      text: 'A Pod waits for a scheduling gate that its controller has not removed yet.',
      fix: 'Find out which controller owns the gate in spec.schedulingGates, and why it holds.',
      evidence: [{ source: pod.label, text: subject.quote(textAt(condition, 'message')) }],
    });
  }
  const isRefused =
    textAt(condition, 'status') === 'False' && textAt(condition, 'reason') === 'Unschedulable';
  if (!isRefused && event === undefined) return undefined;
  const message = textAt(condition, 'message') || (event?.message ?? '');
  const { text, fix } = explainScheduling(message, subject.workload?.podPath ?? 'spec');
  return runtimeFinding(subject, 'PodUnschedulable', 'critical', {
    text: `No node takes the Pod: ${text}.`,
    fix,
    evidence: [
      { source: pod.label, text: `Pending, not scheduled: ${subject.quote(message)}` },
      ...(event === undefined || event.message === message ? [] : [eventEvidence(subject, event)]),
    ],
    commands: [
      'kubectl describe nodes',
      `kubectl${namespaceFlag(subject.ref)} describe pod ${commandWord(nameOf(pod.pod))}`,
    ],
  });
}

function volumeOrNetwork(pod: PodView, subject: Subject): Finding | undefined {
  const waits = pod.containers.some((each) =>
    /^(?:ContainerCreating|PodInitializing)$/.test(each.waiting.reason),
  );
  if (pod.phase !== 'Pending' || !waits) return undefined;
  const event = latestEvent(subject.state.events, pod.uid, [
    'FailedMount',
    'FailedAttachVolume',
    'FailedCreatePodSandBox',
  ]);
  if (event === undefined) return undefined;
  if (event.reason === 'FailedCreatePodSandBox') {
    return runtimeFinding(subject, 'PodSandboxFailed', 'critical', {
      text: 'The node cannot set up the Pod: its sandbox (mostly its network) fails.',
      fix: 'Look after the network plugin and the container runtime on the node of the Pod.',
      evidence: [eventEvidence(subject, event)],
    });
  }
  const missing = /\b(configmap|secret) "([^"]{1,253})" not found/i.exec(event.message);
  const kind = missing?.[1]?.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
  return runtimeFinding(subject, 'VolumeMountFailed', 'critical', {
    fieldPath: `${subject.workload?.podPath ?? 'spec'}.volumes`,
    text:
      missing === null
        ? 'A volume of the Pod cannot be mounted.'
        : `A volume of the Pod needs ${kind} "${missing[2]}", which does not exist in its namespace.`,
    fix:
      missing === null
        ? 'Check the claim, its storage class and the node that the volume is attached to, as the message says.'
        : `Create ${kind} "${missing[2]}" in the namespace of the Pod, or correct the name in ${subject.workload?.podPath ?? 'spec'}.volumes.`,
    evidence: [eventEvidence(subject, event)],
    commands: [
      `kubectl${namespaceFlag(subject.ref)} get ${missing === null ? 'pvc' : `${kind.toLowerCase()}s`}`,
    ],
  });
}
