import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeCluster } from '../../src/analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../../src/analyze/cluster/default-analyzers.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { KubernetesCluster } from '../../src/cluster/kubernetes/kubernetes-cluster.ts';
import { watchLimits } from '../../src/cluster/kubernetes/watch-loop.ts';
import { Api } from '../cluster/api.ts';
import { startControlPlane, type ControlPlane } from '../cluster/control-plane.ts';
import { figure, type Figure } from '../measure.ts';
import { fillServer } from './fill-server.ts';
import { timeProcess } from './process-time.ts';
import { countReads } from './server-requests.ts';
import { shopObjects } from './shop.ts';

const rounds = 9;
const amounts = { namespaces: 5, services: 300, statefulSets: 300, pods: 2000, configMaps: 1000 };
const names = defaultAnalyzers.map(({ name }) => name);
/** k8sgpt asks for the endpoints of each Service alone, and five times a second. */
const peerMs = 300_000;

/** A look at a real API server, in this process and in one of its own, and k8sgpt's where K8SGPT_BIN names it. */
export async function benchOnServer(): Promise<readonly Figure[]> {
  const plane = await startControlPlane(new AbortController().signal);
  if (plane === undefined) return [];
  const api = new Api(plane, 16);
  try {
    await fillServer(api, shopObjects({ amounts, failEvery: 20, atMs: Date.now() - 3_600_000 }));
    return [...(await inProcess(plane)), ...(await ownProcess(plane)), ...(await peer(plane, api))];
  } finally {
    await api.close();
    await plane.stop();
  }
}

async function inProcess({ server, ca, token }: ControlPlane): Promise<readonly Figure[]> {
  const credentials = { headers: { authorization: `Bearer ${token}` }, tls: { ca } };
  const access = { server, label: 'bench', credentials: async () => credentials, forget: () => undefined };
  const asked: string[] = [];
  const observe = ({ path }: { readonly path: string }): void => void asked.push(path.replace(/\?.*/, ''));
  const client = new ApiClient({ access, timeoutMs: 30_000, limitBytes: 64 * 1024 * 1024, observe });
  const cluster = new KubernetesCluster('', client, watchLimits);
  const times: number[] = [];
  const most: number[] = [];
  try {
    for (let round = 0; round <= rounds; round += 1) {
      asked.length = 0;
      const begun = performance.now();
      // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
      await analyzeCluster(cluster, { analyzers: defaultAnalyzers, nowMs: Date.now() });
      if (round > 0) times.push(performance.now() - begun);
      most.push(...perFiveHundred(asked));
    }
    return [
      figure('analyze 2,000 Pods on an API server, connected', 'ms', times, '≤ 1000'),
      figure('requests of a kind for each 500 objects', 'requests', [Math.max(...most)], '≤ 2'),
      figure('requests in all', 'requests', [asked.length]),
    ];
  } finally {
    await client.close();
  }
}

function perFiveHundred(asked: readonly string[]): readonly number[] {
  const counts: Readonly<Record<string, number>> = { pods: amounts.pods, configmaps: amounts.configMaps };
  return [...Map.groupBy(asked, (path) => path)].map(([path, requests]) => {
    const objects = counts[path.slice(path.lastIndexOf('/') + 1)] ?? 500;
    return requests.length / (objects / 500);
  });
}

async function ownProcess(plane: ControlPlane): Promise<readonly Figure[]> {
  const bin = join(import.meta.dirname, '../../bin/sluice.js');
  const words = ['analyze', '--kubeconfig', kubeconfigOf(plane), '--context', 'bench', '-o', 'k8sgpt'];
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is what is measured
    const { ms } = await timeProcess(process.execPath, [bin, ...words, '--state-dir', plane.directory]);
    if (round > 0) times.push(ms);
  }
  return [figure('sluice analyze of that, a process', 'ms', times, '≤ 1000')];
}

async function peer(plane: ControlPlane, api: Api): Promise<readonly Figure[]> {
  const bin = process.env['K8SGPT_BIN'] ?? '';
  if (bin === '') return [];
  const words = ['analyze', '--kubeconfig', kubeconfigOf(plane), '--filter', names.join(','), '-o', 'json'];
  const before = await countReads(api);
  const { ms, isStopped } = await timeProcess(bin, words, peerMs);
  const requests = (await countReads(api)) - before;
  const told = isStopped ? 'k8sgpt analyze, the same filters, stopped' : 'k8sgpt analyze, the same filters';
  return [figure(told, 'ms', [ms]), figure('its requests', 'requests', [requests])];
}

function kubeconfigOf({ server, ca, token, directory }: ControlPlane): string {
  const file = join(directory, 'kubeconfig');
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'bench', cluster }],
      users: [{ name: 'bench', user: { token } }],
      contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
      'current-context': 'bench',
    }),
    { mode: 0o600 },
  );
  return file;
}
