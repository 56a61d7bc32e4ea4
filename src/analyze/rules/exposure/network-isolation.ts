import type { KubeObject } from '../../../api/kube-object.ts';
import { fieldAt, flagAt, objectAt, textsAt } from '../../json-fields.ts';
import { fitsSelector } from '../../label-match.ts';
import { namespaceOf, podLabelsOf, type ObjectSet } from '../../object-set.ts';
import type { Workload } from '../../pod-template.ts';
import type { Hit, SetRule } from '../rule.ts';
import { documented } from '../source.ts';

const source = documented('Network policies', 'concepts/services-networking/network-policies/');

export const noNetworkPolicy: SetRule = {
  id: 'NoNetworkPolicy',
  severity: 'low',
  category: 'exposure',
  reason: 'a program that is taken over reaches everything in the cluster, and everything reaches it',
  cis: '5.3.2',
  source,
  check: (set) =>
    reachableWorkloads(set)
      .filter(({ policies }) => policies.length === 0)
      .map(({ workload }) =>
        hitOf(workload, {
          text: 'No NetworkPolicy that is given with it selects its Pods.',
          fix: 'Add a NetworkPolicy whose podSelector fits these labels, and list who may call and what it may call.',
        }),
      ),
};

/** Info: what a program calls is harder to list than who calls it. */
export const egressOpen: SetRule = {
  id: 'EgressUnrestricted',
  severity: 'info',
  category: 'exposure',
  reason: 'a program that is taken over can send what it knows anywhere, and attack others',
  source,
  check: (set) =>
    reachableWorkloads(set)
      .filter(({ policies }) => policies.length > 0 && !policies.some(isForEgress))
      .map(({ workload }) =>
        hitOf(workload, {
          text: 'The NetworkPolicies that select its Pods say who may call them, and none says whom they may call.',
          fix: 'Add a NetworkPolicy with policyTypes: [Egress] that allows DNS and what the program calls.',
        }),
      ),
};

/** Pods in the network of their node are beyond what policies reach. */
function reachableWorkloads(
  set: ObjectSet,
): readonly { readonly workload: Workload; readonly policies: readonly KubeObject[] }[] {
  const byNamespace = Map.groupBy(set.ofKind('NetworkPolicy.networking.k8s.io'), namespaceOf);
  return set.workloads
    .filter(({ podSpec }) => flagAt(podSpec, 'hostNetwork') !== true)
    .map((workload) => ({
      workload,
      policies: (byNamespace.get(namespaceOf(workload.object)) ?? []).filter((policy) =>
        fitsSelector(objectAt(policy, 'spec', 'podSelector'), podLabelsOf(workload)),
      ),
    }));
}

/** Without policyTypes, a policy is for egress if it has a part about it. */
function isForEgress(policy: KubeObject): boolean {
  return (
    textsAt(policy, 'spec', 'policyTypes').includes('Egress') ||
    fieldAt(policy, 'spec', 'egress') !== undefined
  );
}

function hitOf(
  { object, podPath }: Workload,
  said: { readonly text: string; readonly fix: string },
): Hit & { readonly object: KubeObject } {
  const template = podPath.split('.').slice(0, -1);
  return { object, fieldPath: [...template, 'metadata', 'labels'].join('.'), ...said };
}
