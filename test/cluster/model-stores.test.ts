import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { keptRights, ownRights, type Right } from '../../src/controller/install/rights.ts';
import { openSecretSettings } from '../../src/controller/models/secret-settings.ts';
import type { VerdictStore } from '../../src/gate/verdict-store.ts';
import { ClusterSpending } from '../../src/store/cluster/cluster-spending.ts';
import { ClusterVerdicts } from '../../src/store/cluster/cluster-verdicts.ts';
import { clusterInstallationKey } from '../../src/store/cluster/installation-key.ts';
import { spendCases } from '../contract/spend-contract.ts';
import { stored, verdictCases } from '../contract/verdict-contract.ts';
import { nowMs } from '../gate/fixtures.ts';
import { KubeApi } from './kube-api.ts';
import { allow, clientWith, newAccount, type PolicyRule } from './service-accounts.ts';

// With the rights of the controller and no others: its own namespace, and one that is enabled.
const api = new KubeApi('main');
const key = 'a'.repeat(64);
let own: string;
let enabled: string;
let client: ApiClient;

beforeEach(async () => {
  own = await api.newNamespace();
  enabled = await api.newNamespace();
  await client?.close();
  client = clientWith('main', await newAccount(api, own, 'controller'));
  const account = { from: own, name: 'controller' };
  await allow(api, account, own, ownRights.map(ruleOf));
  await allow(api, account, enabled, keptRights.map(ruleOf));
});
afterAll(async () => {
  await client?.close();
  await api.close();
});

function ruleOf({ group, resources, verbs, names }: Right): PolicyRule {
  return { apiGroups: [group], resources, verbs, ...(names === undefined ? {} : { resourceNames: names }) };
}

describe('spending', () => {
  test.each(Object.entries(spendCases))('%s', async (_name, run) => {
    await run(async () => new ClusterSpending({ client, namespace: own, now: () => nowMs }).of('team'));
  });
});

describe('verdicts', () => {
  test.each(Object.entries(verdictCases))('%s', async (_name, run) => {
    const store = () => new ClusterVerdicts({ client, now: () => nowMs, key: async () => key });
    // The cases write of `team` and `prod`; each of these is a namespace of the cluster.
    const other = await api.newNamespace();
    await allow(api, { from: own, name: 'controller' }, other, keptRights.map(ruleOf));
    const names = new Map([
      ['team', enabled],
      ['prod', other],
    ]);
    await run(async () => renamed(store(), names));
  });

  test('a namespace that is not enabled is refused, and nothing is kept', async () => {
    const stranger = await api.newNamespace();
    const store = new ClusterVerdicts({ client, now: () => nowMs, key: async () => key });
    const putting = store.put({ ...stored('v'), namespace: stranger });
    await expect(putting).rejects.toMatchObject({ kind: 'denied', code: 'Forbidden' });
  });
});

test('the key is made once and read by its name; Secrets cannot be listed', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => clusterInstallationKey(client, own)));
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set([...keys, await clusterInstallationKey(client, own)]).size).toBe(1);
  const listing = client.find({ method: 'GET', path: `/api/v1/namespaces/${own}/secrets`, doing: 'list' });
  await expect(listing).rejects.toMatchObject({ kind: 'denied' });
});

test('settings are read from the Secrets of both namespaces', async () => {
  const secret = async (namespace: string, yaml: string): Promise<void> => {
    const metadata = { name: 'sluice-models' };
    await api.do('POST', `/api/v1/namespaces/${namespace}/secrets`, {
      metadata,
      stringData: { 'models.yaml': yaml },
    });
  };
  await secret(own, 'servers: [{name: a, url: "https://a.example.com/v1", key: sk-1}]');
  await secret(enabled, 'budgets: {run: {tokens: 5}}');
  const settings = openSecretSettings({ client, namespace: own, env: {}, monotonicNow: () => 0 });
  expect(await settings(enabled)).toMatchObject({
    servers: [{ name: 'a', key: 'sk-1' }],
    budgets: { run: { tokens: 5 } },
  });
});

/** The same store, under the names that the cases use. */
function renamed(store: VerdictStore, names: ReadonlyMap<string, string>): VerdictStore {
  const real = (name: string): string => names.get(name) ?? name;
  const shown = (name: string): string => [...names].find(([, each]) => each === name)?.[0] ?? name;
  const out = <Entry extends { readonly namespace: string } | undefined>(entry: Entry): Entry =>
    entry === undefined ? entry : { ...entry, namespace: shown(entry.namespace) };
  return {
    put: (entry) => store.put({ ...entry, namespace: real(entry.namespace) }),
    get: async (namespace, id) => out(await store.get(real(namespace), id)),
    list: async (query) =>
      (await store.list({ ...query, namespace: real(query.namespace) })).map((each) => out(each)),
    history: (namespace, ...rest) => store.history(real(namespace), ...rest),
    reuse: async (namespace, ...rest) => out(await store.reuse(real(namespace), ...rest)),
    override: async (namespace, ...rest) => out(await store.override(real(namespace), ...rest)),
    invalidate: (namespace, ...rest) => store.invalidate(real(namespace), ...rest),
  };
}
