import { objectAt } from '../../json-fields.ts';
import { fitsSelector } from '../../label-match.ts';
import { namespaceOf, podLabelsOf } from '../../object-set.ts';
import type { SetRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Asked where the set holds something of the namespace that runs Pods; an empty selector is for all Pods to come. */
export const policySelectsNothing: SetRule = {
  id: 'NetworkPolicySelectsNothing',
  severity: 'medium',
  category: 'correctness',
  reason: 'it protects nobody, and everyone believes that it does',
  source: documented(
    'Network policies: the NetworkPolicy resource',
    'concepts/services-networking/network-policies/#networkpolicy-resource',
  ),
  check: (set) =>
    set
      .ofKind('NetworkPolicy.networking.k8s.io')
      .map((object) => ({ object, selector: objectAt(object, 'spec', 'podSelector') }))
      .filter(({ object, selector }) => {
        const workloads = set.workloadsIn(namespaceOf(object));
        const isForAll = Object.keys(selector).length === 0;
        return (
          !isForAll &&
          workloads.length > 0 &&
          !workloads.some((each) => fitsSelector(selector, podLabelsOf(each)))
        );
      })
      .map(({ object }) => ({
        object,
        fieldPath: 'spec.podSelector',
        text: 'The policy selects none of the Pods that are given with it.',
        fix: 'Make spec.podSelector ask for labels of a Pod template (spec.template.metadata.labels).',
      })),
};
