import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAccountClusters } from '../../src/cluster/kubernetes/account-clusters.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import { joinedSecret } from '../cluster-port/joined-secret.ts';
import { sluice, type Ended } from '../crash/sluice-process.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, realClusters } from './real-clusters.ts';
import { closedPort } from './relay.ts';
import { allow, clientWith, ensureNamespace, impersonateAccounts, newAccount } from './service-accounts.ts';

const { kubeconfig, hasControllerManager } = realClusters();
/** The hub is `other` here, so that `main`, which has controllers, can be joined. */
const [hub, prod, main] = [new KubeApi('other'), new KubeApi('prod'), new KubeApi('main')];
const directory = mkdtempSync(joinPath(tmpdir(), 'sluice-join-'));
const secrets = '/api/v1/namespaces/vela-system/secrets';

let home: string;
let team: string;
/** On prod: may act as accounts of `team`, and nothing else. */
let joiner: string;

beforeAll(async () => {
  [home, team] = [await prod.newNamespace(), await prod.newNamespace()];
  joiner = await newAccount(prod, home, 'joiner');
  await allow(prod, { from: home, name: 'joiner' }, team, [impersonateAccounts]);
  await ensureNamespace(hub, 'vela-system');
});

afterAll(async () => {
  rmSync(directory, { recursive: true });
  await Promise.all([hub, prod, main].map((api) => api.close()));
});

let names = 0;
const newName = (): string => `joined-${process.pid}-${++names}`;

/** `sluice cluster …` on the hub. */
const cluster = (...args: readonly string[]): Promise<Ended> =>
  sluice(['cluster', ...args, '--kubeconfig', kubeconfig, '--context', 'other', '--state-dir', directory])
    .ended;

/** A kubeconfig of prod for this user, as someone would hand it over. */
function kubeconfigFor(user: object, of: { readonly server?: string; readonly ca?: string } = {}): string {
  const { server, ca } = { ...accessOf('prod'), ...of };
  const file = joinPath(mkdtempSync(joinPath(directory, 'kubeconfig-')), 'prod.yaml');
  const data = Buffer.from(ca).toString('base64');
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'prod',
      clusters: [{ name: 'c', cluster: { server, 'certificate-authority-data': data } }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u' } }],
    }),
  );
  return file;
}

/** As the controller sees it. */
async function withAccount(
  name: string,
  namespace: string,
  use: (there: Cluster) => Promise<void>,
): Promise<void> {
  const controller = clientWith('other', accessOf('other').token);
  const clusters = openAccountClusters({ hub: controller, systemNamespace: 'vela-system', now: Date.now });
  try {
    await use(await clusters.for({ namespace, serviceAccount: 'sluice-runner' }).get(name));
  } finally {
    await clusters.close();
    await controller.close();
  }
}

describe('join, list, detach', () => {
  test('a token is stored as KubeVela stores it, checked and never shown', async () => {
    const name = newName();
    const file = kubeconfigFor({ token: joiner });
    const joined = await cluster('join', name, '--kubeconfig-file', file, '--namespaces', `${team}, shop`);
    expect(joined).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(`^cluster ${name} joined: .* \\(v1\\..*\\), as system:serviceaccount:${home}:joiner\\n$`),
      ) as string,
    });
    expect(joined.stderr).toContain('warning: the token ends on ');
    expect(joined.stderr).toContain('shop/sluice-runner; enable a namespace on that cluster with');
    expect(joined.stderr).not.toContain(`${team}/sluice-runner`);
    const { metadata, data } = await hub.do('GET', `${secrets}/${name}`);
    expect(metadata).toMatchObject({
      labels: { 'cluster.core.oam.dev/cluster-credential-type': 'ServiceAccountToken' },
      annotations: { 'sluice.dev/namespaces': `${team},shop`, 'sluice.dev/impersonate': 'true' },
    });
    expect(Object.keys(data as object).toSorted()).toEqual(['ca.crt', 'endpoint', 'token']);

    const listed = await cluster('ls');
    expect(listed.stdout).toMatch(/^CLUSTER +TYPE +ENDPOINT +NAMESPACES +RUNS ACT AS\n/);
    expect(listed.stdout).toMatch(
      new RegExp(`\\n${name} +ServiceAccountToken +https://\\S+ +${team},shop +account\\n`),
    );
    const asJson = await cluster('list', '-o', 'json');
    expect(JSON.parse(asJson.stdout)).toContainEqual({
      name,
      type: 'ServiceAccountToken',
      endpoint: accessOf('prod').server,
      namespaces: [team, 'shop'],
      impersonate: true,
    });
    for (const { stdout, stderr } of [joined, listed, asJson]) expect(stdout + stderr).not.toContain(joiner);

    await withAccount(name, team, async (there) => {
      const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: team, name: 'x' };
      await expect(there.get(ref)).rejects.toMatchObject({
        message: expect.stringContaining(`system:serviceaccount:${team}:sluice-runner`) as string,
      });
    });

    expect(await cluster('detach', name)).toMatchObject({ code: 0 });
    expect((await hub.send('GET', `${secrets}/${name}`)).status).toBe(404);
    expect(await cluster('detach', name)).toMatchObject({ code: 1 });
  });

  test('what is there is only replaced with --yes, and then wholly', async () => {
    const name = newName();
    const { server } = accessOf('prod');
    const before = joinedSecret(name, { endpoint: server, ca: 'x', 'tls.crt': 'x', 'tls.key': 'x' });
    await hub.do('POST', secrets, before);
    const args = ['join', name, '--kubeconfig-file', kubeconfigFor({ token: joiner })];
    const refused = await cluster(...args);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect(await cluster(...args, '--yes')).toMatchObject({ code: 0 });
    const { metadata, data } = await hub.do('GET', `${secrets}/${name}`);
    expect(Object.keys(data as object).toSorted()).toEqual(['ca.crt', 'endpoint', 'token']);
    expect(metadata).toMatchObject({
      labels: { 'cluster.core.oam.dev/cluster-credential-type': 'ServiceAccountToken' },
      annotations: { 'sluice.dev/namespaces': '*' },
    });
  });

  test('no Secret but a cluster’s is replaced or removed', async () => {
    const name = newName();
    await hub.do('POST', secrets, { metadata: { name }, stringData: { token: 'mine' } });
    const file = kubeconfigFor({ token: joiner });
    expect(await cluster('join', name, '--kubeconfig-file', file, '--yes')).toMatchObject({ code: 2 });
    expect(await cluster('detach', name)).toMatchObject({ code: 1 });
    expect((await hub.send('GET', `${secrets}/${name}`)).status).toBe(200);
  });

  test('without impersonation it says as whom runs act', async () => {
    const name = newName();
    const args = ['join', name, '--join-context', 'prod', '--no-impersonate'];
    expect(await cluster(...args)).toMatchObject({ code: 2 });
    const joined = await cluster(...args, '--namespaces', team);
    expect(joined.code).toBe(0);
    expect(joined.stderr).toContain(`warning: runs of ${team} act as admin there`);
    expect((await cluster('list')).stdout).toMatch(new RegExp(`\\n${name} .* ${team} +credential\\n`));
  });
});

describe('nothing is stored', () => {
  interface Refused {
    readonly what: string;
    readonly file: () => Promise<string> | string;
    readonly code: number;
    readonly says: RegExp;
  }
  const plugin = joinPath(directory, 'plugin-ran');
  test.each<Refused>([
    {
      what: 'of a credential plugin, which is not run',
      file: () =>
        kubeconfigFor({
          exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: [plugin] },
        }),
      code: 2,
      says: /credential plugin.*--create-account/s,
    },
    {
      what: 'of a token that the cluster does not know',
      file: () => kubeconfigFor({ token: 'unknown-token' }),
      code: 2,
      says: /Unauthorized/,
    },
    {
      what: 'of a cluster that cannot be reached',
      file: async () =>
        kubeconfigFor({ token: joiner }, { server: `https://127.0.0.1:${await closedPort()}` }),
      code: 6,
      says: /of cluster joined-\S+ cannot be reached/,
    },
    {
      what: 'of a server with another certificate authority',
      file: () => kubeconfigFor({ token: joiner }, { ca: accessOf('main').ca }),
      code: 6,
      says: /certificate authority/,
    },
    {
      what: 'of an address where no cluster is',
      file: () => kubeconfigFor({ token: joiner }, { server: 'https://169.254.169.254' }),
      code: 2,
      says: /169\.254\.169\.254 must not be called/,
    },
    {
      what: 'of a user with a password',
      file: () => kubeconfigFor({ username: 'me', password: 'geheim' }),
      code: 2,
      says: /name with a password/,
    },
    { what: 'of a file that is not there', file: () => joinPath(directory, 'none'), code: 2, says: /none/ },
  ])('$what', async ({ file, code, says }) => {
    const name = newName();
    const refused = await cluster('join', name, '--kubeconfig-file', await file());
    expect(refused.stderr).toMatch(says);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).not.toMatch(/unknown-token|geheim/);
    expect(refused.stderr).not.toContain(joiner);
    expect(existsSync(plugin)).toBe(false);
    expect((await hub.send('GET', `${secrets}/${name}`)).status).toBe(404);
  });
});

// Tokens of accounts are made by a controller: skipped where there is none.
test.skipIf(!hasControllerManager)(
  '--create-account makes an account that may only act as others',
  async () => {
    const name = newName();
    const namespace = await main.newNamespace();
    const args = ['join', name, '--join-context', 'main', '--create-account', '--namespaces', namespace];
    const joined = await cluster(...args);
    expect(joined).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('as system:serviceaccount:vela-system:sluice-controller') as string,
    });
    expect(joined.stderr).not.toMatch(/may not act|may do everything|token ends/);
    await withAccount(name, namespace, async (there) => {
      const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'made' } };
      expect((await there.apply(configMap)).metadata.uid).toBeDefined();
      const role = {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { namespace, name: 'r' },
      };
      await expect(there.apply(role)).rejects.toMatchObject({ kind: 'denied' });
    });
    // Once more is no fault.
    expect(await cluster(...args, '--yes')).toMatchObject({ code: 0 });
  },
);
