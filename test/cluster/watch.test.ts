import { afterAll, beforeAll, expect, test } from 'vitest';
import { isObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, realClusters } from './real-clusters.ts';
import { Relay } from './relay.ts';
import { kubeconfigWithServerAt } from './temporary-kubeconfig.ts';
import { untilSeen } from './until-seen.ts';

let api: KubeApi;
let namespace: string;

beforeAll(async () => {
  api = new KubeApi('other');
  namespace = await api.newNamespace();
});

afterAll(() => api.close());

test('a status patch of a Deployment is seen', async () => {
  await withCluster(realClusters().kubeconfig, async (cluster) => {
    await cluster.apply(deployment('watched'));
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'watched' };
    const seen = untilSeen(
      cluster,
      ref,
      (object) => isObject(object?.['status']) && object['status']['readyReplicas'] === 1,
    );
    await api.do('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/watched/status`, {
      status: { replicas: 1, readyReplicas: 1, availableReplicas: 1 },
    });
    await seen;
  });
});

test('appearing, changing and going are seen', async () => {
  await withCluster(realClusters().kubeconfig, async (cluster) => {
    const appears = untilSeen(cluster, configMapRef('life'), (object) => object !== undefined);
    await writeConfigMap('life', 'POST', '1');
    await appears;
    const changes = untilSeen(cluster, configMapRef('life'), (object) => valueOf(object) === '2');
    await writeConfigMap('life', 'PUT', '2');
    await changes;
    const goes = untilSeen(cluster, configMapRef('life'), (object) => object === undefined);
    await api.do('DELETE', `/api/v1/namespaces/${namespace}/configmaps/life`);
    await goes;
  });
});

test('a change while the connection was broken is not missed', { timeout: 60_000 }, async () => {
  await withRelay(async (cluster, relay) => {
    await writeConfigMap('broken', 'POST', '1');
    const values: (string | undefined)[] = [];
    const watching = new AbortController();
    const firstSeen = Promise.withResolvers<void>();
    const lastSeen = Promise.withResolvers<void>();
    const look = async (): Promise<void> => {
      values.push(valueOf(await cluster.get(configMapRef('broken'))));
      if (values.includes('2')) firstSeen.resolve();
      if (values.includes('3')) lastSeen.resolve();
    };
    // A read may meet the cut wire; whoever is told of a change reads until it is not.
    const lookAgain = (): void => void look().catch(lookAgain);
    cluster.watch(configMapRef('broken'), lookAgain, watching.signal);
    await look();
    await writeConfigMap('broken', 'PUT', '2');
    await firstSeen.promise;
    relay.cut();
    await writeConfigMap('broken', 'PUT', '3');
    relay.mend();
    await lastSeen.promise;
    watching.abort();
  });
});

test('what another caller has read is told all the same', async () => {
  await withRelay(async (cluster, relay) => {
    await writeConfigMap('shared', 'POST', '1');
    const told = Promise.withResolvers<void>();
    const watching = new AbortController();
    // The watch is slow to begin. Meanwhile its caller reads, the object changes, and somebody else reads it, too.
    const held = relay.holdNext();
    cluster.watch(configMapRef('shared'), () => told.resolve(), watching.signal);
    const release = await held;
    expect(valueOf(await cluster.get(configMapRef('shared')))).toBe('1');
    await writeConfigMap('shared', 'PUT', '2');
    expect(valueOf(await cluster.get(configMapRef('shared')))).toBe('2');
    release();
    await told.promise;
    watching.abort();
  });
});

test('an aborted watch tells nothing more', async () => {
  await withCluster(realClusters().kubeconfig, async (cluster) => {
    await writeConfigMap('aborted', 'POST', '1');
    const watching = new AbortController();
    let calls = 0;
    cluster.watch(configMapRef('aborted'), () => (calls += 1), watching.signal);
    const witness = untilSeen(cluster, configMapRef('aborted'), (object) => valueOf(object) === '2');
    watching.abort();
    const before = calls;
    await writeConfigMap('aborted', 'PUT', '2');
    await witness;
    expect(calls).toBe(before);
  });
});

async function withCluster(kubeconfig: string, use: (cluster: Cluster) => Promise<void>): Promise<void> {
  const clusters = await openKubernetesClusters({ kubeconfig, context: 'other' });
  try {
    await use(await clusters.get(''));
  } finally {
    await clusters.close();
  }
}

async function withRelay(use: (cluster: Cluster, relay: Relay) => Promise<void>): Promise<void> {
  const relay = await Relay.to(accessOf('other').server);
  const kubeconfig = kubeconfigWithServerAt('other', relay.port);
  try {
    await withCluster(kubeconfig.file, (cluster) => use(cluster, relay));
  } finally {
    kubeconfig.remove();
    await relay.close();
  }
}

function configMapRef(name: string): Parameters<Cluster['get']>[0] {
  return { apiVersion: 'v1', kind: 'ConfigMap', namespace, name };
}

async function writeConfigMap(name: string, method: 'POST' | 'PUT', value: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/configmaps${method === 'PUT' ? `/${name}` : ''}`;
  await api.do(method, path, { metadata: { name }, data: { value } });
}

function valueOf(object: KubeObject | undefined): string | undefined {
  const data = object?.['data'];
  return isObject(data) && typeof data['value'] === 'string' ? data['value'] : undefined;
}

function deployment(name: string): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'nginx' }] },
      },
    },
  };
}
