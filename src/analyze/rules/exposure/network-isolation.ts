import { flagAt, objectAt } from '../../json-fields.ts';
import { fitsSelector } from '../../label-match.ts';
import { namespaceOf, podLabelsOf } from '../../object-set.ts';
import type { SetRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Pods in the network of their node are beyond what policies reach. */
export const noNetworkPolicy: SetRule = {
  id: 'NoNetworkPolicy',
  severity: 'low',
  category: 'exposure',
  reason: 'a program that is taken over reaches everything in the cluster, and everything reaches it',
  source: documented('Network policies', 'concepts/services-networking/network-policies/'),
  check: (set) => {
    const policies = Map.groupBy(set.ofKind('NetworkPolicy.networking.k8s.io'), namespaceOf);
    return set.workloads
      .filter(({ podSpec }) => flagAt(podSpec, 'hostNetwork') !== true)
      .filter((workload) => {
        const near = policies.get(namespaceOf(workload.object)) ?? [];
        return !near.some((policy) =>
          fitsSelector(objectAt(policy, 'spec', 'podSelector'), podLabelsOf(workload)),
        );
      })
      .map(({ object, podPath }) => ({
        object,
        fieldPath: `${podPath.split('.').slice(0, -1).join('.')}.metadata.labels`.replace(/^\./, ''),
        text: 'No NetworkPolicy that is given with it selects its Pods.',
        fix: 'Add a NetworkPolicy whose podSelector fits these labels, and list who may call and what it may call.',
      }));
  },
};
