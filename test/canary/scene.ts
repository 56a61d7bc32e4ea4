import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../src/api/json.ts';
import { answerJson, ApiServer } from '../cluster-port/api-server.ts';
import { deployment, openMemory } from '../cluster-port/fixtures.ts';
import { writeKubeconfig } from '../cluster-port/kubeconfig-file.ts';

/** Values that no text holds by chance; each is planted once, so that a leak says by its number which slot leaks. */
export class Canaries {
  readonly slots: string[] = [];
  readonly values: string[] = [];
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  plant(slot: string): string {
    const number = this.values.length;
    const value = `${this.#prefix}${number}x${(number * 7919 + 100_003).toString(36)}Zq${(number * 104_729 + 7).toString(36)}`;
    this.slots.push(slot);
    this.values.push(value);
    return value;
  }
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A Deployment whose author wrote secrets wherever one can. */
export function leakyDeployment(c: Canaries): JsonObject {
  const container: JsonObject = {
    command: ['sh', '-c', `export API_TOKEN=${c.plant('command')} && run`],
    args: [
      `--password=${c.plant('argument --password=')}`,
      '--api-key',
      c.plant('argument after --api-key'),
      `--db=postgres://app:${c.plant('user-info in an argument')}@db.acme.com/x`,
      c.plant('argument that looks random'),
      `--header=Authorization: Bearer ${c.plant('header in an argument')}`,
    ],
    env: [
      { name: 'DB_PASSWORD', value: c.plant('env of a telling name') },
      { name: 'STRIPE', value: `sk_live_${c.plant('env of a telling shape')}` },
      { name: 'HARMLESS', value: c.plant('env that looks random') },
      { name: 'DATABASE_URL', value: `mysql://root:${c.plant('user-info in env')}@db:3306/app` },
      { name: 'JAVA_OPTS', value: `-Xmx1g -Ddb.password=${c.plant('property in env')}` },
      { name: 'SETTINGS', value: JSON.stringify({ auth: { client_secret: c.plant('JSON in env') } }) },
      { name: 'OTHER', valueFrom: { secretKeyRef: { name: 'known-log', key: 'value' } } },
      { name: 'MULTI', value: `a: 1\npassword: ${c.plant('YAML in env')}\n` },
    ],
    livenessProbe: {
      httpGet: {
        path: `/live?token=${c.plant('query of a probe')}`,
        port: 80,
        httpHeaders: [{ name: 'Authorization', value: `Bearer ${c.plant('probe header')}` }],
      },
    },
    readinessProbe: {
      httpGet: {
        path: '/',
        port: 80,
        httpHeaders: [{ name: 'X-Api-Key', value: c.plant('probe header X-') }],
      },
    },
    startupProbe: {
      exec: {
        command: [
          'curl',
          '-u',
          `admin:${c.plant('curl -u')}`,
          `http://u:${c.plant('URL of a probe')}@localhost/`,
        ],
      },
    },
  };
  const object = deployment({ name: 'web', image: 'app:1', container }) as unknown as JsonObject;
  const annotations = {
    'example.com/webhook': `https://hooks.slack.com/services/T0/B0/${c.plant('webhook in an annotation')}`,
    'example.com/config': JSON.stringify({ password: c.plant('JSON in an annotation') }),
    'example.com/url': `https://bot:${c.plant('user-info in an annotation')}@git.acme.com/x.git`,
  };
  return { ...object, metadata: { ...(object['metadata'] as JsonObject), annotations } };
}

/** A Secret as somebody pastes it: as an object, and as YAML. */
export function leakySecret(c: Canaries): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'pasted', namespace: 'default' },
    data: { one: base64(c.plant('Secret data')), conf: base64(`a=1\nb=${c.plant('Secret data, inner')}`) },
    stringData: { two: c.plant('Secret stringData') },
  };
}

export function secretYaml(c: Canaries): string {
  return `apiVersion: v1
kind: Secret
metadata: {name: x}
data:
  anything: ${base64(c.plant('Secret data in YAML'))}
stringData:
  other: ${c.plant('Secret stringData in YAML')}
`;
}

export interface Place {
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** A cluster with Secrets, where `app` crashes; its events and logs repeat what programs are given. */
export async function openCluster(c: Canaries, secrets: Readonly<Record<string, string>>): Promise<Place> {
  const memory = await openMemory({ images: { images: [{ image: 'app*', pull: true, exitCode: 1 }] } });
  for (const [name, value] of Object.entries(secrets))
    await memory.cluster.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: 'default' },
      data: { value: base64(value) },
    });
  const server = await ApiServer.over(memory.cluster);
  const messages = [
    `Back-off restarting; env had PASSWORD=${c.plant('event: assignment')}`,
    `pull "https://robot:${c.plant('event: user-info')}@registry.acme.com/v2/": unauthorized`,
    `probe sent Cookie: session=${c.plant('event: cookie')}; theme=dark`,
  ];
  const log = [
    'starting',
    `connecting to amqp://app:${c.plant('log: user-info')}@mq.acme.com`,
    `{"level":"info","access_token":"${c.plant('log: JSON')}"}`,
    `authorization: Bearer ${c.plant('log: header')}`,
    `panic: cannot open ${secrets['known-log'] ?? ''}`,
  ].join('\n');
  server.intercept = ({ method, path }, response) => {
    if (path.endsWith('/log')) {
      response.end(log);
      return true;
    }
    if (method !== 'GET' || !path.endsWith('/events')) {
      // Everything that is asked for is a minute old: the program has crashed by then.
      memory.clock.advance(20_000);
      return false;
    }
    void memory.cluster.list({ apiVersion: 'v1', kind: 'Event', namespace: 'default' }).then((events) => {
      const items = events.map((event, index) => ({ ...event, message: messages[index % messages.length] }));
      answerJson(response, 200, {
        kind: 'EventList',
        apiVersion: 'v1',
        metadata: { resourceVersion: '1' },
        items,
      });
    });
    return true;
  };
  const kubeconfig = writeKubeconfig([{ name: 'main', server: server.url }]);
  return {
    kubeconfig: kubeconfig.file,
    async close() {
      kubeconfig.remove();
      await server.close();
    },
  };
}

export interface Echo {
  readonly url: string;
  close(): Promise<void>;
}

/** Answers with the headers that it was sent: 200, or 500 under `/broken`. */
export async function openEcho(): Promise<Echo> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/broken' ? 500 : 200;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ error: 'echo', headers: request.headers }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
