import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorKind } from '../../src/api/errors.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import {
  openKubernetesClusters,
  type KubernetesLimits,
} from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { answerJson, answerStatus, ApiServer } from './api-server.ts';
import { clusterCases } from './contract.ts';
import { configMap, deployment, openMemory, webRef, type MemoryPlace } from './fixtures.ts';
import { writeKubeconfig } from './kubeconfig-file.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

interface Place extends MemoryPlace {
  readonly server: ApiServer;
  readonly real: Clusters;
  readonly realCluster: Cluster;
}

async function open(limits: Partial<KubernetesLimits> = {}): Promise<Place> {
  const memory = await openMemory();
  const server = await ApiServer.over(memory.cluster);
  const kubeconfig = writeKubeconfig([{ name: 'main', server: server.url }]);
  const real = await openKubernetesClusters({ kubeconfig: kubeconfig.file, limits });
  closers.push(
    () => kubeconfig.remove(),
    () => server.close(),
    () => real.close(),
  );
  return { ...memory, server, real, realCluster: await real.get('') };
}

describe('a real cluster', () => {
  test.each(Object.keys(clusterCases))('%s', async (name) => {
    const { realCluster, clock } = await open();
    await clusterCases[name]?.({ cluster: realCluster, advance: (ms) => clock.advance(ms) });
  });
});

const mapRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' };

describe('requests', () => {
  test('an apply is a forced server-side apply under our own name, without what the server sets', async () => {
    const { server, realCluster } = await open();
    const stored = await realCluster.apply(configMap('a', { x: '1', big: '1' }));
    await realCluster.apply(stored);
    const [first, second] = server.seen;
    expect(first).toMatchObject({ method: 'PATCH', path: '/api/v1/namespaces/default/configmaps/a' });
    expect(first?.headers).toMatchObject({
      'content-type': 'application/apply-patch+yaml',
      authorization: 'Bearer token-main',
    });
    expect([...(first?.query ?? [])]).toEqual([
      ['fieldManager', 'sluice'],
      ['force', 'true'],
    ]);
    expect(JSON.parse(second?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'default' },
      data: { x: '1', big: '1' },
    });
  });

  test('integers keep every digit on both ways', async () => {
    const { server, realCluster } = await open();
    server.kinds.set('example.com/v1', [{ kind: 'Thing', name: 'things', namespaced: true }]);
    let sent = '';
    server.intercept = (seen, response) => {
      if (seen.method !== 'PATCH') return false;
      sent = seen.body;
      response.end(
        '{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"big":12345678901234567890}}',
      );
      return true;
    };
    const big = 12345678901234567890n;
    const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' }, spec: { big } };
    expect((await realCluster.apply(thing))['spec']).toEqual({ big });
    expect(sent).toContain('12345678901234567890');
  });

  test('a delete lets what belongs to the object go in the background', async () => {
    const { server, realCluster } = await open();
    await realCluster.delete(webRef);
    expect(server.seen[0]).toMatchObject({
      method: 'DELETE',
      path: '/apis/apps/v1/namespaces/default/deployments/web',
    });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ propagationPolicy: 'Background' });
  });

  test('a list is read in pages', async () => {
    const { server, cluster, realCluster } = await open();
    for (let index = 0; index < 1_200; index++) await cluster.apply(configMap(`m-${index}`, {}));
    const all = await realCluster.list({ apiVersion: 'v1', kind: 'ConfigMap' });
    expect(all).toHaveLength(1_200);
    expect(
      server.seen.map(({ path, query }) => `${path} ${query.get('limit')} ${query.get('continue')}`),
    ).toEqual(['/api/v1/configmaps 500 null', '/api/v1/configmaps 500 500', '/api/v1/configmaps 500 1000']);
  });

  test('a list that the server forgot on the way begins anew', async () => {
    const { server, cluster, realCluster } = await open();
    for (let index = 0; index < 600; index++) await cluster.apply(configMap(`m-${index}`, {}));
    let isForgotten = false;
    server.intercept = ({ query }, response) => {
      if (!query.has('continue') || isForgotten) return false;
      isForgotten = true;
      answerStatus(response, 410, 'Expired', 'The provided continue parameter is too old');
      return true;
    };
    expect(await realCluster.list({ apiVersion: 'v1', kind: 'ConfigMap' })).toHaveLength(600);
    expect(server.seen).toHaveLength(4);
  });

  test('a kind that comes with Kubernetes costs no question; another is asked for once', async () => {
    const { server, realCluster } = await open();
    server.kinds.set('example.com/v1', [
      { kind: 'Thing', name: 'things', namespaced: true },
      { kind: 'Thing', name: 'things/status', namespaced: true },
      { kind: 'Realm', name: 'realms', namespaced: false },
    ]);
    await realCluster.get(webRef);
    await realCluster.get({ apiVersion: 'example.com/v1', kind: 'Thing', name: 't' });
    await realCluster.get({ apiVersion: 'example.com/v1', kind: 'Realm', name: 'r' });
    expect(server.seen.map(({ path }) => path)).toEqual([
      '/apis/apps/v1/namespaces/default/deployments/web',
      '/apis/example.com/v1',
      '/apis/example.com/v1/namespaces/default/things/t',
      '/apis/example.com/v1/realms/r',
    ]);
  });

  test('a kind that is installed later is found then', async () => {
    const { server, realCluster } = await open();
    const ref = { apiVersion: 'example.com/v1', kind: 'Thing', name: 't' };
    await expect(realCluster.get(ref)).rejects.toMatchObject({
      kind: 'transient',
      message: 'no matches for kind "Thing" in version "example.com/v1"',
    });
    server.kinds.set('example.com/v1', [{ kind: 'Thing', name: 'things', namespaced: true }]);
    expect(await realCluster.get(ref)).toBeUndefined();
  });

  test('a kind that is told of and not yet served is worth another try; one of Kubernetes itself never comes', async () => {
    const { server, realCluster } = await open();
    server.kinds.set('example.com/v1', [{ kind: 'Thing', name: 'things', namespaced: true }]);
    server.intercept = ({ method }, response) => {
      if (method !== 'PATCH') return false;
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return true;
    };
    const thing = { apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 't' } };
    await expect(realCluster.apply(thing)).rejects.toMatchObject({ kind: 'transient', code: 'NoSuchKind' });
    const own = { ...thing, apiVersion: 'apps/v1' };
    await expect(realCluster.apply(own)).rejects.toMatchObject({ kind: 'terminal', code: 'NoSuchKind' });
  });

  test('names are no way out of their path', async () => {
    const { server, realCluster } = await open();
    await realCluster.get({ ...mapRef, namespace: '../../x', name: 'a/../b?c' });
    expect(server.seen[0]?.path).toBe('/api/v1/namespaces/..%2F..%2Fx/configmaps/a%2F..%2Fb%3Fc');
    await expect(realCluster.get({ ...mapRef, name: '' })).rejects.toMatchObject({ kind: 'terminal' });
  });

  test.each([
    { namespace: '..', name: 'a' },
    { namespace: 'default', name: '..' },
    { namespace: 'default', name: '.' },
  ])('a name that is a step of a path reaches nothing: $namespace $name', async (place) => {
    const { server, realCluster } = await open();
    await expect(realCluster.get({ ...mapRef, ...place })).rejects.toMatchObject({
      kind: 'invalid',
      code: 'BadName',
    });
    expect(server.seen).toEqual([]);
  });
});

describe('an answer that is no success', () => {
  test.each<readonly [number, string, ErrorKind]>([
    [400, 'BadRequest', 'terminal'],
    [401, 'Unauthorized', 'denied'],
    [403, 'Forbidden', 'denied'],
    [409, 'Conflict', 'transient'],
    [409, 'Gone', 'terminal'],
    [413, 'RequestEntityTooLarge', 'terminal'],
    [422, 'Invalid', 'terminal'],
    [429, 'TooManyRequests', 'transient'],
    [500, 'InternalError', 'transient'],
    [503, 'ServiceUnavailable', 'transient'],
    [504, 'Timeout', 'transient'],
  ])('%d %s is %s, in the words of the server', async (code, reason, kind) => {
    const { server, realCluster } = await open();
    server.intercept = (_seen, response) => {
      answerStatus(response, code, reason, `the server says ${reason}`);
      return true;
    };
    const calls = [
      () => realCluster.get(mapRef),
      () => realCluster.apply(configMap('a', {})),
      () => realCluster.delete(mapRef),
    ];
    for (const call of calls)
      await expect(call()).rejects.toMatchObject({
        kind,
        code: reason,
        message: `the server says ${reason}`,
      });
  });

  test('says when to come again', async () => {
    const { server, realCluster } = await open();
    server.intercept = (_seen, response) => {
      response.writeHead(429, { 'retry-after': '7' }).end('busy');
      return true;
    };
    await expect(realCluster.get(mapRef)).rejects.toMatchObject({
      kind: 'transient',
      retryAfterMs: 7_000,
      message: 'busy',
    });
  });

  test.each<readonly [string, ErrorKind]>([
    [
      'failed to create typed patch object (default/a; /v1, Kind=ConfigMap): .data.x: expected string',
      'terminal',
    ],
    [
      'failed to convert new object (default/a; /v1, Kind=Secret) to proper version: illegal base64',
      'terminal',
    ],
    ['etcdserver: request timed out', 'transient'],
  ])('500 without a reason, %s, is %s', async (message, kind) => {
    const { server, realCluster } = await open();
    server.intercept = (_seen, response) => {
      answerJson(response, 500, { kind: 'Status', status: 'Failure', message, code: 500 });
      return true;
    };
    await expect(realCluster.apply(configMap('a', {}))).rejects.toMatchObject({ kind, message });
  });

  test('a namespace that is not there is no missing object', async () => {
    const { server, realCluster } = await open();
    server.intercept = (_seen, response) => {
      answerStatus(response, 404, 'NotFound', 'namespaces "nowhere" not found');
      return true;
    };
    await expect(realCluster.apply(configMap('a', {}))).rejects.toMatchObject({
      kind: 'terminal',
      message: 'namespaces "nowhere" not found',
    });
  });
});

describe('no answer', () => {
  test('from a port that nobody listens on is the environment’s fault', async () => {
    const { server, realCluster } = await open();
    const { port } = server;
    await server.close();
    closers.length = 0;
    await expect(realCluster.get(mapRef)).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining(`127.0.0.1:${port}`) as string,
    });
  });

  test('from a connection that breaks is transient', async () => {
    const { server, realCluster } = await open();
    server.intercept = (_seen, response) => {
      response.destroy();
      return true;
    };
    await expect(realCluster.get(mapRef)).rejects.toMatchObject({ kind: 'transient' });
  });

  test('in time is transient', async () => {
    const { server, realCluster } = await open({ requestMs: 50 });
    server.intercept = () => true;
    await expect(realCluster.get(mapRef)).rejects.toMatchObject({
      kind: 'transient',
      code: 'ClusterTimeout',
    });
  });

  test('of a size that can be read is terminal', async () => {
    const { server, realCluster } = await open({ answerBytes: 1_000 });
    server.intercept = (_seen, response) => {
      answerJson(response, 200, configMap('a', { x: 'y'.repeat(2_000) }));
      return true;
    };
    await expect(realCluster.get(mapRef)).rejects.toMatchObject({ kind: 'terminal', code: 'AnswerTooLarge' });
  });

  test('in JSON is terminal', async () => {
    const { server, realCluster } = await open();
    server.intercept = (_seen, response) => {
      response.end('<html>');
      return true;
    };
    await expect(realCluster.get(mapRef)).rejects.toMatchObject({ kind: 'terminal', code: 'NotKubernetes' });
  });

  test('after closing, and nothing hangs', async () => {
    const { real, realCluster, server } = await open();
    server.intercept = () => true;
    const pending = realCluster.get(mapRef).catch((error: unknown) => error);
    await new Promise<void>((done) => {
      const check = createServer().listen(0, () => check.close(() => done()));
    });
    await real.close();
    expect(await pending).toMatchObject({ kind: expect.stringMatching(/transient|environment/) as string });
  });
});

test.each(['memory', 'kubernetes'])('what is no object is refused, %s', async (kind) => {
  const place = await open();
  const cluster = kind === 'memory' ? place.cluster : place.realCluster;
  const { metadata: _metadata, ...bare } = configMap('a', {});
  for (const object of [
    {},
    bare,
    { ...configMap('a', {}), kind: '' },
    { ...configMap('a', {}), apiVersion: 3 },
    null,
  ])
    await expect(cluster.apply(object as unknown as KubeObject)).rejects.toMatchObject({
      kind: 'terminal',
      code: 'BadRequest',
    });
  expect(place.server.seen).toEqual([]);
});

test('a Deployment of a later apply is what get shows', async () => {
  const { realCluster } = await open();
  await realCluster.apply(deployment());
  await realCluster.apply(deployment({ image: 'nginx:1.28' }));
  expect(await realCluster.get(webRef)).toMatchObject({
    metadata: { generation: 2 },
    spec: { template: { spec: { containers: [{ image: 'nginx:1.28' }] } } },
  });
});
