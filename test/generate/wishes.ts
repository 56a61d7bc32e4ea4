import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { resolveWish } from '../../src/runner/generate/resolve-wish.ts';

const image = `corp.example/shop/cart@sha256:${'0123456789abcdef'.repeat(4)}`;

/** Each procedure with the variables it needs, and with all that it knows. */
export const wishes: Readonly<
  Record<string, { readonly procedure: string; readonly variables: JsonObject }>
> = {
  'web service': { procedure: 'web-service', variables: { image, port: 8080 } },
  'web service with everything': {
    procedure: 'web-service',
    variables: {
      image,
      name: 'shop',
      port: 8080,
      servicePort: 8081,
      replicas: 3,
      maxReplicas: 10,
      cpu: '250m',
      cpuLimit: '2',
      memory: '1Gi',
      healthPath: '/healthz?full=1',
      command: ['/bin/serve', '--port=8080'],
      env: { LOG_LEVEL: 'info' },
      config: 'shop-config',
      secret: 'shop-secret',
      user: 20_000,
      host: 'shop.example.com',
      tlsSecret: 'shop-cert',
      ingressClass: 'nginx',
      egress: 'internet',
    },
  },
  'web service that calls nobody': {
    procedure: 'web-service',
    variables: { image, port: 8080, egress: 'dns' },
  },
  'worker with a command': {
    procedure: 'worker',
    variables: { image, name: 'mailer', healthCommand: ['/bin/healthy'] },
  },
  'worker with a port': {
    procedure: 'worker',
    variables: { image, name: 'counter', port: 9000, healthPath: '/healthz' },
  },
  'stateful service': {
    procedure: 'stateful-service',
    variables: { image, name: 'ledger', port: 5432, storage: '10Gi', replicas: 3 },
  },
  'stateful service with everything': {
    procedure: 'stateful-service',
    variables: {
      image,
      name: 'archive',
      port: 5432,
      storage: '10Gi',
      replicas: 2,
      storageClass: 'fast',
      mountPath: '/var/lib/archive',
      healthCommand: ['/bin/healthy'],
    },
  },
  'cron job': { procedure: 'cron-job', variables: { image, name: 'report', schedule: '0 3 * * *' } },
  'cron job in a zone': {
    procedure: 'cron-job',
    variables: { image, name: 'digest', schedule: '@daily', timeZone: 'Europe/Berlin', deadline: 600 },
  },
  job: { procedure: 'job', variables: { image, name: 'migrate', command: ['/bin/migrate'] } },
  'config map': {
    procedure: 'config-map',
    variables: { name: 'settings', data: { 'app.properties': 'level=info\n' } },
  },
  namespace: { procedure: 'namespace', variables: { name: 'team-a' } },
};

/** Throws where the variables do not do. */
export function madeOf(
  procedure: string,
  variables: JsonObject,
  namespace: string = 'shop',
): readonly KubeObject[] {
  const resolved = resolveWish({ procedures: [procedure], variables });
  if (resolved.kind !== 'chosen') throw new Error(JSON.stringify(resolved));
  return resolved.procedure.make(resolved.variables, namespace);
}
