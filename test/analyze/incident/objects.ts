import type { Json } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { ClusterFinding } from '../../../src/analyze/cluster/analyze-cluster.ts';
import type { Incident } from '../../../src/analyze/incident/incident.ts';
import { analyze, object, ownedBy } from '../cluster/objects.ts';

const stalled = { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' };

/** A Deployment that lacks all its replicas, and its ReplicaSet; their Pods carry `app: NAME`. */
export function brokenDeployment(name: string, replicas = 1): readonly [KubeObject, KubeObject] {
  const template = { metadata: { labels: { app: name } } };
  const deployment = object('apps/v1', 'Deployment', name, {
    spec: { replicas, template },
    status: { replicas, unavailableReplicas: replicas, observedGeneration: 1, conditions: [stalled] },
  });
  return [
    deployment,
    object('apps/v1', 'ReplicaSet', `${name}-a`, { spec: { template } }, ownedBy(deployment)),
  ];
}

/** A Pod that is not ready, with a container `c` in this state. */
export function brokenPod(
  name: string,
  owner: KubeObject | undefined,
  state: Json,
  spec: Readonly<Record<string, Json>> = {},
): KubeObject {
  const labels = { app: owner?.metadata.name?.replace(/-a$/, '') ?? name };
  return object(
    'v1',
    'Pod',
    name,
    {
      spec: { containers: [{ name: 'c', image: 'shop:1' }], ...spec },
      status: {
        phase: 'Pending',
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2020-01-01T00:00:00Z' }],
        containerStatuses: [{ name: 'c', ready: false, state }],
      },
    },
    { ...(owner === undefined ? {} : ownedBy(owner)), labels },
  );
}

export const waiting = (reason: string, message: string): Json => ({ waiting: { reason, message } });

/** A Service for `app: NAME`, whose Pods are not ready. */
export function deadService(name: string, pods: readonly KubeObject[]): readonly KubeObject[] {
  return [
    object('v1', 'Service', name, { spec: { selector: { app: name } } }),
    object(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      `${name}-x`,
      {
        endpoints: pods.map(({ metadata }) => ({
          conditions: { ready: false },
          targetRef: { kind: 'Pod', name: metadata.name ?? '' },
        })),
      },
      { labels: { 'kubernetes.io/service-name': name } },
    ),
  ];
}

export async function incidentsOf(objects: readonly KubeObject[]): Promise<readonly Incident[]> {
  return (await analyze(objects)).incidents;
}

/** Each incident as lines: its root, what is like it, and what follows from it and why. */
export function toldOf(incidents: readonly Incident[]): readonly string[] {
  return incidents.flatMap(({ root, alike, consequences }) => [
    named(root),
    ...alike.map((finding) => `= ${named(finding)}`),
    ...consequences.map(({ finding, because }) => `> ${named(finding)}: ${because}`),
  ]);
}

function named({ object: { kind, name }, id, container }: ClusterFinding): string {
  return [kind, name, id, container ?? ''].join(' ').trimEnd();
}
