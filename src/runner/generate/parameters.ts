import type { JsonObject } from '../../api/json.ts';

/** A variable of procedures: how it is checked, and how a command line names it. */
export interface Parameter {
  /** JSON Schema, with `description` and, where it may be left out, mostly `default`. */
  readonly schema: JsonObject;
  /** Words of the value for a command line: `<text>`. */
  readonly value: string;
}

/** One name means the same in every procedure that has it. */
export type ParameterName =
  | 'name'
  | 'image'
  | 'port'
  | 'servicePort'
  | 'replicas'
  | 'maxReplicas'
  | 'cpu'
  | 'cpuLimit'
  | 'memory'
  | 'healthPath'
  | 'healthCommand'
  | 'command'
  | 'env'
  | 'config'
  | 'secret'
  | 'user'
  | 'host'
  | 'tlsSecret'
  | 'ingressClass'
  | 'egress'
  | 'schedule'
  | 'timeZone'
  | 'deadline'
  | 'storage'
  | 'storageClass'
  | 'mountPath'
  | 'data';

const quantity = '^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$';
const dnsLabel = '^[a-z]([-a-z0-9]*[a-z0-9])?$';
const dnsName = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';

function text(description: string, rest: JsonObject = {}): JsonObject {
  return { type: 'string', description, minLength: 1, maxLength: 1024, ...rest };
}

function whole(description: string, minimum: number, maximum: number, rest: JsonObject = {}): JsonObject {
  return { type: 'integer', description, minimum, maximum, ...rest };
}

function words(description: string): JsonObject {
  return {
    type: 'array',
    description,
    minItems: 1,
    maxItems: 100,
    items: { type: 'string', maxLength: 4096 },
  };
}

function pairs(description: string, name: string): JsonObject {
  return {
    type: 'object',
    description,
    maxProperties: 100,
    propertyNames: { pattern: name, maxLength: 253 },
    additionalProperties: { type: 'string', maxLength: 65_536 },
  };
}

/** Every variable that some procedure has. */
export const parameters: Readonly<Record<ParameterName, Parameter>> = {
  name: {
    value: '<name>',
    schema: text('name of what is made; by default the last part of the image', {
      pattern: dnsLabel,
      maxLength: 50,
    }),
  },
  image: { value: '<image>', schema: text('image of the program, best with a digest') },
  port: { value: '<port>', schema: whole('port that the program listens on', 1, 65_535) },
  servicePort: {
    value: '<port>',
    schema: whole('port of the Service', 1, 65_535, { default: 80 }),
  },
  replicas: {
    value: '<number>',
    schema: whole('how many of it run', 1, 100, { default: 2 }),
  },
  maxReplicas: {
    value: '<number>',
    schema: whole('an autoscaler goes up to so many', 2, 1000),
  },
  cpu: {
    value: '<quantity>',
    schema: text('processor time that one of it is sure to get', { pattern: quantity, default: '100m' }),
  },
  cpuLimit: {
    value: '<quantity>',
    schema: text('processor time that one of it gets at most; by default 1, or what it is sure to get', {
      pattern: quantity,
    }),
  },
  memory: {
    value: '<quantity>',
    schema: text('memory of one of it, and its limit', { pattern: quantity, default: '256Mi' }),
  },
  healthPath: {
    value: '<path>',
    schema: text(
      'HTTP path that answers when the program can serve; without it, that the port is open counts',
      {
        pattern: '^/[^\\s]*$',
      },
    ),
  },
  healthCommand: {
    value: '<word>',
    schema: words('command that succeeds in the container while the program works'),
  },
  command: { value: '<word>', schema: words('command in place of that of the image') },
  env: {
    value: '<name=value>',
    schema: pairs('environment variables; secrets do not belong here', '^[A-Za-z_][A-Za-z0-9_]*$'),
  },
  config: {
    value: '<name>',
    schema: text('a ConfigMap whose keys are files under /etc/config', { pattern: dnsName, maxLength: 253 }),
  },
  secret: {
    value: '<name>',
    schema: text('a Secret whose keys are files under /etc/secrets', { pattern: dnsName, maxLength: 253 }),
  },
  user: {
    value: '<id>',
    schema: whole('user that the program runs as', 1, 2_147_483_647, { default: 10_001 }),
  },
  host: {
    value: '<host>',
    schema: text('host name that an Ingress serves it under', { pattern: dnsName, maxLength: 253 }),
  },
  tlsSecret: {
    value: '<name>',
    schema: text('Secret with the certificate of the host; by default NAME-tls', {
      pattern: dnsName,
      maxLength: 253,
    }),
  },
  ingressClass: {
    value: '<name>',
    schema: text('IngressClass; by default that of the cluster', { pattern: dnsName, maxLength: 253 }),
  },
  egress: {
    value: '<where>',
    schema: text('whom the program may call: nobody but DNS, Pods of the cluster, or the internet as well', {
      enum: ['dns', 'cluster', 'internet'],
      default: 'cluster',
    }),
  },
  schedule: {
    value: '<cron>',
    schema: text('when it runs, such as "0 3 * * *"', { pattern: '^(@[a-z]+|\\S+ \\S+ \\S+ \\S+ \\S+)$' }),
  },
  timeZone: { value: '<zone>', schema: text('time zone of the schedule', { default: 'Etc/UTC' }) },
  deadline: {
    value: '<seconds>',
    schema: whole('a run that takes longer is stopped', 1, 604_800, { default: 3600 }),
  },
  storage: {
    value: '<quantity>',
    schema: text('size of the volume of each replica', { pattern: quantity }),
  },
  storageClass: {
    value: '<name>',
    schema: text('StorageClass; by default that of the cluster', { pattern: dnsName, maxLength: 253 }),
  },
  mountPath: {
    value: '<path>',
    schema: text('where the volume is mounted', { pattern: '^/[^:\\s]*[^:\\s/]$', default: '/data' }),
  },
  data: {
    value: '<key=value>',
    schema: pairs('keys with their values; secrets do not belong here', '^[-._A-Za-z0-9]+$'),
  },
};
