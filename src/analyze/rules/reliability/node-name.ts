import { textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

/** Every Pod that runs has one; only a template says so on purpose. */
export const nodeNamePinned: WorkloadRule = {
  id: 'NodeNamePinned',
  severity: 'medium',
  category: 'availability',
  reason:
    'the scheduler is passed over: resources and taints of the node do not count, and when it is gone nothing runs',
  source: documented(
    'Assign Pods to nodes: nodeName',
    'concepts/scheduling-eviction/assign-pod-node/#nodename',
  ),
  check: ({ kind, podSpec, podPath }) => {
    const name = textAt(podSpec, 'nodeName');
    if (kind === 'Pod' || name === '') return [];
    return [
      {
        fieldPath: `${podPath}.nodeName`,
        text: `Its Pods run on the node ${quoteText(name, 100)} and on no other.`,
        fix: `Remove ${podPath}.nodeName, and choose nodes by their labels with nodeAffinity.`,
      },
    ];
  },
};
