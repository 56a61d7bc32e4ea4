import { numberAt, textAt, textsAt, valueAt } from '../../json-reading.ts';
import { derivedSuffix } from '../derived-identity.ts';
import { nodeName } from '../pods/project-pod.ts';
import type { SetMoment } from './set-moment.ts';
import type { SetAction, SetRules } from './set-rules.ts';
import type { PodSet } from './pod-set.ts';

/** Labels of the one node of an in-memory cluster. */
const nodeLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'amd64',
  'beta.kubernetes.io/os': 'linux',
  'kubernetes.io/arch': 'amd64',
  'kubernetes.io/hostname': nodeName,
  'kubernetes.io/os': 'linux',
};

/** What a DaemonSet's controller does on the one node that there is. */
export const daemonSetRules: SetRules = {
  kind: 'DaemonSet',
  component: 'daemonset-controller',
  createdMessage: (pod) => `Created pod: ${pod}`,
  deletedMessage: (pod) => `Deleted pod: ${pod}`,
  nextAction(moment) {
    const { set } = moment;
    const [unwanted] = set.pods;
    if (!wantsNode(set))
      return unwanted === undefined ? undefined : { kind: 'delete', pod: unwanted, claims: [] };
    if (set.pods.length === 0) return createPod(moment);
    return textAt(set.spec, 'updateStrategy', 'type') === 'OnDelete' ? undefined : update(moment);
  },
};

/** Whether the Pods of the set go to the node. */
export function wantsNode(set: PodSet): boolean {
  const selector = textsAt(set.spec, 'template', 'spec', 'nodeSelector');
  return Object.entries(selector).every(([key, value]) => nodeLabels[key] === value);
}

function update(moment: SetMoment): SetAction | undefined {
  const { set } = moment;
  const old = set.pods.find((pod) => pod.revision !== set.update);
  const fresh = set.pods.find((pod) => pod.revision === set.update);
  if (old === undefined) return set.current === set.update ? undefined : { kind: 'complete' };
  if (fresh !== undefined)
    return moment.isAvailable(fresh) ? { kind: 'delete', pod: old, claims: [] } : undefined;
  // With a surge the old Pod goes when the new one is there; one that is not available goes at once.
  return surges(set) && moment.isAvailable(old)
    ? createPod(moment)
    : { kind: 'delete', pod: old, claims: [] };
}

function surges(set: PodSet): boolean {
  const path = ['updateStrategy', 'rollingUpdate', 'maxSurge'] as const;
  const surge = numberAt(set.spec, ...path) ?? valueAt(set.spec, ...path);
  return surge !== undefined && surge !== 0 && surge !== '0%';
}

function createPod({ set, owner }: SetMoment): SetAction {
  return {
    kind: 'create',
    name: `${owner.name}-${derivedSuffix(5, owner.uid, set.podCount)}`,
    ordinal: 0,
    revision: set.update,
    claims: [],
  };
}
