import type { WorkloadRule } from '../rule.ts';
import { numberAt } from '../../json-fields.ts';
import { documented } from '../source.ts';

export const singleReplica: WorkloadRule = {
  id: 'SingleReplica',
  severity: 'low',
  category: 'availability',
  reason: 'maintenance of one node is an outage',
  source: documented('Disruptions', 'concepts/workloads/pods/disruptions/'),
  check: (workload) => {
    if (workload.kind !== 'Deployment' && workload.kind !== 'StatefulSet') return [];
    const set = numberAt(workload.object, 'spec', 'replicas');
    if ((set ?? 1) !== 1) return [];
    return [
      {
        fieldPath: 'spec.replicas',
        text: `There is one replica${set === undefined ? ' (spec.replicas is unset, which means 1)' : ''}: every restart, eviction and drained node is an outage.`,
        fix: `Set spec.replicas to 2 or more if the program can run twice, and add a PodDisruptionBudget.`,
      },
    ];
  },
};
