import type { ListQuery } from '../../cluster/port.ts';

export type SnapshotKind =
  | 'Pod'
  | 'Event'
  | 'Service'
  | 'ConfigMap'
  | 'Secret'
  | 'Node'
  | 'PersistentVolumeClaim'
  | 'Deployment'
  | 'ReplicaSet'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Job'
  | 'CronJob'
  | 'Ingress'
  | 'IngressClass'
  | 'EndpointSlice'
  | 'StorageClass'
  | 'ValidatingWebhookConfiguration'
  | 'MutatingWebhookConfiguration';

/** The kinds that analyzers judge or look things up in, and how each is listed. */
const table: Readonly<Record<SnapshotKind, Pick<ListQuery, 'apiVersion' | 'metadataOnly'>>> = {
  Pod: { apiVersion: 'v1' },
  Event: { apiVersion: 'v1' },
  Service: { apiVersion: 'v1' },
  ConfigMap: { apiVersion: 'v1' },
  // Whether one is there is all that is asked: what it holds stays on the server.
  Secret: { apiVersion: 'v1', metadataOnly: true },
  Node: { apiVersion: 'v1' },
  PersistentVolumeClaim: { apiVersion: 'v1' },
  Deployment: { apiVersion: 'apps/v1' },
  ReplicaSet: { apiVersion: 'apps/v1' },
  StatefulSet: { apiVersion: 'apps/v1' },
  DaemonSet: { apiVersion: 'apps/v1' },
  Job: { apiVersion: 'batch/v1' },
  CronJob: { apiVersion: 'batch/v1' },
  Ingress: { apiVersion: 'networking.k8s.io/v1' },
  IngressClass: { apiVersion: 'networking.k8s.io/v1' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1' },
  StorageClass: { apiVersion: 'storage.k8s.io/v1' },
  ValidatingWebhookConfiguration: { apiVersion: 'admissionregistration.k8s.io/v1' },
  MutatingWebhookConfiguration: { apiVersion: 'admissionregistration.k8s.io/v1' },
};

export function queryOf(kind: SnapshotKind): Omit<ListQuery, 'namespace' | 'labelSelector'> {
  return { kind, ...table[kind] };
}
