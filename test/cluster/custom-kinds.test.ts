import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isSluiceError } from '../../src/api/errors.ts';
import { isObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { realClusters } from './real-clusters.ts';
import { untilSeen } from './until-seen.ts';

const definition: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'sheep.farm.example' },
  spec: {
    group: 'farm.example',
    scope: 'Namespaced',
    // Irregular on purpose: nobody can guess the plural from the kind.
    names: { kind: 'Sheep', plural: 'sheep', singular: 'sheep' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { legs: { type: 'integer', default: 4 } } } },
          },
        },
      },
    ],
  },
};

const dolly: KubeObject = {
  apiVersion: 'farm.example/v1',
  kind: 'Sheep',
  metadata: { name: 'dolly', namespace: 'default' },
  spec: {},
};

test('a kind can be used once it is installed, in the same process', async () => {
  const clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context: 'other' });
  try {
    const cluster = await clusters.get('');
    await expect(cluster.apply(dolly)).rejects.toMatchObject({ kind: 'transient', code: 'NoSuchKind' });
    await cluster.apply(definition);
    const { apiVersion, kind } = definition;
    await untilSeen(cluster, { apiVersion, kind, name: 'sheep.farm.example' }, isEstablished);
    const first = await applyOnceKnown(cluster, dolly);
    expect(first['spec']).toEqual({ legs: 4 });
    expect(await cluster.apply(dolly)).toEqual(first);
    const [listed] = await cluster.list({ apiVersion: 'farm.example/v1', kind: 'Sheep' });
    expect(listed).toEqual(first);
  } finally {
    await clusters.close();
  }
});

/** A server tells of a new kind a moment after the definition says that it is established. */
async function applyOnceKnown(cluster: Cluster, object: KubeObject): Promise<KubeObject> {
  for (;;) {
    try {
      return await cluster.apply(object);
    } catch (error) {
      if (!isSluiceError(error) || error.kind !== 'transient') throw error;
      await sleep(50);
    }
  }
}

function isEstablished(object: KubeObject | undefined): boolean {
  const status = object?.['status'];
  const conditions = isObject(status) ? status['conditions'] : [];
  return (
    Array.isArray(conditions) &&
    conditions.some((each) => isObject(each) && each['type'] === 'Established' && each['status'] === 'True')
  );
}
