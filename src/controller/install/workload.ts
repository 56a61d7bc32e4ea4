import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import {
  controllerAccount,
  labels,
  modelSecret,
  modelVariables,
  podLabels,
  ports,
  runnerAccount,
  systemNamespace,
} from './names.ts';

export interface WorkloadOptions {
  readonly image: string;
  /** One drives runs, the others wait to take over. */
  readonly replicas: number;
  readonly allowOfflineModel: boolean;
}

const metadata = { name: controllerAccount, namespace: systemNamespace, labels };

/** The controller's Pods, and what stands round them. */
export function workload(options: WorkloadOptions): readonly KubeObject[] {
  return [deployment(options), metricsService, disruptionBudget, networkPolicy];
}

function deployment(options: WorkloadOptions): KubeObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      replicas: options.replicas,
      selector: { matchLabels: podLabels },
      template: {
        metadata: { labels: { ...labels, ...podLabels } },
        spec: {
          serviceAccountName: controllerAccount,
          // Time to end calls that are under way, and to hand over.
          terminationGracePeriodSeconds: 60,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65_532,
            runAsGroup: 65_532,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              whenUnsatisfiable: 'ScheduleAnyway',
              labelSelector: { matchLabels: podLabels },
            },
          ],
          containers: [container(options)],
          volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
        },
      },
    },
  };
}

function container({ image, allowOfflineModel }: WorkloadOptions): JsonObject {
  return {
    name: 'controller',
    image,
    args: [
      'controller',
      `--default-service-account=${runnerAccount}`,
      `--metrics-bind=:${ports.metrics}`,
      `--health-bind=:${ports.health}`,
      ...(allowOfflineModel ? ['--allow-offline-model'] : []),
    ],
    env: modelVariables.map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: modelSecret, key: name, optional: true } },
    })),
    ports: [
      { name: 'metrics', containerPort: ports.metrics },
      { name: 'health', containerPort: ports.health },
    ],
    readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, periodSeconds: 5 },
    livenessProbe: {
      httpGet: { path: '/livez', port: 'health' },
      initialDelaySeconds: 10,
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    resources: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '768Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}

const metricsService: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { ...metadata, labels: { ...labels, ...podLabels } },
  spec: { selector: podLabels, ports: [{ name: 'metrics', port: ports.metrics, targetPort: 'metrics' }] },
};

const disruptionBudget: KubeObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata,
  spec: { maxUnavailable: 1, selector: { matchLabels: podLabels } },
};

/** Nothing but the metrics is asked for from outside; where steps may call to is up to the egress guard. */
const networkPolicy: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata,
  spec: {
    podSelector: { matchLabels: podLabels },
    policyTypes: ['Ingress'],
    ingress: [
      {
        ports: [
          { port: 'metrics', protocol: 'TCP' },
          { port: 'health', protocol: 'TCP' },
        ],
      },
    ],
  },
};
