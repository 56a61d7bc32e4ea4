import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enabledNamespace } from '../../src/controller/install/enabled-namespace.ts';
import { roleFor, clusterRoleFor, theController } from '../../src/controller/install/access-objects.ts';
import { clusterRights, ownRights, systemRights } from '../../src/controller/install/rights.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import { ControllerProcess } from '../crash-cluster/controller-process.ts';
import { joinedSecret } from '../cluster-port/joined-secret.ts';
import { installCrds } from './install-crds.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, readKubeconfig, realClusters } from './real-clusters.ts';
import { closedPort } from './relay.ts';
import {
  allow,
  editConfigMaps,
  ensureNamespace,
  impersonateAccounts,
  newAccount,
} from './service-accounts.ts';

/** The hub is `prod` here: a controller drives every run of its cluster, and other tests have runs on `main`. */
const [hub, joined] = [new KubeApi('prod'), new KubeApi('other')];
const directory = mkdtempSync(join(tmpdir(), 'sluice-run-accounts-'));
const runs = (namespace: string): string =>
  `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`;

let team: string;
let closedTeam: string;
let controller: ControllerProcess;
let joinedName: string;
let downName: string;

beforeAll(async () => {
  await Promise.all([ensureNamespace(hub, 'vela-system'), installCrds(hub)]);
  [team, closedTeam] = [await hub.newNamespace(), await hub.newNamespace()];
  await newAccountOnce('vela-system', theController.name);
  await applyAll([
    ...clusterRoleFor(theController, { name: 'sluice-controller', rights: clusterRights }),
    ...roleFor(theController, {
      name: 'sluice-controller',
      namespace: 'vela-system',
      rights: [...ownRights, ...systemRights],
    }),
    ...enabledNamespace(team, ['a', 'b']),
  ]);
  await allow(hub, { from: team, name: 'a' }, team, [editConfigMaps]);
  await allow(hub, { from: team, name: 'b' }, team, [{ ...editConfigMaps, resources: ['secrets'] }]);

  await ensureNamespace(joined, team);
  const joiner = await newAccount(joined, team, 'joiner');
  await allow(joined, { from: team, name: 'joiner' }, team, [impersonateAccounts]);
  await allow(joined, { from: team, name: 'a' }, team, [editConfigMaps]);
  [joinedName, downName] = [`up-${team}`, `down-${team}`];
  const { server, ca } = accessOf('other');
  const down = `https://127.0.0.1:${await closedPort()}`;
  for (const [name, endpoint] of [
    [joinedName, server],
    [downName, down],
  ] as const) {
    const data = { endpoint, 'ca.crt': ca, token: joiner };
    await hub.do('POST', '/api/v1/namespaces/vela-system/secrets', joinedSecret(name, data));
  }

  const file = await controllerKubeconfig();
  controller = await ControllerProcess.start({ kubeconfig: file, leaseNamespace: 'vela-system' });
  await controller.ready();
});

afterAll(async () => {
  await controller?.stop();
  rmSync(directory, { recursive: true });
  await Promise.all([hub, joined].map((api) => api.close()));
});

async function newAccountOnce(namespace: string, name: string): Promise<void> {
  const { status } = await hub.send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, {
    metadata: { name },
  });
  if (status !== 201 && status !== 409) throw new Error(`service account ${name}: ${status}`);
}

async function applyAll(objects: ReturnType<typeof enabledNamespace>): Promise<void> {
  const clusters = await openKubernetesClusters({ kubeconfig: realClusters().kubeconfig, context: 'prod' });
  try {
    const cluster = await clusters.get('');
    for (const object of objects) await cluster.apply(object);
  } finally {
    await clusters.close();
  }
}

/** Of the hub, as the controller's own account. */
async function controllerKubeconfig(): Promise<string> {
  const path = `/api/v1/namespaces/vela-system/serviceaccounts/${theController.name}/token`;
  const { status } = await hub.do('POST', path, { spec: { expirationSeconds: 3600 } });
  const { token } = status as { readonly token: string };
  const file = join(directory, 'controller.json');
  const { clusters } = readKubeconfig();
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: clusters.filter(({ name }) => name === 'prod'),
    users: [{ name: 'controller', user: { token } }],
    contexts: [{ name: 'hub', context: { cluster: 'prod', user: 'controller' } }],
    'current-context': 'hub',
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}

interface RunStatus {
  readonly status: string;
  readonly finished?: boolean;
  readonly message?: string;
  readonly conditions?: readonly { readonly type: string; readonly message?: string }[];
  readonly steps?: readonly { readonly name: string; readonly phase: string; readonly message?: string }[];
}

interface RunSpec {
  readonly account?: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly cluster?: string }[];
}

let names = 0;

/** A run that applies an object of its name in each step, until it has finished. */
async function run(of: RunSpec): Promise<RunStatus & { readonly name: string }> {
  const { account, namespace = team, annotations = {}, steps } = of;
  const name = `run-${++names}`;
  await hub.do('POST', runs(namespace), {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name, annotations },
    spec: {
      ...(account === undefined ? {} : { serviceAccountName: account }),
      mode: { steps: 'DAG' },
      workflowSpec: {
        steps: steps.map(({ kind, cluster = '' }, index) => ({
          name: `step-${index}`,
          type: 'apply-object',
          properties: { cluster, value: { apiVersion: 'v1', kind, metadata: { name } } },
        })),
      },
    },
  });
  return { name, ...(await finishedStatus(namespace, name)) };
}

async function finishedStatus(namespace: string, name: string): Promise<RunStatus> {
  const finished = Promise.withResolvers<RunStatus>();
  const watching = new AbortController();
  const following = hub.follow(
    runs(namespace),
    async (object) => {
      const status = object['status'] as unknown as RunStatus | undefined;
      if (object.metadata.name === name && status?.finished === true) finished.resolve(status);
    },
    watching.signal,
  );
  following.catch((error: unknown) => finished.reject(error));
  try {
    return await finished.promise;
  } finally {
    watching.abort();
    await following;
  }
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
  expect(await exists(hub, 'Secret', mayNot.name)).toBe(false);
  const may = await run({ account: 'b', annotations: claims, steps: [{ kind: 'Secret' }] });
  expect(may.status).toBe('succeeded');
  expect(await exists(hub, 'Secret', may.name)).toBe(true);
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
  expect([await exists(hub, 'ConfigMap', name), await exists(joined, 'ConfigMap', name)]).toEqual([
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
