import { afterAll, beforeAll, expect, test } from 'vitest';
import { enabledNamespace } from '../../src/controller/install/enabled-namespace.ts';
import { applyAll, ControlledHub, type RunStatus } from './controlled-hub.ts';
import { KubeApi } from './kube-api.ts';
import { closedPort } from './relay.ts';
import {
  allow,
  editConfigMaps,
  ensureNamespace,
  impersonateAccounts,
  newAccount,
} from './service-accounts.ts';

const hub = new ControlledHub('prod');
const joined = new KubeApi('other');

let team: string;
let closedTeam: string;
let joinedName: string;
let downName: string;

beforeAll(async () => {
  await hub.install();
  [team, closedTeam] = [await hub.api.newNamespace(), await hub.api.newNamespace()];
  await applyAll('prod', enabledNamespace(team, ['a', 'b']));
  await allow(hub.api, { from: team, name: 'a' }, team, [editConfigMaps]);
  await allow(hub.api, { from: team, name: 'b' }, team, [{ ...editConfigMaps, resources: ['secrets'] }]);

  await ensureNamespace(joined, team);
  const token = await newAccount(joined, team, 'joiner');
  await allow(joined, { from: team, name: 'joiner' }, team, [impersonateAccounts]);
  await allow(joined, { from: team, name: 'a' }, team, [editConfigMaps]);
  [joinedName, downName] = [`up-${team}`, `down-${team}`];
  await hub.join(joinedName, 'other', { token });
  await hub.join(downName, 'other', { token, server: `https://127.0.0.1:${await closedPort()}` });
  await hub.start();
});

afterAll(() => Promise.all([hub.close(), joined.close()]));

interface RunSpec {
  readonly account: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly cluster?: string }[];
}

let names = 0;

/** A run that applies an object of its name in each step, until it has finished. */
async function run(of: RunSpec): Promise<RunStatus & { readonly name: string }> {
  const { account, namespace = team, annotations = {}, steps } = of;
  const name = `run-${++names}`;
  const status = await hub.run(
    namespace,
    { name, annotations },
    {
      serviceAccountName: account,
      mode: { steps: 'DAG' },
      workflowSpec: {
        steps: steps.map(({ kind, cluster = '' }, index) => ({
          name: `step-${index}`,
          type: 'apply-object',
          properties: { cluster, value: { apiVersion: 'v1', kind, metadata: { name } } },
        })),
      },
    },
  );
  return { name, ...status };
}

async function exists(api: KubeApi, kind: 'ConfigMap' | 'Secret', name: string): Promise<boolean> {
  const path = `/api/v1/namespaces/${team}/${kind.toLowerCase()}s/${name}`;
  return (await api.send('GET', path)).status === 200;
}

const textOf = (status: RunStatus): string => JSON.stringify(status);

test('a run’s effects are its account’s, whatever its annotations claim', async () => {
  const claims = {
    'sluice.dev/service-account': 'b',
    'app.oam.dev/service-account-name': 'b',
    'app.oam.dev/username': 'system:admin',
    'app.oam.dev/group': 'system:masters',
  };
  const mayNot = await run({ account: 'a', annotations: claims, steps: [{ kind: 'Secret' }] });
  expect(mayNot.status).toBe('failed');
  expect(textOf(mayNot)).toContain(`system:serviceaccount:${team}:a`);
  expect(await exists(hub.api, 'Secret', mayNot.name)).toBe(false);
  const may = await run({ account: 'b', annotations: claims, steps: [{ kind: 'Secret' }] });
  expect(may.status).toBe('succeeded');
  expect(await exists(hub.api, 'Secret', may.name)).toBe(true);
});

test('an account that is not enabled fails the run at once, with the command', async () => {
  for (const of of [{ account: 'root' }, { account: 'a', namespace: closedTeam }]) {
    const refused = await run({ ...of, steps: [{ kind: 'ConfigMap' }] });
    expect(refused.status).toBe('failed');
    expect(textOf(refused)).toContain(`sluice install --namespace ${of.namespace ?? team}`);
  }
});

test('a step on a joined cluster is the account’s there, and one that is down fails its own step', async () => {
  const { name, status, steps } = await run({
    account: 'a',
    steps: [
      { kind: 'ConfigMap' },
      { kind: 'ConfigMap', cluster: joinedName },
      { kind: 'ConfigMap', cluster: downName },
    ],
  });
  expect(status).toBe('failed');
  expect(steps?.map(({ phase }) => phase)).toEqual(['succeeded', 'succeeded', 'failed']);
  expect(steps?.[2]?.message).toMatch(new RegExp(`of cluster ${downName} cannot be reached`));
  expect([await exists(hub.api, 'ConfigMap', name), await exists(joined, 'ConfigMap', name)]).toEqual([
    true,
    true,
  ]);
  const other = await run({ account: 'b', steps: [{ kind: 'Secret', cluster: joinedName }] });
  expect(other.status).toBe('failed');
  expect(textOf(other)).toContain(`system:serviceaccount:${team}:b`);
  expect(await exists(joined, 'Secret', other.name)).toBe(false);
});

test('a cluster that nobody joined fails the step, and no names are told', async () => {
  const unknown = await run({ account: 'a', steps: [{ kind: 'ConfigMap', cluster: 'nowhere' }] });
  expect(unknown.status).toBe('failed');
  expect(textOf(unknown)).toContain('There is no cluster nowhere');
  expect(textOf(unknown)).not.toContain(joinedName);
});
