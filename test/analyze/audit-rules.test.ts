import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { auditObject } from '../../src/analyze/audit.ts';
import { merge, soundContainer, soundDeployment } from './kube-fixtures.ts';

const digest = 'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

const container = (patch: JsonObject): KubeObject => soundDeployment({ container: patch });
const security = (patch: JsonObject): KubeObject => container({ securityContext: patch });
const pod = (patch: JsonObject): KubeObject => soundDeployment({ pod: patch });
const env = (name: string, value: string): KubeObject => container({ env: [{ name, value }] });

/** What is near to breaking a rule, and does not. */
const nearMisses: readonly (readonly [string, KubeObject])[] = [
  [
    'a volume that is called like a directory of the node',
    pod({ volumes: [{ name: 'run', configMap: { name: 'var-run' } }] }),
  ],
  ['a volume without a type, which is an emptyDir', pod({ volumes: [{ name: 'run' }] })],
  ['processes that containers of one Pod share', pod({ shareProcessNamespace: true })],
  [
    'capabilities in lower case',
    security({ capabilities: { drop: ['all'], add: ['CAP_NET_BIND_SERVICE'] } }),
  ],
  ['a user and a ban of root', pod({ securityContext: { runAsUser: 10001 } })],
  ['an SELinux level', pod({ securityContext: { seLinuxOptions: { level: 's0:c1,c2' } } })],
  [
    'a safe sysctl with slashes',
    pod({ securityContext: { sysctls: [{ name: 'net/ipv4/tcp_syncookies', value: '1' }] } }),
  ],
  ['a file with a password', env('DB_PASSWORD_FILE', '/run/secrets/db')],
  ['a tag of latest with a digest', container({ image: `web:latest@${digest}` })],
  ['a memory limit without a request', container({ resources: { requests: { memory: null } } })],
  ['a CPU limit without a request', container({ resources: { requests: { cpu: null } } })],
  ['another kind of probe', container({ readinessProbe: { httpGet: null, tcpSocket: { port: 80 } } })],
];

function flagged(object: KubeObject): readonly string[] {
  const audit = auditObject(object);
  if (audit.kind === 'notCovered') throw new Error(audit.reason);
  return audit.findings.map((finding) => finding.id);
}

test.each(nearMisses)('%s is flagged by nothing', (_name, object) => {
  expect(flagged(object)).toEqual([]);
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

  test('a host process is not also blamed for the network that it must have', () => {
    const windows = { os: { name: 'windows' }, hostNetwork: true };
    const securityContext = { windowsOptions: { hostProcess: true } };
    expect(flagged(pod({ ...windows, securityContext }))).toEqual(['HostProcessContainer']);
  });

  test('a Pod in the network of its node is not also blamed for its ports', () => {
    const ports = [{ containerPort: 80, hostPort: 80 }];
    expect(flagged(soundDeployment({ pod: { hostNetwork: true }, container: { ports } }))).toEqual([
      'HostNetwork',
    ]);
  });

  test('a memory limit in the wrong unit is not also below the request', () => {
    expect(flagged(container({ resources: { limits: { memory: '128m' } } }))).toEqual(['MemoryUnitWrong']);
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

const owned = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', controller: true }],
  },
});

describe('where it applies', () => {
  const template = (soundDeployment()['spec'] as JsonObject)['template'] as JsonObject;
  const podSpec = merge(template['spec'] as JsonObject, {
    containers: [merge(soundContainer, { readinessProbe: null, livenessProbe: null })],
  });
  const once = merge(podSpec, { restartPolicy: 'Never' });
  test.each([
    ['StatefulSet', workload('apps/v1', 'StatefulSet', { replicas: 2, template: { spec: podSpec } }), true],
    ['DaemonSet', workload('apps/v1', 'DaemonSet', { template: { spec: podSpec } }), true],
    ['ReplicaSet', workload('apps/v1', 'ReplicaSet', { template: { spec: podSpec } }), true],
    ['Pod', owned(workload('v1', 'Pod', podSpec)), true],
    [
      'a custom kind with a template',
      workload('argoproj.io/v1alpha1', 'Rollout', { template: { spec: podSpec } }),
      true,
    ],
    ['Job', workload('batch/v1', 'Job', { ttlSecondsAfterFinished: 60, template: { spec: once } }), false],
    [
      'CronJob',
      workload('batch/v1', 'CronJob', {
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { template: { spec: once } } },
      }),
      false,
    ],
    ['a Pod that runs once', workload('v1', 'Pod', once), false],
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
    expect(flagged(soundDeployment({ pod: bare, container: { securityContext: null } }))).toEqual([
      'RootNotExcluded',
    ]);
    const process = { securityContext: { windowsOptions: { hostProcess: true } }, os: { name: 'windows' } };
    expect(flagged(pod(process))).toEqual(['HostProcessContainer']);
  });

  test.each([
    ['ContainerUser', 'NonRootNotEnforced'],
    ['ContainerAdministrator', 'RootNotExcluded'],
    ['CORP\\Administrator', 'RootNotExcluded'],
  ])('a Windows Pod whose user is %s', (runAsUserName, expected) => {
    const securityContext = { runAsNonRoot: null, windowsOptions: { runAsUserName } };
    const bare = { container: { securityContext: null } };
    const found = flagged(soundDeployment({ pod: { os: { name: 'windows' }, securityContext }, ...bare }));
    expect(found).toEqual([expected]);
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

describe('secrets as arguments', () => {
  const args = (...words: readonly string[]): KubeObject => container({ args: [...words] });
  test.each([
    ['--db-password=correct horse'],
    ['--password', 'correct horse'],
    ['-api-key=abcdef'],
    ['--oidc-client-secret=abcdef'],
    ['postgres://web:hunter2@db:5432/shop'],
    ['--upstream-secret=ghp_0123456789abcdefghijABCDEFGHIJ012345'],
  ])('%s %s is one, and its value is never shown', (...words) => {
    const audit = auditObject(args('serve', ...words));
    expect(audit).toMatchObject({ kind: 'audited', findings: [{ id: 'SecretInArguments' }] });
    expect(JSON.stringify(audit)).not.toMatch(/correct|abcdef|hunter2/);
  });

  test.each([
    ['--password=$(DB_PASSWORD)'],
    ['--password-file=/run/secrets/db'],
    ['--password=/run/secrets/db'],
    ['--tls-secret=web-certificate'],
    ['--rotate-token', 'now'],
    ['--pass-access-token=true'],
    ['--password', '--verbose'],
    ['--token='],
  ])('%s %s is none', (...words) => {
    expect(flagged(args('serve', ...words))).toEqual([]);
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
