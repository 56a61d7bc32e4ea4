import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { openAccountClusters, type AccountClusters } from '../../src/cluster/kubernetes/account-clusters.ts';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { answerStatus, ApiServer } from './api-server.ts';
import { configMap, openMemory } from './fixtures.ts';
import { joinedSecret } from './joined-secret.ts';
import { ManualClock } from './manual-clock.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'a' };
const account = { namespace: 'team', serviceAccount: 'deployer' };
const user = 'system:serviceaccount:team:deployer';

interface Place {
  readonly hub: ApiServer;
  readonly hubCluster: Cluster;
  readonly clusters: AccountClusters;
  readonly clock: ManualClock;
}

async function serve(): Promise<ApiServer> {
  const server = await ApiServer.over((await openMemory()).cluster);
  closers.push(() => server.close());
  return server;
}

async function open(): Promise<Place> {
  const clock = new ManualClock();
  const memory = await openMemory();
  const hub = await ApiServer.over(memory.cluster);
  const access = staticAccess(hub.url, 'this cluster', { headers: { authorization: 'Bearer hub' }, tls: {} });
  const client = new ApiClient({ access, timeoutMs: 10_000, limitBytes: 1_000_000 });
  const clusters = openAccountClusters({ hub: client, systemNamespace: 'vela-system', now: clock.now });
  closers.push(
    () => hub.close(),
    () => client.close(),
    () => clusters.close(),
  );
  return { hub, hubCluster: memory.cluster, clusters, clock };
}

/** Where a server was, and is no more. */
async function deadServer(): Promise<{ readonly url: string; readonly port: number }> {
  const server = await ApiServer.over((await openMemory()).cluster);
  const { url, port } = server;
  await server.close();
  return { url, port };
}

const users = (server: ApiServer): readonly unknown[] =>
  server.seen.map(({ headers }) => headers['impersonate-user']);
const secretReads = (server: ApiServer): number =>
  server.seen.filter(({ path }) => path.includes('/secrets/')).length;

describe('in an account’s name', () => {
  test('every request to the hub is made, and a joined cluster’s Secret is read without', async () => {
    const { hub, hubCluster, clusters } = await open();
    const prod = await serve();
    await hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token: 'prod-token' }));
    const mine = clusters.for(account);
    expect(await mine.get('local')).toBe(await mine.get(''));
    await (await mine.get('')).apply(configMap('a', { x: '1' }));
    await (await mine.get('prod')).get(ref);
    expect(users(hub)).toEqual([user, undefined]);
    expect(users(prod)).toEqual([user]);
    expect(prod.seen[0]?.headers.authorization).toBe('Bearer prod-token');
    expect(await mine.names()).toEqual(['']);
  });

  test('accounts share what is not theirs: connections, kinds and the Secret', async () => {
    const { hub, hubCluster, clusters } = await open();
    const prod = await serve();
    await hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token: 't' }));
    prod.kinds.set('example.com/v1', [{ kind: 'Thing', name: 'things', namespaced: true }]);
    const thing = { apiVersion: 'example.com/v1', kind: 'Thing', namespace: 'team', name: 't' };
    for (const serviceAccount of ['one', 'two']) {
      const cluster = await clusters.for({ namespace: 'team', serviceAccount }).get('prod');
      await cluster.get(thing);
    }
    expect(secretReads(hub)).toBe(1);
    expect(prod.seen.filter(({ path }) => path === '/apis/example.com/v1')).toHaveLength(1);
    expect(users(prod).slice(1)).toEqual([
      'system:serviceaccount:team:one',
      'system:serviceaccount:team:two',
    ]);
  });

  test('unless the Secret says no', async () => {
    const { hubCluster, clusters } = await open();
    const prod = await serve();
    const annotations = { 'sluice.dev/impersonate': 'false' };
    await hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token: 't' }, annotations));
    await (await clusters.for(account).get('prod')).get(ref);
    expect(users(prod)).toEqual([undefined]);
  });

  test('a refusal says as whom it was asked', async () => {
    const { hub, clusters } = await open();
    hub.intercept = (_seen, response) => {
      answerStatus(response, 403, 'Forbidden', 'configmaps is forbidden');
      return true;
    };
    const cluster = await clusters.for(account).get('');
    await expect(cluster.get(ref)).rejects.toMatchObject({
      kind: 'denied',
      hint: expect.stringContaining('service account team/deployer') as string,
    });
  });

  test.each(['', 'a:b', 'a\r\nimpersonate-group: system:masters', 'Admin'])(
    'that is %j is none',
    async (name) => {
      const { hub, clusters } = await open();
      const asked = clusters.for({ namespace: 'team', serviceAccount: name }).get('');
      await expect(asked).rejects.toMatchObject({ kind: 'invalid', code: 'BadServiceAccount' });
      expect(hub.seen).toHaveLength(0);
    },
  );

  test('closing ends nothing of the hub’s own client', async () => {
    const { hub, clusters } = await open();
    await clusters.for(account).get('');
    await clusters.close();
    const access = staticAccess(hub.url, 'this cluster', { headers: {}, tls: {} });
    const client = new ApiClient({ access, timeoutMs: 10_000, limitBytes: 1_000_000 });
    closers.push(() => client.close());
    const child = client.as('somebody');
    await child.close();
    expect(await client.find({ method: 'GET', path: '/api/v1/namespaces/x', doing: 'get' })).toBeUndefined();
  });
});

describe('which namespaces may use a joined cluster', () => {
  test.each<{ what: string; annotation?: string; isAllowed: boolean }>([
    { what: 'no annotation, as KubeVela writes it', isAllowed: true },
    { what: 'a star', annotation: '*', isAllowed: true },
    { what: 'its name', annotation: 'other, team', isAllowed: true },
    { what: 'others', annotation: 'other,team-b', isAllowed: false },
    { what: 'none', annotation: '', isAllowed: false },
  ])('$what', async ({ annotation, isAllowed }) => {
    const { hubCluster, clusters } = await open();
    const prod = await serve();
    const annotations = annotation === undefined ? {} : { 'sluice.dev/namespaces': annotation };
    await hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token: 't' }, annotations));
    const asked = clusters
      .for(account)
      .get('prod')
      .then((cluster) => cluster.get(ref));
    const checked = clusters.check('team', 'prod');
    if (isAllowed) {
      expect(await asked).toBeUndefined();
      await checked;
      return;
    }
    const refusal = {
      kind: 'denied',
      code: 'ClusterNotAllowed',
      message: 'Runs of namespace team may not use cluster prod.',
    };
    await expect(asked).rejects.toMatchObject(refusal);
    await expect(checked).rejects.toMatchObject(refusal);
    expect(prod.seen).toHaveLength(0);
  });
});

describe('a name', () => {
  test.each(['nowhere', '..', 'a/b', 'PROD', ''.padEnd(254, 'a')])(
    '%j without a cluster is refused',
    async (name) => {
      const { clusters } = await open();
      await expect(clusters.for(account).get(name)).rejects.toMatchObject({
        kind: 'invalid',
        code: 'UnknownCluster',
      });
    },
  );

  test('of another Secret tells no more than one of none', async () => {
    const { hubCluster, clusters } = await open();
    const { metadata, ...rest } = joinedSecret('plain', { endpoint: 'https://prod.example', token: 't' });
    await hubCluster.apply({ ...rest, metadata: { ...metadata, labels: {} } });
    await expect(clusters.for(account).get('plain')).rejects.toMatchObject({
      kind: 'invalid',
      message: 'There is no cluster plain.',
    });
  });

  test('without a cluster is asked for once in a while, and found when it was joined meanwhile', async () => {
    const { hub, hubCluster, clusters, clock } = await open();
    const mine = clusters.for(account);
    const prod = await serve();
    for (const _ of [1, 2, 3]) await expect(mine.get('prod')).rejects.toMatchObject({ kind: 'invalid' });
    expect(secretReads(hub)).toBe(1);
    await hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token: 't' }));
    clock.advance(2000);
    expect((await mine.get('prod')).name).toBe('prod');
  });

  test('whose Secret may not be read is denied, and says what the controller lacks', async () => {
    const { hub, clusters } = await open();
    hub.intercept = (_seen, response) => {
      answerStatus(response, 403, 'Forbidden', 'secrets "prod" is forbidden');
      return true;
    };
    await expect(clusters.for(account).get('prod')).rejects.toMatchObject({
      kind: 'denied',
      hint: expect.stringContaining('sluice install') as string,
    });
  });

  test.each(['http://169.254.169.254', 'http://[fd00:ec2::254]/', 'https://metadata.google.internal'])(
    'whose endpoint is %s is never called',
    async (endpoint) => {
      const { hubCluster, clusters } = await open();
      await hubCluster.apply(joinedSecret('prod', { endpoint, token: 't' }));
      await expect(clusters.for(account).get('prod')).rejects.toMatchObject({
        kind: 'denied',
        code: 'EgressDenied',
      });
    },
  );
});

describe('a Secret that changes', () => {
  test('a new credential takes effect in time, and at once when the old one is refused', async () => {
    const { hubCluster, clusters, clock } = await open();
    const prod = await serve();
    const join = (token: string): Promise<unknown> =>
      hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token }));
    await join('first');
    const cluster = await clusters.for(account).get('prod');
    await cluster.get(ref);
    await join('second');
    clock.advance(30_000);
    await cluster.get(ref);
    await join('third');
    clock.advance(1000);
    prod.intercept = ({ headers }, response) => {
      if (headers.authorization === 'Bearer third') return false;
      answerStatus(response, 401, 'Unauthorized', 'Unauthorized');
      return true;
    };
    expect(await cluster.get(ref)).toBeUndefined();
    expect(prod.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
      'Bearer second',
      'Bearer third',
    ]);
  });

  test('a new endpoint gets the new credential, and the old endpoint no more', async () => {
    const { hubCluster, clusters, clock } = await open();
    const [before, after] = [await serve(), await serve()];
    await hubCluster.apply(joinedSecret('prod', { endpoint: before.url, token: 'before' }));
    const cluster = await clusters.for(account).get('prod');
    await cluster.get(ref);
    await hubCluster.apply(joinedSecret('prod', { endpoint: after.url, token: 'after' }));
    clock.advance(30_000);
    await cluster.get(ref);
    expect(before.seen).toHaveLength(1);
    expect(after.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer after']);
  });

  test('one that is gone ends access, also of clusters that are held', async () => {
    const { hubCluster, clusters, clock } = await open();
    const prod = await serve();
    await hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token: 't' }));
    const cluster = await clusters.for(account).get('prod');
    await cluster.get(ref);
    await hubCluster.delete({ apiVersion: 'v1', kind: 'Secret', namespace: 'vela-system', name: 'prod' });
    clock.advance(30_000);
    await expect(cluster.get(ref)).rejects.toMatchObject({ kind: 'invalid', code: 'UnknownCluster' });
    await expect(clusters.for(account).get('prod')).rejects.toMatchObject({ kind: 'invalid' });
    expect(prod.seen).toHaveLength(1);
  });

  test('a namespace that is taken off ends access of clusters that are held', async () => {
    const { hubCluster, clusters, clock } = await open();
    const prod = await serve();
    const secret = (namespaces: string): ReturnType<typeof joinedSecret> =>
      joinedSecret('prod', { endpoint: prod.url, token: 't' }, { 'sluice.dev/namespaces': namespaces });
    await hubCluster.apply(secret('team'));
    const cluster = await clusters.for(account).get('prod');
    await hubCluster.apply(secret('other'));
    clock.advance(30_000);
    await expect(cluster.get(ref)).rejects.toMatchObject({ kind: 'denied', code: 'ClusterNotAllowed' });
    expect(prod.seen).toHaveLength(0);
  });
});

test('an endpoint may be a name', async () => {
  const { hubCluster, clusters } = await open();
  const prod = await serve();
  await hubCluster.apply(joinedSecret('prod', { endpoint: `http://localhost:${prod.port}`, token: 't' }));
  expect(await (await clusters.for(account).get('prod')).get(ref)).toBeUndefined();
  expect(users(prod)).toEqual([user]);
});

test('a cluster that is back is used again after the pause, by one call first', async () => {
  const { hubCluster, clusters, clock } = await open();
  const { url, port } = await deadServer();
  await hubCluster.apply(joinedSecret('prod', { endpoint: url, token: 't' }));
  const cluster = await clusters.for(account).get('prod');
  await expect(cluster.get(ref)).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  let requests = 0;
  const back = createServer((_request, response) => {
    requests++;
    answerStatus(response, 404, 'NotFound', 'not found');
  });
  await new Promise<void>((done) => back.listen(port, '127.0.0.1', done));
  closers.push(() => back.close().closeAllConnections());
  await expect(cluster.get(ref)).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  expect(requests).toBe(0);
  clock.advance(1000);
  expect(await cluster.get(ref)).toBeUndefined();
  expect(await cluster.get(ref)).toBeUndefined();
});

test('a cluster that is down fails its own calls alone, with its name and address', async () => {
  const { hubCluster, clusters, clock } = await open();
  const [prod, { url, port }] = [await serve(), await deadServer()];
  await hubCluster.apply(joinedSecret('dead', { endpoint: url, token: 't' }));
  await hubCluster.apply(joinedSecret('prod', { endpoint: prod.url, token: 't' }));
  const mine = clusters.for(account);
  for (const pauseMs of [0, 10, 30_000]) {
    clock.advance(pauseMs);
    const cluster = await mine.get('dead');
    await expect(cluster.get(ref)).rejects.toMatchObject({
      kind: 'environment',
      code: 'ClusterUnreachable',
      message: expect.stringContaining(`127.0.0.1:${port} of cluster dead cannot be reached`) as string,
    });
    expect(await (await mine.get('prod')).get(ref)).toBeUndefined();
    expect(await (await mine.get('')).get(ref)).toBeUndefined();
  }
});
