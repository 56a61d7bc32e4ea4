import { objectsAt } from '../../json-fields.ts';
import type { WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

/** One that runs once is not meant to come back. */
export const nakedPod: WorkloadRule = {
  id: 'PodWithoutController',
  severity: 'low',
  category: 'availability',
  reason: 'when its node fails or is drained, it is gone for good',
  source: documented('Pods: working with Pods', 'concepts/workloads/pods/#working-with-pods'),
  check: ({ kind, object, longRunning }) => {
    if (kind !== 'Pod' || !longRunning || objectsAt(object, 'metadata', 'ownerReferences').length > 0)
      return [];
    return [
      {
        fieldPath: 'kind',
        text: 'Nothing makes the Pod again: it belongs to no controller.',
        fix: 'Put it into a Deployment, or a Job if it is to run once.',
      },
    ];
  },
};
