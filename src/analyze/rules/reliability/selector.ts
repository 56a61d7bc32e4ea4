import type { WorkloadRule } from '../rule.ts';
import { fitsSelector } from '../../label-match.ts';
import { objectAt, textAt } from '../../json-fields.ts';
import { podLabelsOf } from '../../object-set.ts';
import { documented } from '../source.ts';

/** Such an object is never created, so this counts as broken now and not as badly written. */
export const selectorMismatch: WorkloadRule = {
  id: 'SelectorMismatch',
  severity: 'critical',
  category: 'runtime',
  reason: 'the API server refuses it: it would make Pods without end that it does not find again',
  source: documented('Deployments: selector', 'concepts/workloads/controllers/deployment/#selector'),
  check: (workload) => {
    if (!textAt(workload.object, 'apiVersion').startsWith('apps/')) return [];
    const selector = objectAt(workload.object, 'spec', 'selector');
    if (fitsSelector(selector, podLabelsOf(workload))) return [];
    return [
      {
        fieldPath: 'spec.selector',
        text: `The ${workload.kind} does not select its own Pods: spec.selector asks for labels that spec.template.metadata.labels does not have.`,
        fix: 'Give spec.template.metadata.labels every label of spec.selector, with the same values.',
      },
    ];
  },
};
