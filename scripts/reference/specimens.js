// Workloads that break audit rules, each as few as possible: what a rule says of them is its example in the reference.

const sound = {
  name: 'web',
  image: `registry.example.com/shop/web:1.4.2@sha256:${'0'.repeat(64)}`,
  resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '1', memory: '128Mi' } },
  readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
  livenessProbe: { httpGet: { path: '/live', port: 8080 } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
};

/** A Deployment with these changes to its container, Pod and spec. */
function deployment(container = {}, pod = {}, spec = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas: 2,
      template: {
        spec: {
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          ...pod,
          containers: [{ ...sound, ...container }],
        },
      },
      ...spec,
    },
  };
}

const bare = {
  name: 'web',
  image: 'nginx',
  securityContext: undefined,
  resources: {},
  readinessProbe: undefined,
  livenessProbe: undefined,
};

export const specimens = [
  deployment(bare, { automountServiceAccountToken: undefined, securityContext: {} }, { replicas: 1 }),
  deployment({
    image: 'nginx:1.27.2',
    resources: { requests: { cpu: '100m' }, limits: { memory: '128Mi' } },
  }),
  deployment({ image: 'Nginx' }),
  deployment({ securityContext: { privileged: true } }),
  deployment({}, { hostNetwork: true, hostPID: true, hostIPC: true }),
  deployment(
    {},
    {
      volumes: [
        { name: 'docker', hostPath: { path: '/var/run/docker.sock' } },
        { name: 'data', hostPath: { path: '/srv/data' } },
      ],
    },
  ),
  deployment({
    securityContext: {
      ...sound.securityContext,
      runAsUser: 0,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
      seccompProfile: { type: 'Unconfined' },
    },
  }),
  deployment({ env: [{ name: 'DB_PASSWORD', value: 'correct-horse' }] }),
];
