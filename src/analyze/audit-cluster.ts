import type { KubeObject } from '../api/kube-object.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import { auditObjects, type SetAudit } from './audit-set.ts';
import type { SnapshotKind } from './cluster/kinds.ts';
import type { ReadGap } from './cluster/read-gap.ts';
import type { Snapshot } from './cluster/snapshot.ts';
import { takeSnapshot } from './cluster/take-snapshot.ts';
import { asWritten, isBuiltInRole, isFormerRevision } from './judged-objects.ts';
import { kindOf, namespaceOf } from './object-set.ts';
import { nameOf } from './object-name.ts';
import { workloadOf } from './pod-template.ts';
import { setRules } from './rules/set-rules.ts';

/** What the rules say of objects of a cluster, and what they could not say. */
export interface ClusterAudit extends SetAudit {
  readonly notJudged: readonly NotJudged[];
  /** What was judged and what it was judged by, as it was read. */
  readonly given: readonly KubeObject[];
  /** How many roles were left out because they come with Kubernetes. */
  readonly builtInRoles: number;
}

/** A list that could not be read. */
export interface NotJudged extends ReadGap {
  /** No object of this kind was judged; absent where objects of the kind are only what others are judged by. */
  readonly kind?: SnapshotKind;
  /** Rules that need the list, so nothing is said by them. */
  readonly rules: readonly string[];
}

const workloadKinds = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
  'Pod',
] as const satisfies readonly SnapshotKind[];

/** Read for what they say of others. */
const accountKinds: readonly SnapshotKind[] = ['ServiceAccount'];

/** Of Secrets and Namespaces only the metadata is read, and no rule for Secrets can do with that. */
const namespacedKinds: readonly SnapshotKind[] = [
  ...workloadKinds,
  'Service',
  'Ingress',
  'Gateway',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  'ConfigMap',
  'Role',
  'RoleBinding',
];

const clusterKinds: readonly SnapshotKind[] = [
  'ClusterRole',
  'ClusterRoleBinding',
  'Namespace',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
];

const aroundWorkloads: readonly SnapshotKind[] = [
  'NetworkPolicy',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
  ...accountKinds,
];

const rulesOfWorkloads = [
  'ServiceSelectsNothing',
  'ServicePortNameUnknown',
  'DisruptionBudgetAboveReplicas',
  'NetworkPolicySelectsNothing',
  'AutoscalerTargetUnknown',
];

/** Rules that would say something untrue where the list is missing. */
const rulesByKind: Readonly<Partial<Record<SnapshotKind, readonly string[]>>> = {
  NetworkPolicy: ['NoNetworkPolicy', 'EgressUnrestricted'],
  PodDisruptionBudget: ['NoDisruptionBudget'],
  HorizontalPodAutoscaler: [
    'NoDisruptionBudget',
    'DisruptionBudgetAboveReplicas',
    'ReplicasNotSpread',
    'ReplicasFightAutoscaler',
    'SingleReplica',
  ],
  ServiceAccount: ['ServiceAccountTokenMounted'],
  Service: ['IngressServiceUnknown', 'StatefulSetServiceUnknown'],
  ...Object.fromEntries(workloadKinds.map((kind) => [kind, rulesOfWorkloads])),
};

/**
 * Judges all objects of a namespace, or of the cluster with what belongs to no namespace: one list a kind. Throws what
 * `takeSnapshot` throws: the cluster cannot be reached.
 */
export async function auditCluster(cluster: ReadOnlyCluster, namespace?: string): Promise<ClusterAudit> {
  const judged = namespace === undefined ? [...namespacedKinds, ...clusterKinds] : namespacedKinds;
  const kinds = [...judged, ...accountKinds];
  const snapshot = await takeSnapshot(cluster, { kinds, ...(namespace === undefined ? {} : { namespace }) });
  const all = kinds.flatMap((kind) => snapshot.all(kind)).filter((object) => !isFormerRevision(object));
  const objects = all.filter((object) => !isBuiltInRole(object));
  const audit = auditObjects(objects.map(asWritten), { cluster: cluster.name, isWhole: true });
  return {
    given: objects,
    builtInRoles: all.length - objects.length,
    ...withoutRules(audit, snapshot, kinds),
    notCovered: audit.notCovered.filter(({ kind }) => judged.includes(kind as SnapshotKind)),
    notJudged: notJudgedOf(snapshot, kinds, new Set(judged)),
  };
}

/** Judges one object by itself and by what is around it in its namespace: at most nine lists. */
export async function auditObjectOf(cluster: ReadOnlyCluster, object: KubeObject): Promise<ClusterAudit> {
  const kinds = kindsAround(object);
  const namespace = namespaceOf(object);
  const snapshot = await takeSnapshot(cluster, { kinds, ...(namespace === '' ? {} : { namespace }) });
  const isSame = (each: KubeObject): boolean =>
    kindOf(each) === kindOf(object) && namespaceOf(each) === namespace && nameOf(each) === nameOf(object);
  const around = kinds
    .flatMap((kind) => snapshot.all(kind))
    .filter((each) => !isSame(each) && !isFormerRevision(each));
  const audit = auditObjects([object, ...around].map(asWritten), { cluster: cluster.name, isWhole: true });
  const isIt = (ref: SetAudit['objects'][number]): boolean =>
    ref.kind === object.kind && (ref.namespace ?? '') === namespace && ref.name === nameOf(object);
  return {
    given: [object, ...around],
    objects: audit.objects.filter(isIt),
    findings: withoutRules(audit, snapshot, kinds).findings.filter((finding) => isIt(finding.object)),
    notCovered: audit.notCovered.filter(isIt),
    notJudged: notJudgedOf(snapshot, kinds, new Set()),
    builtInRoles: 0,
  };
}

/** What a single object that is given alone cannot be judged by. */
export function notJudgedAlone(object: KubeObject): readonly NotJudged[] {
  if (kindsAround(object).length === 0) return [];
  const rules = setRules.map(({ id }) => id);
  const text = 'it was given alone';
  return [{ rules, verb: 'list', resource: 'other objects', reason: 'NotGiven', text }];
}

function kindsAround(object: KubeObject): readonly SnapshotKind[] {
  switch (kindOf(object)) {
    case 'Service':
    case 'NetworkPolicy.networking.k8s.io':
    case 'HorizontalPodAutoscaler.autoscaling':
      return workloadKinds;
    case 'PodDisruptionBudget.policy':
      return [...workloadKinds, 'HorizontalPodAutoscaler'];
    case 'Ingress.networking.k8s.io':
      return ['Service'];
    case 'StatefulSet.apps':
      return ['Service', ...aroundWorkloads];
    default:
      return workloadOf(object) === undefined ? [] : aroundWorkloads;
  }
}

function withoutRules(audit: SetAudit, snapshot: Snapshot, kinds: readonly SnapshotKind[]): SetAudit {
  const unread = new Set(notJudgedOf(snapshot, kinds, new Set()).flatMap(({ rules }) => rules));
  return { ...audit, findings: audit.findings.filter(({ id }) => !unread.has(id)) };
}

/** A kind that the server does not serve has no objects, which is an answer. */
function notJudgedOf(
  snapshot: Snapshot,
  kinds: readonly SnapshotKind[],
  judged: ReadonlySet<SnapshotKind>,
): readonly NotJudged[] {
  return kinds.flatMap((kind) => {
    const gap = snapshot.gap(kind);
    if (gap === undefined || gap.reason === 'NotInstalled') return [];
    return [{ ...(judged.has(kind) ? { kind } : {}), rules: rulesByKind[kind] ?? [], ...gap }];
  });
}
