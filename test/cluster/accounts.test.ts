import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openAccountClusters, type AccountClusters } from '../../src/cluster/kubernetes/account-clusters.ts';
import type { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { openRights } from '../../src/controller/rights.ts';
import { KubeApi } from './kube-api.ts';
import { allow, clientWith, editConfigMaps, impersonateAccounts, newAccount } from './service-accounts.ts';

const api = new KubeApi('main');
/** May act as any account of `team`, and nothing else. */
let controller: ApiClient;
let clusters: AccountClusters;
let home: string;
let team: string;
let closedTeam: string;

beforeAll(async () => {
  [home, team, closedTeam] = await Promise.all([api.newNamespace(), api.newNamespace(), api.newNamespace()]);
  controller = clientWith('main', await newAccount(api, home, 'controller'));
  await allow(api, { from: home, name: 'controller' }, team, [impersonateAccounts]);
  await allow(api, { from: team, name: 'a' }, team, [editConfigMaps]);
  await allow(api, { from: team, name: 'b' }, team, [{ ...editConfigMaps, resources: ['secrets'] }]);
  clusters = openAccountClusters({ hub: controller, systemNamespace: 'vela-system', now: Date.now });
});

afterAll(async () => {
  await clusters?.close();
  await controller?.close();
  await api.close();
});

const as = (serviceAccount: string, namespace: string = team): Promise<Cluster> =>
  clusters.for({ namespace, serviceAccount }).get('');

function object(kind: 'ConfigMap' | 'Secret', name: string, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: team, ...metadata } };
}

describe('an effect as an account', () => {
  test.each([
    { account: 'a', may: 'ConfigMap', mayNot: 'Secret' },
    { account: 'b', may: 'Secret', mayNot: 'ConfigMap' },
  ] as const)('$account may touch $may and no $mayNot', async ({ account, may, mayNot }) => {
    const cluster = await as(account);
    const stored = await cluster.apply(object(may, `of-${account}`));
    expect(stored.metadata.uid).toBeDefined();
    const other = object(mayNot, `not-of-${account}`);
    const refused = { kind: 'denied', message: expect.stringContaining(`${team}:${account}"`) as string };
    const { apiVersion, kind, metadata } = other;
    const ref = { apiVersion, kind, namespace: team, name: metadata.name ?? '' };
    await expect(cluster.apply(other)).rejects.toMatchObject(refused);
    await expect(cluster.get(ref)).rejects.toMatchObject(refused);
    await expect(cluster.list({ apiVersion, kind, namespace: team })).rejects.toMatchObject(refused);
    await expect(cluster.patch(ref, {})).rejects.toMatchObject(refused);
    await expect(cluster.delete(ref)).rejects.toMatchObject(refused);
    const path = `/api/v1/namespaces/${team}/${kind.toLowerCase()}s/${ref.name}`;
    expect((await api.send('GET', path)).status).toBe(404);
  });

  test('is the account’s as the API server sees it: its user and its groups', async () => {
    const review = await controller.as(`system:serviceaccount:${team}:a`).send({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      contentType: 'application/json',
      body: JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }),
      doing: 'ask who this is',
    });
    expect(review).toMatchObject({
      status: {
        userInfo: {
          username: `system:serviceaccount:${team}:a`,
          groups: ['system:serviceaccounts', `system:serviceaccounts:${team}`, 'system:authenticated'],
        },
      },
    });
  });

  test('does not need the ServiceAccount object', async () => {
    const path = `/api/v1/namespaces/${team}/serviceaccounts/a`;
    expect((await api.send('GET', path)).status).toBe(404);
    expect(await (await as('a')).apply(object('ConfigMap', 'no-account'))).toMatchObject({
      kind: 'ConfigMap',
    });
  });

  test('annotations and labels of what it applies claim nothing', async () => {
    const annotations = { 'sluice.dev/service-account': 'b', 'app.oam.dev/service-account-name': 'b' };
    await expect((await as('a')).apply(object('Secret', 'claimed', { annotations }))).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining(`system:serviceaccount:${team}:a`) as string,
    });
  });

  test('stays in the rights of the account in other namespaces', async () => {
    const elsewhere = { ...object('ConfigMap', 'x'), metadata: { name: 'x', namespace: closedTeam } };
    await expect((await as('a')).apply(elsewhere)).rejects.toMatchObject({ kind: 'denied' });
  });

  test('in a namespace that is not enabled is denied, and says how to enable it', async () => {
    const cluster = await as('a', closedTeam);
    await expect(
      cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: closedTeam, name: 'x' }),
    ).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('impersonate') as string,
      hint: expect.stringContaining(`sluice install --namespace ${closedTeam}`) as string,
    });
  });
});

describe('rights', () => {
  test('are those that the API server tells: no account need exist, and a new RoleBinding counts soon', async () => {
    let nowMs = 0;
    const rights = openRights({ client: controller, now: () => nowMs });
    expect(await rights.check(team, 'anyone')).toBe('allowed');
    expect(await rights.check(closedTeam, 'anyone')).toEqual({
      refused: expect.stringContaining(`sluice install --namespace ${closedTeam}`) as string,
    });
    const [namespace, other] = [await api.newNamespace(), await api.newNamespace()];
    expect(await rights.check(namespace, 'runner')).not.toBe('allowed');
    await allow(api, { from: home, name: 'controller' }, namespace, [
      { ...impersonateAccounts, resourceNames: ['runner'] },
    ]);
    nowMs += 5000;
    // An API server's own authorizer learns of a RoleBinding a moment later.
    while ((await rights.check(namespace, 'runner')) !== 'allowed') nowMs += 5000;
    expect(await rights.check(namespace, 'root')).not.toBe('allowed');
    expect(await rights.check(other, 'runner')).not.toBe('allowed');
  });
});
