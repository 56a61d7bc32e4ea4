import { isObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { KubeApi } from './kube-api.ts';

/** Writes what a Deployment's controller writes when all its replicas are there and ready. */
export async function writeReadyStatus(api: KubeApi, { metadata, spec }: KubeObject): Promise<void> {
  const replicas = isObject(spec) ? (spec['replicas'] ?? 1) : 1;
  const path = `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${metadata.name}/status`;
  await api.do('PATCH', path, {
    status: {
      observedGeneration: metadata.generation,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    },
  });
}
