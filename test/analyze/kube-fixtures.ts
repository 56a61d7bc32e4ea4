import type { Json, JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';

export const nowMs: number = Date.parse('2026-03-01T12:00:00Z');

/** RFC 3339 time so many seconds before `nowMs`. */
export function ago(seconds: number): string {
  return new Date(nowMs - seconds * 1000).toISOString().replace('.000', '');
}

/** A container that no rule has anything to say about. */
export const soundContainer: JsonObject = {
  name: 'web',
  image:
    'registry.example.com/shop/web:1.4.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '128Mi' } },
  readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
  livenessProbe: { httpGet: { path: '/live', port: 8080 } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
};

const soundPod: JsonObject = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [soundContainer],
};

interface Changes {
  readonly container?: JsonObject;
  readonly pod?: JsonObject;
  readonly spec?: JsonObject;
}

/** A Deployment that no rule has anything to say about, with changes merged in; a null removes a field. */
export function soundDeployment(changes: Changes = {}): KubeObject {
  const container = merge(soundContainer, changes.container ?? {});
  const pod = merge({ ...soundPod, containers: [container] }, changes.pod ?? {});
  const labels = { app: 'web' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: 'uid-deployment',
      generation: 1,
      creationTimestamp: ago(3600),
    },
    spec: merge(
      { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
      changes.spec ?? {},
    ),
  };
}

/** The Deployment that `kubectl create deployment web --image=nginx` makes, as the API server stores it. */
export function bareDeployment(
  image: string = 'nginx',
  changes: { readonly status?: JsonObject; readonly spec?: JsonObject } = {},
): KubeObject {
  const labels = { app: 'web' };
  const container = {
    name: 'web',
    image,
    imagePullPolicy: 'Always',
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'uid-deployment',
      generation: 1,
      creationTimestamp: ago(300),
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
    spec: merge(
      {
        replicas: 1,
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
        selector: { matchLabels: labels },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: {
          metadata: { labels },
          spec: {
            containers: [container],
            dnsPolicy: 'ClusterFirst',
            restartPolicy: 'Always',
            schedulerName: 'default-scheduler',
            securityContext: {},
            terminationGracePeriodSeconds: 30,
          },
        },
      },
      changes.spec ?? {},
    ),
    status: changes.status ?? {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      unavailableReplicas: 1,
      conditions: [
        {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          lastTransitionTime: ago(300),
        },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'ReplicaSetUpdated',
          lastUpdateTime: ago(300),
          lastTransitionTime: ago(300),
        },
      ],
    },
  };
}

export const availableStatus: JsonObject = {
  observedGeneration: 1,
  replicas: 1,
  updatedReplicas: 1,
  readyReplicas: 1,
  availableReplicas: 1,
  conditions: [
    { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', lastTransitionTime: ago(200) },
    {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      lastUpdateTime: ago(200),
      lastTransitionTime: ago(200),
    },
  ],
};

function owner(object: KubeObject): JsonObject {
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name ?? '',
    uid: object.metadata.uid ?? '',
    controller: true,
  };
}

export function replicaSetOf(deployment: KubeObject, status: JsonObject = {}): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-7c5ddbdf54`,
      namespace: deployment.metadata.namespace ?? '',
      uid: 'uid-replicaset',
      generation: 1,
      creationTimestamp: ago(300),
      ownerReferences: [owner(deployment)],
    },
    spec: { replicas: 1 },
    status,
  };
}

/** A Pod of `parent` in the namespace of the parent; `containers` as in its spec, `status` as the kubelet reports. */
export function podOf(
  parent: KubeObject,
  pod: {
    readonly name?: string;
    readonly containers?: readonly Json[];
    readonly status: JsonObject;
    readonly spec?: JsonObject;
  },
): KubeObject {
  const name = pod.name ?? `${parent.metadata.name}-x7k2p`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: parent.metadata.namespace ?? '',
      uid: `uid-${name}`,
      creationTimestamp: ago(300),
      labels: { app: 'web' },
      ownerReferences: [owner(parent)],
    },
    spec: {
      nodeName: 'node-1',
      containers: pod.containers ?? [{ name: 'web', image: 'nginx' }],
      ...pod.spec,
    },
    status: pod.status,
  };
}

export function waitingStatus(reason: string, message: string = '', more: JsonObject = {}): JsonObject {
  return {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'web',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason, ...(message === '' ? {} : { message }) } },
        ...more,
      },
    ],
  };
}

export function runningStatus(ready: boolean, more: JsonObject = {}): JsonObject {
  return {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [
      { name: 'web', ready, restartCount: 0, state: { running: { startedAt: ago(200) } }, ...more },
    ],
  };
}

let eventNumber = 0;

export function eventOn(
  object: KubeObject,
  reason: string,
  message: string,
  more: JsonObject = {},
): KubeObject {
  eventNumber++;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${object.metadata.name}.${eventNumber.toString(16)}`,
      namespace: object.metadata.namespace ?? '',
      uid: `uid-event-${eventNumber}`,
    },
    involvedObject: {
      kind: object.kind,
      name: object.metadata.name ?? '',
      namespace: object.metadata.namespace ?? '',
      uid: object.metadata.uid ?? '',
    },
    type: 'Warning',
    reason,
    message,
    count: 1,
    lastTimestamp: ago(60),
    ...more,
  };
}

/** JSON merge patch of plain objects. */
export function merge(base: JsonObject, patch: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    const old = result[key];
    if (value === null) delete result[key];
    else if (isPlain(value) && isPlain(old)) result[key] = merge(old, value);
    else result[key] = value;
  }
  return result;
}

function isPlain(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
