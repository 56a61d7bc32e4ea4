import type { KubeObject } from '../../api/kube-object.ts';
import { isNamespaced } from '../../cluster/known-kinds.ts';

/** What others need comes first. */
const ranks: Readonly<Record<string, number>> = {
  CustomResourceDefinition: 0,
  Namespace: 0,
  ServiceAccount: 1,
  Role: 1,
  ClusterRole: 1,
  RoleBinding: 2,
  ClusterRoleBinding: 2,
  ResourceQuota: 3,
  LimitRange: 3,
  NetworkPolicy: 3,
  ConfigMap: 4,
  Secret: 4,
  PersistentVolumeClaim: 4,
  Service: 5,
  PodDisruptionBudget: 5,
};
const workloads = 6;

/** Manifests in the order in which they can be applied, those without a namespace in `namespace`, without a status. */
export function placeManifests(manifests: readonly KubeObject[], namespace: string): readonly KubeObject[] {
  return manifests
    .map(({ status: _status, ...manifest }): KubeObject => {
      const { apiVersion, kind, metadata } = manifest as KubeObject;
      const isPlaced = !isNamespaced(apiVersion, kind) || typeof metadata.namespace === 'string';
      return { ...manifest, apiVersion, kind, metadata: isPlaced ? metadata : { ...metadata, namespace } };
    })
    .toSorted((a, b) => (ranks[a.kind] ?? workloads) - (ranks[b.kind] ?? workloads));
}
