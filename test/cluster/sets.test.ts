import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { listLoose, openMemory, type Loose } from '../cluster-port/fixtures.ts';
import { FakeNode } from './fake-node.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { untilSeen } from './until-seen.ts';

const { kubeconfig, hasControllerManager } = realClusters();

type Kind = 'StatefulSet' | 'DaemonSet';

/** A place in which a set is written, and what it takes until it has settled. */
interface Place {
  readonly cluster: Cluster;
  readonly namespace: string;
  settle(kind: Kind, isSettled: (set: Loose) => boolean): Promise<void>;
}

function statefulSet(namespace: string, replicas: number, image: string, partition = 0): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace },
    spec: {
      replicas,
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image }] },
      },
    },
  };
}

function daemonSet(namespace: string, image: string, nodeSelector: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { terminationGracePeriodSeconds: 0, nodeSelector, containers: [{ name: 'main', image }] },
      },
    },
  };
}

/** What both must show alike: generated names and hashes are numbered in the order in which they appear. */
async function shownIn({ cluster, namespace }: Place, kind: Kind): Promise<unknown> {
  const setName = nameOf[kind];
  const set: Loose = await cluster.get({ apiVersion: 'apps/v1', kind, namespace, name: setName });
  const pods = (await listLoose(cluster, 'v1', 'Pod')).filter(
    ({ metadata }) => metadata.namespace === namespace && metadata.labels.app === setName,
  );
  const events = (await listLoose(cluster, 'v1', 'Event')).filter(
    (event) =>
      event.metadata.namespace === namespace &&
      event.source?.component === `${kind.toLowerCase()}-controller`,
  );
  const shown = {
    status: set.status,
    pods: pods.map(({ metadata, spec }) => ({
      name: metadata.name,
      labels: Object.entries(metadata.labels).toSorted(([a], [b]) => (a < b ? -1 : 1)),
      owners: metadata.ownerReferences.map((owner: Loose) => `${owner.kind} ${owner.name}`),
      image: spec.containers[0].image,
      hostname: spec.hostname,
      subdomain: spec.subdomain,
    })),
    events: events.map((event) => `${event.reason}: ${event.message}`),
  };
  const names = new Map<string, string>();
  const text = JSON.stringify(shown).replaceAll(/(?<=db-|agent-|hash",")[0-9a-z]{5,10}\b/g, (hash) => {
    if (!names.has(hash)) names.set(hash, `name ${names.size + 1}`);
    return names.get(hash) ?? '';
  });
  const numbered = JSON.parse(text) as typeof shown;
  return { ...numbered, events: numbered.events.toSorted((a, b) => (a < b ? -1 : 1)) };
}

const nameOf = { StatefulSet: 'db', DaemonSet: 'agent' } as const;

describe.skipIf(!hasControllerManager)('a real cluster and one in memory', () => {
  const api = new KubeApi('main');
  let clusters: Clusters;
  let node: FakeNode;
  let real: Place;

  beforeAll(async () => {
    clusters = await openKubernetesClusters({ kubeconfig, context: 'main' });
    const cluster = await clusters.get('');
    const namespace = await api.newNamespace();
    node = new FakeNode(api, namespace);
    const ref = (kind: Kind): Parameters<Cluster['watch']>[0] => ({
      apiVersion: 'apps/v1',
      kind,
      namespace,
      name: nameOf[kind],
    });
    real = { cluster, namespace, settle: (kind, isSettled) => untilSeen(cluster, ref(kind), isSettled) };
    await api.do('POST', '/api/v1/nodes', {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'memory', labels: { 'kubernetes.io/os': 'linux' } },
    });
    // A new node is not ready, which its taint says; nobody here takes it away.
    await api.do('PATCH', '/api/v1/nodes/memory', { spec: { taints: null } });
  });
  afterAll(async () => {
    await node?.stop();
    await api.send('DELETE', '/api/v1/nodes/memory', {});
    await clusters?.close();
    await api.close();
  });

  type Course = readonly (readonly [
    write: (namespace: string) => KubeObject,
    isSettled: (set: Loose) => boolean,
  ])[];

  async function follow(kind: Kind, course: Course): Promise<void> {
    const { cluster, clock } = await openMemory();
    const memory: Place = { cluster, namespace: 'team', settle: async () => clock.advance(10_000) };
    for (const [write, isSettled] of course) {
      const seen: unknown[] = [];
      for (const place of [real, memory]) {
        // oxlint-disable no-await-in-loop -- one step after the other
        await place.cluster.apply(write(place.namespace));
        await place.settle(kind, (set) => isObserved(set) && isSettled(set));
        seen.push(await shownIn(place, kind));
        // oxlint-enable no-await-in-loop
      }
      expect(seen[1]).toEqual(seen[0]);
    }
  }

  const isObserved = (set: Loose): boolean =>
    set?.status?.observedGeneration !== undefined &&
    set.status.observedGeneration === set.metadata.generation;

  test('start, update by half, update, and scale down a StatefulSet alike', async () => {
    const has = ({ status }: Loose, count: number): boolean =>
      status.replicas === count && status.availableReplicas === count;
    await follow('StatefulSet', [
      [(namespace) => statefulSet(namespace, 3, 'nginx:1.27'), (set) => has(set, 3)],
      [
        (namespace) => statefulSet(namespace, 3, 'nginx:1.28', 2),
        (set) => has(set, 3) && set.status.updatedReplicas === 1,
      ],
      [
        (namespace) => statefulSet(namespace, 3, 'nginx:1.28'),
        (set) => has(set, 3) && set.status.currentRevision === set.status.updateRevision,
      ],
      [(namespace) => statefulSet(namespace, 1, 'nginx:1.28'), (set) => has(set, 1)],
    ]);
  });

  test('start, update, and take away a DaemonSet alike', async () => {
    const isUp = ({ status }: Loose): boolean =>
      status.numberAvailable === 1 && status.updatedNumberScheduled === 1;
    const linux = { 'kubernetes.io/os': 'linux' };
    await follow('DaemonSet', [
      [(namespace) => daemonSet(namespace, 'nginx:1.27', linux), isUp],
      [(namespace) => daemonSet(namespace, 'nginx:1.28', linux), isUp],
      [
        (namespace) => daemonSet(namespace, 'nginx:1.28', { disk: 'ssd' }),
        ({ status }) => status.desiredNumberScheduled === 0 && status.currentNumberScheduled === 0,
      ],
    ]);
  });
});
