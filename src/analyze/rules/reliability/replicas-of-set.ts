import type { KubeObject } from '../../../api/kube-object.ts';
import { fieldAt, numberAt, objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { fitsSelector } from '../../label-match.ts';
import { namespaceOf, podLabelsOf, type ObjectSet } from '../../object-set.ts';
import type { Workload } from '../../pod-template.ts';
import type { SetRule } from '../rule.ts';
import { documented } from '../source.ts';

const budgetKind = 'PodDisruptionBudget.policy';
const budgets = documented(
  'Disruptions: Pod disruption budgets',
  'concepts/workloads/pods/disruptions/#pod-disruption-budgets',
);

export const noDisruptionBudget: SetRule = {
  id: 'NoDisruptionBudget',
  severity: 'low',
  category: 'availability',
  reason: 'draining nodes may take all replicas at the same time',
  source: budgets,
  check: (set) => {
    const byNamespace = Map.groupBy(set.ofKind(budgetKind), namespaceOf);
    return set.workloads
      .filter((workload) => (leastReplicas(workload, set) ?? 0) > 1)
      .filter(({ object, ...workload }) => {
        const near = byNamespace.get(namespaceOf(object)) ?? [];
        return !near.some((budget) => selects(budget, { object, ...workload }));
      })
      .map(({ object }) => ({
        object,
        fieldPath: 'spec.replicas',
        text: 'No PodDisruptionBudget that is given with it selects its Pods.',
        fix: 'Add a PodDisruptionBudget with maxUnavailable: 1 and the selector of the workload.',
      }));
  },
};

/** Where an autoscaler decides, its minimum counts. */
export const budgetAboveReplicas: SetRule = {
  id: 'DisruptionBudgetAboveReplicas',
  severity: 'medium',
  category: 'availability',
  reason: 'nodes cannot be drained, so upgrades of the cluster stop until someone deletes it',
  source: budgets,
  check: (set) =>
    set.ofKind(budgetKind).flatMap((object) => {
      const counts = set
        .workloadsIn(namespaceOf(object))
        .filter((workload) => selects(object, workload))
        .map((workload) => leastReplicas(workload, set));
      const replicas = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
      const least = staying(object, replicas);
      // No replicas are no Pods to evict, and of other kinds the number is not written here.
      if (least === undefined || replicas === 0 || counts.includes(undefined) || least < replicas) return [];
      return [
        {
          object,
          fieldPath: 'spec.minAvailable',
          text: `No Pod may be evicted: ${least} must stay, and there may be no more than ${replicas}.`,
          fix: 'Set spec.maxUnavailable to 1 in place of spec.minAvailable, and run two replicas or more.',
        },
      ];
    }),
};

export const replicasFightAutoscaler: SetRule = {
  id: 'ReplicasFightAutoscaler',
  severity: 'low',
  category: 'correctness',
  reason: 'each time the manifest is applied the replicas jump, in the middle of a load as well',
  source: documented(
    'Horizontal Pod autoscaling: migrating Deployments and StatefulSets',
    'concepts/workloads/autoscaling/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling',
  ),
  check: (set) =>
    set.workloads
      .filter(
        ({ object }) =>
          numberAt(object, 'spec', 'replicas') !== undefined && set.autoscalersOf(object).length > 0,
      )
      .map(({ object }) => ({
        object,
        fieldPath: 'spec.replicas',
        text: 'The replicas are set here and by an autoscaler.',
        fix: 'Remove spec.replicas.',
      })),
};

/** Info: without a wish the scheduler spreads Pods as well, though it may give that up for other things. */
export const replicasNotSpread: SetRule = {
  id: 'ReplicasNotSpread',
  severity: 'info',
  category: 'availability',
  reason: 'all replicas may come to lie on one node, or in one zone, and fail with it',
  source: documented(
    'Pod topology spread constraints',
    'concepts/scheduling-eviction/topology-spread-constraints/',
  ),
  check: (set) =>
    set.workloads
      .filter((workload) => (leastReplicas(workload, set) ?? 0) > 1 && !isSpread(workload))
      .map(({ object, podPath }) => ({
        object,
        fieldPath: `${podPath}.topologySpreadConstraints`,
        text: 'Nothing asks for its replicas to be on different nodes.',
        fix: `Add ${podPath}.topologySpreadConstraints over kubernetes.io/hostname, and over topology.kubernetes.io/zone.`,
      })),
};

/** How many of so many Pods must stay; undefined where the budget says otherwise, and for 100 %, which blocks any number. */
function staying(budget: KubeObject, replicas: number): number | undefined {
  const percent = /^(\d{1,2})%$/.exec(textAt(budget, 'spec', 'minAvailable'))?.[1];
  return percent === undefined
    ? numberAt(budget, 'spec', 'minAvailable')
    : Math.ceil((Number(percent) / 100) * replicas);
}

/** Undefined for what has no number of replicas. */
function leastReplicas({ kind, object }: Workload, set: ObjectSet): number | undefined {
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return undefined;
  const [autoscaler] = set.autoscalersOf(object);
  return autoscaler === undefined
    ? (numberAt(object, 'spec', 'replicas') ?? 1)
    : (numberAt(autoscaler, 'spec', 'minReplicas') ?? 1);
}

function selects(budget: KubeObject, workload: Workload): boolean {
  return (
    fieldAt(budget, 'spec', 'selector') !== undefined &&
    fitsSelector(objectAt(budget, 'spec', 'selector'), podLabelsOf(workload))
  );
}

function isSpread({ podSpec }: Workload): boolean {
  const wishes = objectAt(podSpec, 'affinity', 'podAntiAffinity');
  return (
    objectsAt(podSpec, 'topologySpreadConstraints').some((each) => textAt(each, 'topologyKey') !== '') ||
    Object.keys(wishes).length > 0
  );
}
