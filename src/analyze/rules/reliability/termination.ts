import { numberAt } from '../../json-fields.ts';
import type { WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

export const noGracePeriod: WorkloadRule = {
  id: 'GracePeriodZero',
  severity: 'medium',
  category: 'availability',
  reason: 'requests in flight are lost at each rollout, and data that is not written yet',
  source: documented(
    'Pod lifecycle: termination of Pods',
    'concepts/workloads/pods/pod-lifecycle/#pod-termination',
  ),
  check: ({ podSpec, podPath }) => {
    if (numberAt(podSpec, 'terminationGracePeriodSeconds') !== 0) return [];
    const fieldPath = `${podPath}.terminationGracePeriodSeconds`;
    return [
      {
        fieldPath,
        text: 'The Pod is killed at once when it is to stop: its programs get no time to finish.',
        fix: `Remove ${fieldPath}, which leaves 30 seconds, or set what the programs need.`,
      },
    ];
  },
};
