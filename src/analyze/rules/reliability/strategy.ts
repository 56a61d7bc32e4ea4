import { fieldAt, numberAt, textAt } from '../../json-fields.ts';
import type { Workload } from '../../pod-template.ts';
import type { WorkloadRule } from '../rule.ts';
import { documented } from '../source.ts';

const source = documented('Deployments: strategy', 'concepts/workloads/controllers/deployment/#strategy');

/** With one replica there is an outage either way. */
export const recreate: WorkloadRule = {
  id: 'RecreateStrategy',
  severity: 'medium',
  category: 'availability',
  reason: 'every rollout is an outage, for as long as the new version takes to start',
  source,
  check: (workload) => {
    if (textAt(workload.object, 'spec', 'strategy', 'type') !== 'Recreate' || replicasOf(workload) < 2)
      return [];
    return [
      {
        fieldPath: 'spec.strategy.type',
        text: 'A rollout stops all replicas before it starts a new one.',
        fix: 'Set spec.strategy.type to RollingUpdate if two versions can run side by side.',
      },
    ];
  },
};

export const rolloutTakesAll: WorkloadRule = {
  id: 'RolloutTakesAll',
  severity: 'medium',
  category: 'availability',
  reason: 'a rollout of a broken version leaves nothing that works',
  source,
  check: (workload) => {
    if (workload.kind !== 'Deployment' || textAt(workload.object, 'spec', 'strategy', 'type') === 'Recreate')
      return [];
    const most = fieldAt(workload.object, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
    const replicas = replicasOf(workload);
    const isAll = most === '100%' || (typeof most === 'number' && most >= replicas);
    if (!isAll || replicas < 2) return [];
    return [
      {
        fieldPath: 'spec.strategy.rollingUpdate.maxUnavailable',
        text: `A rollout may take all ${replicas} replicas at once.`,
        fix: 'Set spec.strategy.rollingUpdate.maxUnavailable below the number of replicas, such as 25%.',
      },
    ];
  },
};

export const noRollbackHistory: WorkloadRule = {
  id: 'NoRollbackHistory',
  severity: 'low',
  category: 'availability',
  reason: 'the version that worked has to be built again from its sources',
  source: documented(
    'Deployments: revision history limit',
    'concepts/workloads/controllers/deployment/#revision-history-limit',
  ),
  check: ({ object }) => {
    if (numberAt(object, 'spec', 'revisionHistoryLimit') !== 0) return [];
    return [
      {
        fieldPath: 'spec.revisionHistoryLimit',
        text: 'No former version is kept, so there is nothing to roll back to.',
        fix: 'Remove spec.revisionHistoryLimit, which keeps 10, or set it to 2 or more.',
      },
    ];
  },
};

function replicasOf({ object }: Workload): number {
  return numberAt(object, 'spec', 'replicas') ?? 1;
}
