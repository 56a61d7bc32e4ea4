import type { AuditRule } from './rule.ts';
import { numberAt } from '../json-fields.ts';

export const singleReplica: AuditRule = {
  id: 'SingleReplica',
  severity: 'low',
  category: 'availability',
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
