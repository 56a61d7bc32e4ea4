import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { auditObject, auditRules } from '../../src/analyze/audit.ts';
import { merge, soundContainer, soundDeployment } from './kube-fixtures.ts';

const image = 'registry.example.com/shop/web:1.4.2';
const digest = 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const container = (patch: JsonObject): KubeObject => soundDeployment({ container: patch });
const security = (patch: JsonObject): KubeObject => container({ securityContext: patch });
const pod = (patch: JsonObject): KubeObject => soundDeployment({ pod: patch });
const env = (name: string, value: string): KubeObject => container({ env: [{ name, value }] });
const hostPath = (path: string): KubeObject => pod({ volumes: [{ name: 'data', hostPath: { path } }] });

/** [rule, what only that rule flags, the nearest thing that no rule flags] */
const cases: readonly (readonly [string, KubeObject, KubeObject])[] = [
  [
    'ImageNameInvalid',
    container({ image: 'Registry.example.com/Shop/web:1' }),
    container({ image: `${image}@${digest}` }),
  ],
  ['PrivilegedContainer', security({ privileged: true }), security({ privileged: false })],
  [
    'HostPathOfNode',
    hostPath('/srv/../var/run/docker.sock'),
    pod({ volumes: [{ name: 'data', emptyDir: {} }] }),
  ],
  [
    'HostPathVolume',
    hostPath('/srv/data'),
    pod({ volumes: [{ name: 'run', configMap: { name: 'var-run' } }] }),
  ],
  ['HostNetwork', pod({ hostNetwork: true }), pod({ hostNetwork: false })],
  ['HostPid', pod({ hostPID: true }), pod({ hostPID: false })],
  ['HostIpc', pod({ hostIPC: true }), pod({ shareProcessNamespace: true })],
  [
    'DangerousCapabilities',
    security({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'CAP_SYS_ADMIN'] } }),
    security({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'CHOWN'] } }),
  ],
  ['RunsAsRoot', pod({ securityContext: { runAsUser: 0 } }), pod({ securityContext: { runAsUser: 1 } })],
  [
    'RootNotExcluded',
    pod({ securityContext: { runAsNonRoot: null } }),
    pod({ securityContext: { runAsNonRoot: null, runAsUser: 10001 } }),
  ],
  ['SecretInEnv', env('DB_PASSWORD', 'correct horse'), env('DB_PASSWORD_FILE', '/run/secrets/db')],
  [
    'PrivilegeEscalationAllowed',
    security({ allowPrivilegeEscalation: null }),
    security({ allowPrivilegeEscalation: false }),
  ],
  [
    'SeccompUnconfined',
    security({ seccompProfile: { type: 'Unconfined' } }),
    security({ seccompProfile: { type: 'Localhost', localhostProfile: 'web.json' } }),
  ],
  [
    'SeccompUnset',
    pod({ securityContext: { seccompProfile: null } }),
    soundDeployment({
      pod: { securityContext: { seccompProfile: null } },
      container: { securityContext: { seccompProfile: { type: 'RuntimeDefault' } } },
    }),
  ],
  [
    'CapabilitiesNotDropped',
    security({ capabilities: { drop: ['NET_RAW'] } }),
    security({ capabilities: { drop: ['all'] } }),
  ],
  [
    'WritableRootFilesystem',
    security({ readOnlyRootFilesystem: false }),
    security({ readOnlyRootFilesystem: true }),
  ],
  [
    'ServiceAccountTokenMounted',
    pod({ automountServiceAccountToken: null }),
    pod({ automountServiceAccountToken: false, serviceAccountName: 'web' }),
  ],
  [
    'ImageTagMutable',
    container({ image: 'localhost:5000/web' }),
    container({ image: `web:latest@${digest}` }),
  ],
  ['ImageNotPinned', container({ image }), container({ image: `${image}@${digest}` })],
  [
    'NoMemoryLimit',
    container({ resources: { limits: { memory: null } } }),
    container({ resources: { requests: { memory: null } } }),
  ],
  [
    'NoCpuRequest',
    container({ resources: { requests: { cpu: null }, limits: { cpu: null } } }),
    container({ resources: { requests: { cpu: null } } }),
  ],
  [
    'NoCpuLimit',
    container({ resources: { limits: { cpu: null } } }),
    container({ resources: { limits: { cpu: 2 } } }),
  ],
  [
    'NoReadinessProbe',
    container({ readinessProbe: null }),
    container({ readinessProbe: { tcpSocket: { port: 80 } } }),
  ],
  [
    'NoLivenessProbe',
    container({ livenessProbe: null }),
    container({ livenessProbe: { exec: { command: ['true'] } } }),
  ],
  [
    'SingleReplica',
    soundDeployment({ spec: { replicas: null } }),
    soundDeployment({ spec: { replicas: 2 } }),
  ],
];

function flagged(object: KubeObject): readonly string[] {
  const audit = auditObject(object);
  if (audit.kind === 'notCovered') throw new Error(audit.reason);
  return audit.findings.map((finding) => finding.id);
}

describe('each rule', () => {
  test.each(cases)('%s flags what only it should', (id, bad) => {
    expect(flagged(bad)).toEqual([id]);
  });

  test.each(cases)('%s leaves the near miss alone', (_id, _bad, good) => {
    expect(flagged(good)).toEqual([]);
  });

  test('is in this table', () => {
    expect(cases.map(([id]) => id).toSorted()).toEqual(auditRules.map((rule) => rule.id).toSorted());
  });
});

describe('one cause, one finding', () => {
  test('a privileged container is not also blamed for what privileged implies', () => {
    const patch = {
      privileged: true,
      allowPrivilegeEscalation: null,
      capabilities: null,
      seccompProfile: { type: 'Unconfined' },
    };
    expect(flagged(security(patch))).toEqual(['PrivilegedContainer']);
  });

  test('a container without `resources` gets one finding a resource', () => {
    expect(flagged(container({ resources: null }))).toEqual(['NoMemoryLimit', 'NoCpuRequest']);
  });

  test('root that is forbidden and asked for is one contradiction', () => {
    expect(flagged(pod({ securityContext: { runAsNonRoot: true, runAsUser: 0 } }))).toEqual(['RunsAsRoot']);
  });

  test('a container overrides its Pod, both ways', () => {
    expect(
      flagged(
        soundDeployment({
          pod: { securityContext: { runAsUser: 0 } },
          container: { securityContext: { runAsUser: 5 } },
        }),
      ),
    ).toEqual([]);
    expect(flagged(security({ runAsNonRoot: false }))).toEqual(['RootNotExcluded']);
  });
});

const workload = (apiVersion: string, kind: string, spec: JsonObject): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'y' },
  spec,
});

describe('where it applies', () => {
  const template = (soundDeployment()['spec'] as JsonObject)['template'] as JsonObject;
  const podSpec = merge(template['spec'] as JsonObject, {
    containers: [merge(soundContainer, { readinessProbe: null, livenessProbe: null })],
  });
  test.each([
    ['StatefulSet', workload('apps/v1', 'StatefulSet', { replicas: 2, template: { spec: podSpec } }), true],
    ['DaemonSet', workload('apps/v1', 'DaemonSet', { template: { spec: podSpec } }), true],
    ['ReplicaSet', workload('apps/v1', 'ReplicaSet', { template: { spec: podSpec } }), true],
    ['Pod', workload('v1', 'Pod', podSpec), true],
    [
      'a custom kind with a template',
      workload('argoproj.io/v1alpha1', 'Rollout', { template: { spec: podSpec } }),
      true,
    ],
    ['Job', workload('batch/v1', 'Job', { template: { spec: podSpec } }), false],
    [
      'CronJob',
      workload('batch/v1', 'CronJob', { jobTemplate: { spec: { template: { spec: podSpec } } } }),
      false,
    ],
    ['a Pod that runs once', workload('v1', 'Pod', merge(podSpec, { restartPolicy: 'Never' })), false],
  ])('probes are asked of what runs on: %s', (_name, object, wanted) => {
    expect(flagged(object)).toEqual(wanted ? ['NoReadinessProbe', 'NoLivenessProbe'] : []);
  });

  test('init containers are judged for what they may do, not for probes and resources', () => {
    const init = merge(soundContainer, {
      name: 'init',
      readinessProbe: null,
      livenessProbe: null,
      resources: null,
      image: 'busybox',
    });
    expect(flagged(pod({ initContainers: [init] }))).toEqual(['ImageTagMutable']);
    expect(flagged(pod({ initContainers: [merge(init, { restartPolicy: 'Always' })] }))).toEqual([
      'ImageTagMutable',
      'NoMemoryLimit',
      'NoCpuRequest',
    ]);
  });

  test('rules of Linux are not asked of Windows', () => {
    const bare = { securityContext: null, os: { name: 'windows' } };
    expect(flagged(soundDeployment({ pod: bare, container: { securityContext: null } }))).toEqual([]);
    const process = { securityContext: { windowsOptions: { hostProcess: true } }, os: { name: 'windows' } };
    expect(flagged(pod(process))).toEqual(['PrivilegedContainer']);
  });

  test.each([
    ['a Service', { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: {} }],
    [
      'a Deployment without containers',
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { template: { spec: { containers: [] } } },
      },
    ],
    ['a Deployment without anything', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: {} }],
    [
      'containers that are no list',
      { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: { name: 'x' } } },
    ],
  ])('%s is not covered, which is not the same as sound', (_name, object) => {
    expect(auditObject(object).kind).toBe('notCovered');
  });
});

describe('secrets in the environment', () => {
  test.each([
    ['api_token', 'abcdef'],
    ['AWS_SECRET_ACCESS_KEY', 'abcdef'],
    ['githubToken', 'abcdef'],
    ['ANYTHING', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    ['DATABASE_URL', 'postgres://web:hunter2@db:5432/shop'],
    ['TLS', '-----BEGIN RSA PRIVATE KEY-----\nMII'],
  ])('%s is one, and its value is never shown', (name, value) => {
    const audit = auditObject(env(name, value));
    expect(audit).toMatchObject({ kind: 'audited', findings: [{ id: 'SecretInEnv' }] });
    expect(JSON.stringify(audit)).toContain(name);
    expect(JSON.stringify(audit)).not.toContain(value.slice(0, 12));
  });

  test.each([
    ['TOKEN_TTL', '3600s'],
    ['PWD', '/srv/app'],
    ['SECRET_NAME', 'web-login'],
    ['ENABLE_TOKEN', 'true'],
    ['PASSWORD', '$(FROM_ELSEWHERE)'],
    ['PASSWORD', ''],
    ['DATABASE_URL', 'postgres://db:5432/shop'],
    ['COMPASS', 'north'],
  ])('%s=%s is none', (name, value) => {
    expect(flagged(env(name, value))).toEqual([]);
  });

  test('a variable that comes from a Secret is none', () => {
    const from = { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } };
    expect(flagged(container({ env: [from] }))).toEqual([]);
  });
});
