import { fieldAt, textAt } from '../../json-fields.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

const kinds = ['PodDisruptionBudget.policy'];

export const budgetBlocksAll: ObjectRule = {
  id: 'DisruptionBudgetBlocksAll',
  severity: 'medium',
  category: 'availability',
  reason: 'nodes cannot be drained, so upgrades of the cluster stop until someone deletes it',
  source: documented(
    'Specifying a disruption budget',
    'tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget',
  ),
  kinds,
  check: (budget) => {
    const most = fieldAt(budget, 'spec', 'maxUnavailable');
    const least = fieldAt(budget, 'spec', 'minAvailable');
    // The controller that counts what is to spare then counts nothing.
    if (most === undefined && least === undefined) {
      return [
        {
          fieldPath: 'spec',
          text: 'No Pod may be evicted: the budget has neither minAvailable nor maxUnavailable.',
          fix: 'Set spec.maxUnavailable to 1, and run two replicas or more.',
        },
      ];
    }
    const field = most === undefined ? 'minAvailable' : 'maxUnavailable';
    if (most !== 0 && most !== '0%' && most !== '0' && least !== '100%') return [];
    return [
      {
        fieldPath: `spec.${field}`,
        text: `No Pod may be evicted, however many there are: spec.${field} leaves none to spare.`,
        fix: 'Set spec.maxUnavailable to 1, and run two replicas or more.',
      },
    ];
  },
};

/** Info: the default is what one wants of a database that repairs itself. */
export const unhealthyPodsBlock: ObjectRule = {
  id: 'UnhealthyPodsBlockDrain',
  severity: 'info',
  category: 'availability',
  reason: 'a Pod that crashes for ever keeps its node from being drained',
  source: documented(
    'Specifying a disruption budget: unhealthy Pod eviction policy',
    'tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy',
  ),
  kinds,
  check: (budget) => {
    if (textAt(budget, 'spec', 'unhealthyPodEvictionPolicy') === 'AlwaysAllow') return [];
    return [
      {
        fieldPath: 'spec.unhealthyPodEvictionPolicy',
        text: 'Pods that run but are not ready may not be evicted while too few are ready.',
        fix: 'Set spec.unhealthyPodEvictionPolicy to AlwaysAllow.',
      },
    ];
  },
};
