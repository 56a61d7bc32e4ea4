import { afterEach, describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { ApiServer } from '../cluster-port/api-server.ts';
import { openMemory } from '../cluster-port/fixtures.ts';
import { joinedSecret } from '../cluster-port/joined-secret.ts';
import { writeKubeconfig } from '../cluster-port/kubeconfig-file.ts';
import { cli, type CliEnd } from './cli-process.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** `sluice cluster …` on a hub with these Secrets. */
async function onHub(
  secrets: readonly KubeObject[],
): Promise<(...args: readonly string[]) => Promise<CliEnd>> {
  const { cluster } = await openMemory();
  for (const secret of secrets) await cluster.apply(secret);
  const server = await ApiServer.over(cluster);
  const kubeconfig = writeKubeconfig([{ name: 'hub', server: server.url }]);
  closers.push(
    () => server.close(),
    () => kubeconfig.remove(),
  );
  return (...args) => cli(['cluster', ...args, '--context', 'hub', '--kubeconfig', kubeconfig.file]);
}

const token = 'a-token-that-nobody-may-see';
const secrets: readonly KubeObject[] = [
  joinedSecret('by-vela', { endpoint: 'https://10.0.0.1:6443/', 'tls.crt': 'cert', 'tls.key': token }),
  joinedSecret(
    'ours',
    { endpoint: 'https://10.0.0.2:6443', token },
    { 'sluice.dev/namespaces': 'shop,web', 'sluice.dev/impersonate': 'false' },
  ),
  joinedSecret('broken', { token }),
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'plain', namespace: 'vela-system' } },
];

describe('cluster list', () => {
  test('shows where the clusters are and who may use them, and no credential', async () => {
    const hub = await onHub(secrets);
    const { stdout, stderr, code } = await hub('list');
    expect(stdout.split('\n').map((line) => line.split(/ {3,}/))).toEqual([
      ['CLUSTER', 'TYPE', 'ENDPOINT', 'NAMESPACES', 'RUNS ACT AS'],
      [
        'broken',
        'ServiceAccountToken',
        'unusable: The Secret vela-system/broken of cluster broken has no usable endpoint.',
        '*',
        'account',
      ],
      ['by-vela', 'X509Certificate', 'https://10.0.0.1:6443', '*', 'account'],
      ['ours', 'ServiceAccountToken', 'https://10.0.0.2:6443', 'shop,web', 'credential'],
      [''],
    ]);
    expect(stderr).toBe('cluster: hub\n');
    expect(code).toBe(0);
    for (const output of ['json', 'yaml']) {
      const end = await hub('ls', '-o', output);
      expect(end.stdout).toContain('by-vela');
      expect(end.stdout + end.stderr).not.toContain(token);
    }
  });

  test('says when there is none', async () => {
    const { stdout, stderr, code } = await (await onHub([]))('list');
    expect([stdout, code]).toEqual(['', 0]);
    expect(stderr).toContain('No cluster was joined.\n');
  });
});

test('cluster detach removes a cluster’s Secret, and no other', async () => {
  const hub = await onHub(secrets);
  expect(await hub('detach', 'ours')).toMatchObject({ code: 0 });
  for (const name of ['ours', 'plain', 'nowhere']) {
    const { code, stderr } = await hub('detach', name);
    expect(code).toBe(1);
    expect(stderr).toContain(`There is no joined cluster ${name}.`);
  }
  expect((await hub('list')).stdout).not.toContain('ours');
});

describe('cluster join refuses', () => {
  const from = ['--kubeconfig-file', 'prod.yaml'];
  test.each<{ args: readonly string[]; says: string }>([
    { args: ['prod'], says: 'which cluster to join?' },
    { args: ['local', ...from], says: 'local is the name of the cluster itself' },
    { args: ['deploy/prod.yaml', ...from], says: 'is no name for a cluster' },
    { args: ['Prod', ...from], says: 'is no name for a cluster' },
    { args: ['prod', ...from, '--namespaces', ' , '], says: 'are no namespaces' },
    { args: ['prod', ...from, '--namespaces', 'a,B'], says: 'are no namespaces' },
    { args: ['prod', ...from, '--no-impersonate'], says: 'say which namespaces may have them' },
    {
      args: ['prod', ...from, '--no-impersonate', '--namespaces', 'a', '--create-account'],
      says: 'can only act in the name of others',
    },
    { args: ['ours', ...from], says: 'there is a cluster ours already' },
    { args: ['plain', ...from, '--yes'], says: 'that is no joined cluster' },
    { args: ['prod', ...from], says: 'prod.yaml cannot be read' },
  ])('$args: $says', async ({ args, says }) => {
    const { code, stdout, stderr } = await (await onHub(secrets))('join', ...args);
    expect(stderr).toContain(says);
    expect([code, stdout]).toEqual([2, '']);
  });

  test.each(['join prod --join-context x', 'list', 'detach prod'])('%s without a hub', async (line) => {
    const { code, stderr } = await cli(['cluster', ...line.split(' ')]);
    expect(code).toBe(2);
    expect(stderr).toContain('none was named');
    expect(stderr).toContain('--context');
  });
});
