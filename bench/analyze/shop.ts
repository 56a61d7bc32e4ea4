import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';

/** How many of each kind a cluster holds, spread evenly over namespaces. */
export interface Amounts {
  readonly namespaces: number;
  readonly services: number;
  readonly statefulSets: number;
  readonly pods: number;
  readonly configMaps: number;
}

export interface Shop {
  readonly amounts: Amounts;
  /** The container of every so many-th Pod crashes, and an Event says so; 0: all are well. */
  readonly failEvery: number;
  /** When all of it was made. */
  readonly atMs: number;
}

/**
 * Services over StatefulSets over Pods, as objects with their statuses: Pod n belongs to StatefulSet n mod the number of
 * these, and Service n selects the Pods of StatefulSet n. Of the ConfigMaps the first for each StatefulSet is used.
 */
export function shopObjects({ amounts, failEvery, atMs }: Shop): readonly KubeObject[] {
  const at = new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
  const isFailing = (pod: number): boolean => failEvery > 0 && pod % failEvery === 0;
  const many = <Made>(count: number, make: (nth: number) => Made): readonly Made[] =>
    Array.from({ length: count }, (_, nth) => make(nth));
  const replicasOf = (set: number): number =>
    Math.floor(amounts.pods / amounts.statefulSets) + (set < amounts.pods % amounts.statefulSets ? 1 : 0);
  const namespaceOf = (nth: number): string => `shop-${nth % amounts.namespaces}`;
  const metadata = (kind: string, namespaceNth: number, name: string): KubeObject['metadata'] => ({
    name,
    namespace: namespaceOf(namespaceNth),
    uid: `${kind}-${name}`,
    creationTimestamp: at,
  });
  const podName = (nth: number): string => {
    const set = nth % amounts.statefulSets;
    return `app-${set}-${Math.floor(nth / amounts.statefulSets)}`;
  };
  const podsOf = (set: number): readonly number[] =>
    many(replicasOf(set), (nth) => nth * amounts.statefulSets + set);
  return [
    ...many(amounts.namespaces, (nth) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespaceOf(nth), creationTimestamp: at },
    })),
    ...many(amounts.configMaps, (nth) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('configmap', nth % amounts.statefulSets, `settings-${nth}`),
      data: { 'app.properties': `shop.name=${nth}\n${'# a line of settings\n'.repeat(20)}` },
    })),
    ...many(amounts.services, (nth) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('service', nth, `app-${nth}`),
      spec: {
        clusterIP: 'None',
        selector: { app: `app-${nth}` },
        ports: [{ name: 'http', port: 80, targetPort: 8080 }],
      },
    })),
    ...many(amounts.services, (nth) => ({
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        ...metadata('slice', nth, `app-${nth}-x`),
        labels: { 'kubernetes.io/service-name': `app-${nth}` },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: podsOf(nth).map((pod) => ({
        addresses: [addressOf(pod)],
        conditions: { ready: !isFailing(pod) },
        targetRef: { kind: 'Pod', namespace: namespaceOf(nth), name: podName(pod) },
      })),
    })),
    ...many(amounts.statefulSets, (nth) => ({
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { ...metadata('statefulset', nth, `app-${nth}`), generation: 1 },
      spec: {
        serviceName: `app-${nth}`,
        replicas: replicasOf(nth),
        selector: { matchLabels: { app: `app-${nth}` } },
        template: { metadata: { labels: { app: `app-${nth}` } }, spec: podSpec(nth) },
      },
      status: {
        observedGeneration: 1,
        replicas: replicasOf(nth),
        updatedReplicas: replicasOf(nth),
        ...readiness(podsOf(nth).filter((pod) => !isFailing(pod)).length),
      },
    })),
    ...many(amounts.pods, (nth) => {
      const set = nth % amounts.statefulSets;
      return {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {
          ...metadata('pod', set, podName(nth)),
          labels: { app: `app-${set}`, 'apps.kubernetes.io/pod-index': String(nth) },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'StatefulSet',
              name: `app-${set}`,
              uid: `statefulset-app-${set}`,
              controller: true,
            },
          ],
        },
        spec: { ...podSpec(set), nodeName: 'node-1' },
        status: podStatus(nth, isFailing(nth), at),
      };
    }),
    ...many(amounts.pods, (nth) => nth)
      .filter(isFailing)
      .map((nth) => ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: metadata('event', nth % amounts.statefulSets, `${podName(nth)}.1`),
        involvedObject: {
          apiVersion: 'v1',
          kind: 'Pod',
          name: podName(nth),
          namespace: namespaceOf(nth % amounts.statefulSets),
          uid: `pod-${podName(nth)}`,
          fieldPath: 'spec.containers{app}',
        },
        type: 'Warning',
        reason: 'BackOff',
        message: `Back-off restarting failed container app in pod ${podName(nth)}`,
        count: 7,
        lastTimestamp: at,
      })),
  ];
}

/** A count of 0 is left out of a status. */
function readiness(ready: number): JsonObject {
  return ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready };
}

function podSpec(set: number): JsonObject {
  return {
    containers: [
      {
        name: 'app',
        image: `registry.example.com/shop/app-${set}:1.4.2`,
        env: [
          { name: 'LOG_LEVEL', value: 'info' },
          { name: 'DATABASE_URL', value: `postgres://db.shop.svc/app-${set}` },
        ],
        envFrom: [{ configMapRef: { name: `settings-${set}` } }],
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 10 },
      },
    ],
    serviceAccountName: 'default',
    restartPolicy: 'Always',
  };
}

function podStatus(nth: number, isFailing: boolean, at: string): JsonObject {
  const ready = isFailing ? 'False' : 'True';
  const conditions = ['Initialized', 'PodScheduled', 'Ready', 'ContainersReady'].map((type) => ({
    type,
    status: type.endsWith('eady') ? ready : 'True',
    lastTransitionTime: at,
  }));
  const ended = { exitCode: 1, reason: 'Error', startedAt: at, finishedAt: at };
  const container = {
    name: 'app',
    image: 'registry.example.com/shop/app:1.4.2',
    imageID: `registry.example.com/shop/app@sha256:${'0123456789abcdef'.repeat(4)}`,
    ready: !isFailing,
    started: !isFailing,
    restartCount: isFailing ? 7 : 0,
    state: isFailing
      ? { waiting: { reason: 'CrashLoopBackOff', message: `back-off 5m0s restarting app of ${nth}` } }
      : { running: { startedAt: at } },
    ...(isFailing ? { lastState: { terminated: ended } } : {}),
  };
  return {
    phase: 'Running',
    podIP: addressOf(nth),
    podIPs: [{ ip: addressOf(nth) }],
    startTime: at,
    conditions,
    containerStatuses: [container],
  };
}

function addressOf(nth: number): string {
  return `10.${Math.floor(nth / 65_536) % 256}.${Math.floor(nth / 256) % 256}.${nth % 256}`;
}
