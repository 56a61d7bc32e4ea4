import { numberAt } from '../../json-fields.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

const kinds = ['HorizontalPodAutoscaler.autoscaling'];
const source = documented(
  'Horizontal Pod autoscaling',
  'concepts/workloads/autoscaling/horizontal-pod-autoscale/',
);

export const autoscalerFixed: ObjectRule = {
  id: 'AutoscalerFixed',
  severity: 'low',
  category: 'availability',
  reason: 'it looks as if load were cared for',
  source,
  kinds,
  check: (autoscaler) => {
    const most = numberAt(autoscaler, 'spec', 'maxReplicas');
    if (most === undefined || most > leastOf(autoscaler)) return [];
    return [
      {
        fieldPath: 'spec.maxReplicas',
        text: `The autoscaler cannot scale: it has at least ${leastOf(autoscaler)} and at most ${most} replicas.`,
        fix: 'Raise spec.maxReplicas, or remove the autoscaler and set the replicas.',
      },
    ];
  },
};

/** Of one that cannot scale at all the other rule tells. */
export const autoscalerToOne: ObjectRule = {
  id: 'AutoscalerMinimumOne',
  severity: 'low',
  category: 'availability',
  reason: 'in quiet hours, when nobody watches, one drained node is an outage',
  source,
  kinds,
  check: (autoscaler) => {
    if (leastOf(autoscaler) > 1 || (numberAt(autoscaler, 'spec', 'maxReplicas') ?? 2) <= 1) return [];
    return [
      {
        fieldPath: 'spec.minReplicas',
        text: 'The autoscaler may go down to one replica: every restart, eviction and drained node is then an outage.',
        fix: 'Set spec.minReplicas to 2 or more if the program can run twice.',
      },
    ];
  },
};

function leastOf(autoscaler: Parameters<ObjectRule['check']>[0]): number {
  return numberAt(autoscaler, 'spec', 'minReplicas') ?? 1;
}
