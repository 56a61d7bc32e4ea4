import { groupOf } from '../../cluster/known-kinds.ts';
import type { ListQuery } from '../../cluster/port.ts';

export type SnapshotKind =
  | 'Pod'
  | 'Event'
  | 'Service'
  | 'ServiceAccount'
  | 'ConfigMap'
  | 'Secret'
  | 'Node'
  | 'Namespace'
  | 'PersistentVolume'
  | 'PersistentVolumeClaim'
  | 'ReplicationController'
  | 'Deployment'
  | 'ReplicaSet'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Job'
  | 'CronJob'
  | 'HorizontalPodAutoscaler'
  | 'PodDisruptionBudget'
  | 'Ingress'
  | 'IngressClass'
  | 'NetworkPolicy'
  | 'EndpointSlice'
  | 'StorageClass'
  | 'Role'
  | 'RoleBinding'
  | 'ClusterRole'
  | 'ClusterRoleBinding'
  | 'ValidatingWebhookConfiguration'
  | 'MutatingWebhookConfiguration'
  | 'GatewayClass'
  | 'Gateway'
  | 'HTTPRoute'
  | 'ReferenceGrant'
  | 'ClusterCatalog'
  | 'ClusterExtension'
  | 'ClusterServiceVersion'
  | 'Subscription'
  | 'InstallPlan'
  | 'CatalogSource'
  | 'OperatorGroup'
  | 'ScaledObject'
  | 'PolicyReport'
  | 'ClusterPolicyReport';

/** The kinds that analyzers judge or look things up in: the version to ask for, then those of servers without it. */
const versions: Readonly<Record<SnapshotKind, readonly [string, ...string[]]>> = {
  Pod: ['v1'],
  Event: ['v1'],
  Service: ['v1'],
  ServiceAccount: ['v1'],
  ConfigMap: ['v1'],
  Secret: ['v1'],
  Node: ['v1'],
  Namespace: ['v1'],
  PersistentVolume: ['v1'],
  PersistentVolumeClaim: ['v1'],
  ReplicationController: ['v1'],
  Deployment: ['apps/v1'],
  ReplicaSet: ['apps/v1'],
  StatefulSet: ['apps/v1'],
  DaemonSet: ['apps/v1'],
  Job: ['batch/v1'],
  CronJob: ['batch/v1'],
  HorizontalPodAutoscaler: ['autoscaling/v2'],
  PodDisruptionBudget: ['policy/v1'],
  Ingress: ['networking.k8s.io/v1'],
  IngressClass: ['networking.k8s.io/v1'],
  NetworkPolicy: ['networking.k8s.io/v1'],
  EndpointSlice: ['discovery.k8s.io/v1'],
  StorageClass: ['storage.k8s.io/v1'],
  Role: ['rbac.authorization.k8s.io/v1'],
  RoleBinding: ['rbac.authorization.k8s.io/v1'],
  ClusterRole: ['rbac.authorization.k8s.io/v1'],
  ClusterRoleBinding: ['rbac.authorization.k8s.io/v1'],
  ValidatingWebhookConfiguration: ['admissionregistration.k8s.io/v1'],
  MutatingWebhookConfiguration: ['admissionregistration.k8s.io/v1'],
  GatewayClass: ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  Gateway: ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  HTTPRoute: ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  ReferenceGrant: ['gateway.networking.k8s.io/v1', 'gateway.networking.k8s.io/v1beta1'],
  ClusterCatalog: ['olm.operatorframework.io/v1'],
  ClusterExtension: ['olm.operatorframework.io/v1'],
  ClusterServiceVersion: ['operators.coreos.com/v1alpha1'],
  Subscription: ['operators.coreos.com/v1alpha1'],
  InstallPlan: ['operators.coreos.com/v1alpha1'],
  CatalogSource: ['operators.coreos.com/v1alpha1'],
  OperatorGroup: ['operators.coreos.com/v1', 'operators.coreos.com/v1alpha2'],
  ScaledObject: ['keda.sh/v1alpha1'],
  PolicyReport: ['wgpolicyk8s.io/v1alpha2', 'wgpolicyk8s.io/v1beta1'],
  ClusterPolicyReport: ['wgpolicyk8s.io/v1alpha2', 'wgpolicyk8s.io/v1beta1'],
};

/** Whether one is there, and its labels, is all that is asked: what a Secret holds stays on the server. */
const metadataOnly: ReadonlySet<SnapshotKind> = new Set<SnapshotKind>(['Secret', 'Namespace']);

type KindQuery = Omit<ListQuery, 'namespace' | 'labelSelector'>;

/** Whether analyzers know objects of this kind. */
export function isSnapshotKind(apiVersion: string, kind: string): boolean {
  const known = Object.hasOwn(versions, kind) ? versions[kind as SnapshotKind] : [];
  return known.some((version) => groupOf(version) === groupOf(apiVersion));
}

/** How the kind is listed. */
export function queryOf(kind: SnapshotKind, apiVersion: string = versions[kind][0]): KindQuery {
  return { kind, apiVersion, ...(metadataOnly.has(kind) ? { metadataOnly: true } : {}) };
}

/** The same in each version; the next one is for servers that do not have the one before. */
export function queriesOf(kind: SnapshotKind): readonly KindQuery[] {
  return versions[kind].map((apiVersion) => queryOf(kind, apiVersion));
}
