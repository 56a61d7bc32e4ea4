import type { JsonObject } from '../../api/json.ts';
import { numberAt, objectAt, textAt, textsAt } from '../../analyze/json-fields.ts';
import { parseQuantity } from '../../cluster/memory/admission/quantity.ts';
import type { ParameterName } from './parameters.ts';
import type { Variables } from './procedure.ts';

/** Variables that every procedure with a Pod has, beside `image`. */
export const podParameters: readonly ParameterName[] = [
  'cpu',
  'cpuLimit',
  'memory',
  'command',
  'env',
  'config',
  'secret',
  'user',
  'egress',
];

export interface PodWishes {
  /** Readiness and liveness; a program that ends needs none. */
  readonly hasProbes: boolean;
  readonly restartPolicy?: 'Never' | 'OnFailure';
  /** Beside those of the variables. */
  readonly mounts?: readonly JsonObject[];
  readonly isSpread?: boolean;
}

export function labelsOf(name: string): JsonObject {
  return { 'app.kubernetes.io/name': name };
}

/** A Pod template that fulfils the Pod Security Standard `restricted`, with limits, scratch space and no token. */
export function podTemplate(name: string, variables: Variables, wishes: PodWishes): JsonObject {
  const user = numberAt(variables, 'user') ?? 0;
  const [config, secret] = [textAt(variables, 'config'), textAt(variables, 'secret')];
  const { restartPolicy, isSpread = false } = wishes;
  return {
    metadata: { labels: labelsOf(name) },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(restartPolicy === undefined ? {} : { restartPolicy }),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: user,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(isSpread ? { topologySpreadConstraints: [spreadOver(name)] } : {}),
      containers: [container(name, variables, wishes)],
      volumes: [
        { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
        ...(config === '' ? [] : [{ name: 'config', configMap: { name: config } }]),
        // Read by the group alone: the program's.
        ...(secret === '' ? [] : [{ name: 'secret', secret: { secretName: secret, defaultMode: 0o440 } }]),
      ],
    },
  };
}

function container(name: string, variables: Variables, { hasProbes, mounts = [] }: PodWishes): JsonObject {
  const port = numberAt(variables, 'port');
  const command = textsAt(variables, 'command');
  const env = Object.entries(objectAt(variables, 'env')).map(([key, value]) => ({ name: key, value }));
  const memory = textAt(variables, 'memory');
  return {
    name,
    image: textAt(variables, 'image'),
    ...(command.length === 0 ? {} : { command }),
    ...(env.length === 0 ? {} : { env }),
    ...(port === undefined ? {} : { ports: [{ name: 'http', containerPort: port }] }),
    ...(hasProbes ? probes(variables) : {}),
    resources: {
      requests: { cpu: textAt(variables, 'cpu'), memory },
      limits: { cpu: cpuLimit(variables), memory },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...(textAt(variables, 'config') === '' ? [] : [mount('config', '/etc/config')]),
      ...(textAt(variables, 'secret') === '' ? [] : [mount('secret', '/etc/secrets')]),
      ...mounts,
    ],
  };
}

function cpuLimit(variables: Variables): string {
  const cpu = textAt(variables, 'cpu');
  return textAt(variables, 'cpuLimit') || ((parseQuantity(cpu) ?? 0) > 1 ? cpu : '1');
}

/** The liveness probe is the more patient one: a restart helps only what a pause in traffic does not. */
function probes(variables: Variables): JsonObject {
  const command = textsAt(variables, 'healthCommand');
  const path = textAt(variables, 'healthPath');
  const how: JsonObject =
    command.length > 0
      ? { exec: { command } }
      : path === ''
        ? { tcpSocket: { port: 'http' } }
        : { httpGet: { path, port: 'http' } };
  return {
    readinessProbe: { ...how, periodSeconds: 10, timeoutSeconds: 2 },
    livenessProbe: { ...how, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
  };
}

function mount(name: string, mountPath: string): JsonObject {
  return { name, mountPath, readOnly: true };
}

function spreadOver(name: string): JsonObject {
  return {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labelsOf(name) },
  };
}
