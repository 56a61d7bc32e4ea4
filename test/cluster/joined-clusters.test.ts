import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openAccountClusters, type AccountClusters } from '../../src/cluster/kubernetes/account-clusters.ts';
import type { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { joinedSecret } from '../cluster-port/joined-secret.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf } from './real-clusters.ts';
import { closedPort, Relay } from './relay.ts';
import {
  allow,
  clientWith,
  editConfigMaps,
  ensureNamespace,
  impersonateAccounts,
  newAccount,
} from './service-accounts.ts';

const [hub, testing, prod] = [new KubeApi('main'), new KubeApi('other'), new KubeApi('prod')];
const secrets = '/api/v1/namespaces/vela-system/secrets';

let home: string;
let team: string;
/** On prod: may act as accounts of `team`. */
let joiner: string;
let controller: ApiClient;
/** The clock of what is under test: what it remembers becomes old at once. */
let nowMs = Date.now();
let clusters: AccountClusters;

beforeAll(async () => {
  await ensureNamespace(hub, 'vela-system');
  [home, team] = [await hub.newNamespace(), await hub.newNamespace()];
  for (const api of [testing, prod]) {
    await ensureNamespace(api, team);
    await ensureNamespace(api, home);
    await allow(api, { from: home, name: 'joiner' }, team, [impersonateAccounts]);
  }
  joiner = await newAccount(prod, home, 'joiner');
  await allow(prod, { from: team, name: 'deployer' }, team, [editConfigMaps]);
  controller = clientWith('main', await newAccount(hub, home, 'controller'));
  await allow(hub, { from: home, name: 'controller' }, 'vela-system', [
    { apiGroups: [''], resources: ['secrets'], verbs: ['get'] },
  ]);
  clusters = openAccountClusters({ hub: controller, systemNamespace: 'vela-system', now: () => nowMs });
});

afterAll(async () => {
  await clusters?.close();
  await controller?.close();
  await Promise.all([hub, testing, prod].map((api) => api.close()));
});

interface Joining {
  readonly token?: string;
  readonly server?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Joins `context` under a name of its own, which is returned. */
async function join(context: 'other' | 'prod', of: Joining = {}): Promise<string> {
  const { server, ca } = accessOf(context);
  const name = `${context}-${Math.random().toString(36).slice(2, 10)}`;
  const data = { endpoint: of.server ?? server, 'ca.crt': ca, token: of.token ?? joiner };
  await hub.do('POST', secrets, joinedSecret(name, data, of.annotations));
  return name;
}

const on = (name: string, serviceAccount: string = 'deployer', namespace: string = team): Promise<Cluster> =>
  clusters.for({ namespace, serviceAccount }).get(name);

const configMap = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: team },
});
const refOf = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: team, name });
const pathOf = (name: string): string => `/api/v1/namespaces/${team}/configmaps/${name}`;

describe('on a joined cluster', () => {
  test('an effect is the account’s: what it may there, there, and nowhere else', async () => {
    const name = await join('prod');
    await (await on(name)).apply(configMap('deployed'));
    expect((await prod.send('GET', pathOf('deployed'))).status).toBe(200);
    expect((await testing.send('GET', pathOf('deployed'))).status).toBe(404);
    expect((await hub.send('GET', pathOf('deployed'))).status).toBe(404);
    await expect((await on(name, 'visitor')).apply(configMap('visited'))).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining(`"system:serviceaccount:${team}:visitor"`) as string,
      hint: expect.stringContaining(`cluster ${name}`) as string,
    });
    expect((await prod.send('GET', pathOf('visited'))).status).toBe(404);
  });

  test('a credential that may not impersonate is denied, and the message says what is missing', async () => {
    const name = await join('prod', { token: await newAccount(prod, home, 'bystander') });
    await expect((await on(name)).apply(configMap('refused'))).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('cannot impersonate') as string,
      hint: expect.stringContaining(`acting as service account ${team}/deployer`) as string,
    });
  });

  test('an account of a namespace that is not enabled there is denied', async () => {
    const name = await join('prod');
    await expect((await on(name, 'deployer', home)).get(refOf('deployed'))).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('cannot impersonate') as string,
    });
  });

  test('without impersonation the credential’s own rights count', async () => {
    const annotations = { 'sluice.dev/impersonate': 'false' };
    const token = await newAccount(prod, home, 'plain');
    await allow(prod, { from: home, name: 'plain' }, team, [editConfigMaps]);
    const name = await join('prod', { token, annotations });
    const stored = await (await on(name, 'anyone')).apply(configMap('plain'));
    expect(stored.metadata.name).toBe('plain');
  });

  test('a namespace that the Secret does not list is denied before anything is sent', async () => {
    const name = await join('prod', { annotations: { 'sluice.dev/namespaces': 'other-team' } });
    await expect(on(name)).rejects.toMatchObject({ kind: 'denied', code: 'ClusterNotAllowed' });
    const path = `${secrets}/${name}`;
    await hub.do('PATCH', path, { metadata: { annotations: { 'sluice.dev/namespaces': `x, ${team}` } } });
    nowMs += 30_000;
    expect((await on(name)).name).toBe(name);
  });
});

describe('the Secret of a joined cluster', () => {
  test('gives a new credential in time, and none once it is gone', async () => {
    const name = await join('prod', { token: 'not-a-token' });
    const cluster = await on(name);
    await expect(cluster.get(refOf('x'))).rejects.toMatchObject({ kind: 'denied' });
    await hub.do('PATCH', `${secrets}/${name}`, { stringData: { token: joiner } });
    nowMs += 30_000;
    expect(await cluster.get(refOf('x'))).toBeUndefined();
    await hub.do('DELETE', `${secrets}/${name}`);
    nowMs += 30_000;
    await expect(cluster.get(refOf('x'))).rejects.toMatchObject({ kind: 'invalid', code: 'UnknownCluster' });
    await expect(on(name)).rejects.toMatchObject({ kind: 'invalid' });
  });

  test('is out of reach of runs: an account reads Secrets with its own rights alone', async () => {
    const name = await join('prod');
    await allow(hub, { from: home, name: 'controller' }, team, [impersonateAccounts]);
    const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'vela-system', name };
    await expect((await on('')).get(ref)).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining(`"system:serviceaccount:${team}:deployer" cannot get`) as string,
    });
  });

  test('a controller that may not read it says so', async () => {
    const stranger = clientWith('main', await newAccount(hub, home, 'stranger'));
    const others = openAccountClusters({ hub: stranger, systemNamespace: 'vela-system', now: () => nowMs });
    try {
      const asked = others.for({ namespace: team, serviceAccount: 'deployer' }).get('prod');
      await expect(asked).rejects.toMatchObject({ kind: 'denied', code: 'ClusterNotReadable' });
    } finally {
      await others.close();
      await stranger.close();
    }
  });
});

describe('a cluster that is down', () => {
  test('fails its own calls with its name and address', async () => {
    const port = await closedPort();
    const [down, up] = [await join('prod', { server: `https://127.0.0.1:${port}` }), await join('prod')];
    const cluster = await on(down);
    const calls = Promise.allSettled(Array.from({ length: 20 }, () => cluster.get(refOf('x'))));
    expect(await (await on(up)).get(refOf('x'))).toBeUndefined();
    for (const call of await calls) {
      expect(call).toMatchObject({
        status: 'rejected',
        reason: {
          kind: 'environment',
          code: 'ClusterUnreachable',
          message: expect.stringContaining(`127.0.0.1:${port} of cluster ${down}`) as string,
        },
      });
    }
  });

  test('is watched again when it is back', async () => {
    await withRelay(async (name, relay) => {
      const cluster = await on(name);
      await cluster.apply(configMap('watched'));
      const changed = Promise.withResolvers<void>();
      const watching = new AbortController();
      const look = async (): Promise<void> => {
        const object = await cluster.get(refOf('watched'));
        if (object?.['data'] !== undefined) changed.resolve();
      };
      // A read may meet the cut wire; whoever is told of a change reads until it is not.
      const lookAgain = (): void => void look().catch(lookAgain);
      cluster.watch(refOf('watched'), lookAgain, watching.signal);
      await look();
      relay.cut();
      await expect(cluster.get(refOf('watched'))).rejects.toMatchObject({ code: 'ConnectionLost' });
      await prod.do('PATCH', pathOf('watched'), { data: { a: '1' } });
      relay.mend();
      await changed.promise;
      watching.abort();
    });
  });

  test('that was detached is no longer connected to, though somebody still watches', async () => {
    await withRelay(async (name, relay) => {
      const limits = { watch: { serverSeconds: 1 } };
      const now = (): number => nowMs;
      const own = openAccountClusters({ hub: controller, systemNamespace: 'vela-system', limits, now });
      const cluster = await own.for({ namespace: team, serviceAccount: 'deployer' }).get(name);
      const watching = new AbortController();
      cluster.watch(refOf('unchanged'), () => undefined, watching.signal);
      expect(await cluster.get(refOf('unchanged'))).toBeUndefined();
      expect(relay.connections).toBeGreaterThan(0);
      await hub.do('DELETE', `${secrets}/${name}`);
      nowMs += 30_000;
      await relay.untilIdle();
      watching.abort();
      await own.close();
    });
  });
});

/** A cluster joined over a wire that can be cut. */
async function withRelay(use: (name: string, relay: Relay) => Promise<void>): Promise<void> {
  const relay = await Relay.to(accessOf('prod').server);
  try {
    await use(await join('prod', { server: `https://127.0.0.1:${relay.port}` }), relay);
  } finally {
    await relay.close();
  }
}
