import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { openAccountClusters } from '../../src/cluster/kubernetes/account-clusters.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { ApiServer } from '../cluster-port/api-server.ts';
import { openMemory } from '../cluster-port/fixtures.ts';
import { joinedSecret } from '../cluster-port/joined-secret.ts';
import { writeKubeconfig, type ContextFixture } from '../cluster-port/kubeconfig-file.ts';
import { runGated, type GatedRun } from './gated-run.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const manifest = '{apiVersion: v1, kind: ConfigMap, metadata: {name: app}, data: {color: green}}';

interface Release {
  readonly open: boolean;
  /** Where the app is tried, and where it is deployed once the gate is open. */
  readonly from?: string;
  readonly to?: string;
  readonly deployed?: string;
  readonly type?: string;
  /** Of the step that tries the app, and where its subject is found. */
  readonly tried?: readonly [type: string, subject: string];
}

/** Applies to one cluster, judges what was applied, and has a step that would run in any case apply to the other. */
function release({
  open,
  from = 'test',
  to = 'prod',
  deployed = manifest,
  type = 'apply-object',
  tried = ['apply-object', 'apply.subject'],
}: Release) {
  return `
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: release, namespace: team}
spec:
  workflowSpec:
    steps:
    - name: try
      type: ${tried[0]}
      properties: {cluster: "${from}", value: ${manifest}}
      outputs: [{name: app, valueFrom: ${tried[1]}}]
    - name: quality
      type: test-gate
      inputs: [{from: app, parameterKey: subject}]
      properties: {open: ${open}}
    - name: deploy
      type: ${type}
      if: always
      requires: [quality]
      properties: {cluster: "${to}", value: ${deployed}}
    - name: look
      type: read-object
      if: always
      properties: {cluster: "${from}", apiVersion: v1, kind: ConfigMap, name: app}
`;
}

const ends = ({ plan, state }: GatedRun): string =>
  plan.steps
    .map(({ path }) => {
      const { phase, reason, refused } = state.steps[path] ?? {};
      const why = refused === undefined ? '' : ` by ${refused.gate} (${refused.code})`;
      return `${path} ${phase}${reason === undefined ? '' : `/${reason}`}${why}`;
    })
    .join(', ');

const allDone = 'try succeeded, quality succeeded, deploy succeeded, look succeeded';
const refused =
  'try succeeded, quality failed/Action, deploy failed/Action by quality (GateNotOpen), look succeeded';
const app = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'app' };

describe('what was judged in one cluster', () => {
  test('may be applied to another', async () => {
    const { clusters } = await openMemory();
    expect(ends(await runGated(release({ open: true }), clusters))).toBe(allDone);
    expect(await (await clusters.get('prod')).get(app)).toMatchObject({ data: { color: 'green' } });
  });

  test('does not stand for what a CUE step type makes of it', async () => {
    const { clusters } = await openMemory();
    const other = manifest.replace('green', 'blue');
    const type = 'cue-apply';
    expect(ends(await runGated(release({ open: true, type, deployed: other }), clusters))).toContain(
      'deploy failed/Action by quality (OtherSubject)',
    );
    expect(ends(await runGated(release({ open: true, type }), clusters))).toBe(allDone);
    const tried = [type, 'apply.$returns.subject'] as const;
    expect(ends(await runGated(release({ open: true, tried }), clusters))).toBe(allDone);
  });

  test.each([
    ['other data', manifest.replace('green', 'blue')],
    ['another name', manifest.replace('app', 'web')],
    ['a label more', manifest.replace('name: app', 'name: app, labels: {tier: web}')],
  ])('does not stand for %s', async (_what, deployed) => {
    const { clusters } = await openMemory();
    expect(ends(await runGated(release({ open: true, deployed }), clusters))).toBe(
      'try succeeded, quality succeeded, deploy failed/Action by quality (OtherSubject), look succeeded',
    );
    expect(await (await clusters.get('prod')).list({ apiVersion: 'v1', kind: 'ConfigMap' })).toEqual([]);
  });
});

async function serve(): Promise<{ readonly server: ApiServer; readonly cluster: Cluster }> {
  const { cluster } = await openMemory();
  const server = await ApiServer.over(cluster);
  closers.push(() => server.close());
  return { server, cluster };
}

async function kubeconfig(contexts: readonly ContextFixture[]): Promise<Clusters> {
  const written = writeKubeconfig(contexts);
  const clusters = await openKubernetesClusters({ kubeconfig: written.file });
  closers.push(
    () => written.remove(),
    () => clusters.close(),
  );
  return clusters;
}

/** A user whose credential plugin leaves a file behind. */
function pluginUser(): { readonly user: object; readonly wasAsked: () => boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-gated-'));
  closers.push(() => rmSync(folder, { recursive: true }));
  const mark = join(folder, 'asked');
  const script = `
    require('node:fs').writeFileSync(${JSON.stringify(mark)}, '');
    console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 't' } }));`;
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    interactiveMode: 'Never',
  };
  return { user: { exec }, wasAsked: () => existsSync(mark) };
}

describe('credentials of a cluster that only steps behind a gate use', () => {
  // Either may be the one that is meant where a step names none.
  test.each([
    ['prod by its name', ['test', 'prod'], { from: 'test', to: 'prod' }],
    ['prod as the default one', ['prod', 'test'], { from: 'test', to: '' }],
  ] as const)('%s: its plugin runs when the gate is open, and not before', async (_what, order, where) => {
    const places = { test: await serve(), prod: await serve() };
    const { user, wasAsked } = pluginUser();
    const clusters = await kubeconfig(
      order.map((name) => ({ name, server: places[name].server.url, ...(name === 'prod' ? { user } : {}) })),
    );
    expect(ends(await runGated(release({ open: false, ...where }), clusters))).toBe(refused);
    expect([wasAsked(), places.prod.server.seen]).toEqual([false, []]);
    expect(ends(await runGated(release({ open: true, ...where }), clusters))).toBe(allDone);
    expect(wasAsked()).toBe(true);
    expect(await places.prod.cluster.get(app)).toMatchObject({ data: { color: 'green' } });
  });

  test('nor are they asked for to find that something else is to be applied', async () => {
    const [here, prod] = [await serve(), await serve()];
    const { user, wasAsked } = pluginUser();
    const clusters = await kubeconfig([
      { name: 'test', server: here.server.url },
      { name: 'prod', server: prod.server.url, user },
    ]);
    const deployed = manifest.replace('green', 'blue');
    expect(ends(await runGated(release({ open: true, deployed }), clusters))).toContain('(OtherSubject)');
    expect([wasAsked(), prod.server.seen]).toEqual([false, []]);
  });

  test('joined to the one of a kubeconfig: its Secret is not read before, and names are asked for without data', async () => {
    const [hub, prod] = [await serve(), await serve()];
    await hub.cluster.apply(joinedSecret('prod', { endpoint: prod.server.url, token: 't' }));
    const clusters = await kubeconfig([{ name: 'hub', server: hub.server.url }]);
    expect(ends(await runGated(release({ open: false, from: '' }), clusters))).toBe(refused);
    const secrets = (): readonly string[] =>
      hub.server.seen
        .filter(({ path }) => path.includes('/secrets'))
        .map(({ path, headers }) => `${path} ${headers.accept}`);
    expect(secrets()).toEqual([
      expect.stringMatching(/\/secrets application\/json;as=PartialObjectMetadataList;/),
    ]);
    expect(ends(await runGated(release({ open: true, from: '' }), clusters))).toBe(allDone);
    expect(secrets().some((asked) => asked.includes('/secrets/prod'))).toBe(true);
  });

  test('joined to the one of a controller: its Secret is not read before', async () => {
    const [hub, prod] = [await serve(), await serve()];
    await hub.cluster.apply(joinedSecret('prod', { endpoint: prod.server.url, token: 't' }));
    const access = staticAccess(hub.server.url, 'this cluster', { headers: {}, tls: {} });
    const client = new ApiClient({ access, timeoutMs: 10_000, limitBytes: 1_000_000 });
    const accounts = openAccountClusters({ hub: client, systemNamespace: 'vela-system', now: Date.now });
    closers.push(
      () => client.close(),
      () => accounts.close(),
    );
    const clusters = accounts.for({ namespace: 'team', serviceAccount: 'deployer' });
    const reads = (): number => hub.server.seen.filter(({ path }) => path.includes('/secrets')).length;
    expect(ends(await runGated(release({ open: false, from: '' }), clusters, false))).toBe(refused);
    expect(reads()).toBe(0);
    expect(ends(await runGated(release({ open: true, from: '' }), clusters, false))).toBe(allDone);
    expect(reads()).toBeGreaterThan(0);
  });
});
