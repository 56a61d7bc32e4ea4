import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allAnalyzers } from '../../bench/evals/analyze-subject.ts';
import { completeState } from '../../bench/evals/complete-state.ts';
import { lookedAtMs } from '../../bench/evals/open-world.ts';
import { readScenarios } from '../../bench/evals/read-scenarios.ts';
import type { Scenario } from '../../bench/evals/scenario.ts';
import { stateCluster } from '../../bench/evals/state-cluster.ts';
import { analyzeCluster } from '../../src/analyze/cluster/analyze-cluster.ts';
import type { Json } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import type { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { KubernetesCluster } from '../../src/cluster/kubernetes/kubernetes-cluster.ts';
import { watchLimits } from '../../src/cluster/kubernetes/watch-loop.ts';
import type { ReadOnlyCluster } from '../../src/cluster/port.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf } from './real-clusters.ts';
import { inNamespaces, replayState } from './replayed-state.ts';
import { clientWith, ensureAccount } from './service-accounts.ts';

let api: KubeApi;
let client: ApiClient;

beforeAll(() => {
  api = new KubeApi('other');
  client = clientWith('other', accessOf('other').token);
});

afterAll(async () => {
  await client.close();
  await api.close();
});

/** Kinds of add-ons that the test's server has no definitions of. */
const notServed = [
  'Gateway',
  'GatewayClass',
  'HTTPRoute',
  'ReferenceGrant',
  'ClusterCatalog',
  'ClusterExtension',
  'ClusterServiceVersion',
  'Subscription',
  'InstallPlan',
  'CatalogSource',
  'OperatorGroup',
  'ScaledObject',
];

/** What the server of these tests does not take. */
const refused: Readonly<Record<string, string>> = {
  'schedule-misread': 'an API server refuses such a schedule; only manifests hold it',
  'wildcard-role': 'this server allows no privileged containers',
};

const scenarios = readScenarios().map((scenario) => ({ scenario, reason: whyNot(scenario) }));

describe('a real API server takes the state of a scenario, and the analyzers say the same of it', () => {
  test.each(scenarios.flatMap(({ scenario, reason }) => (reason === undefined ? [scenario] : [])))(
    '$id',
    async ({ world }) => {
      if (world.kind !== 'state') throw new Error('only states are replayed');
      const objects = await inNewNamespaces(completeState(world.objects, lookedAtMs));
      const cluster = new KubernetesCluster('', client, watchLimits);
      const replayed = await replayState(api, cluster, objects);
      try {
        const { get, list } = stateCluster({ objects, notInstalled: notServed });
        const inMemory = await saidOf({ name: '', kind: 'memory', get, list });
        expect(await saidOf(replayed.cluster)).toEqual(inMemory);
      } finally {
        await replayed.remove();
      }
    },
  );

  for (const { scenario, reason } of scenarios)
    if (reason !== undefined) test.skip(`${scenario.id}: ${reason}`, () => undefined);
});

function whyNot({ id, world }: Scenario): string | undefined {
  if (world.kind === 'made') return 'the in-memory cluster makes this state itself';
  if (world.denied.length > 0) return 'analyze.test.ts takes rights away on a real server';
  if (world.logs.length > 0) return 'no kubelet keeps logs here';
  if (world.objects.some(({ metadata }) => metadata['deletionTimestamp'] !== undefined))
    return 'when an object is deleted, the server says';
  const foreign = world.objects.find(({ kind }) => notServed.includes(kind));
  return foreign === undefined ? refused[id] : `no ${foreign.kind} is installed here`;
}

async function inNewNamespaces(objects: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const names = new Map<string, string>();
  for (const { metadata } of objects) {
    const { namespace } = metadata;
    if (namespace === undefined || names.has(namespace)) continue;
    const made = await api.newNamespace();
    // Pods run as this account, which controllers make elsewhere.
    await ensureAccount(api, made, 'default');
    names.set(namespace, made);
  }
  return inNamespaces(objects as unknown as Json, names) as unknown as readonly KubeObject[];
}

/** What is known of findings from one look to the next, uids left out, and how they hang together. */
async function saidOf(cluster: ReadOnlyCluster): Promise<unknown> {
  const { findings, incidents } = await analyzeCluster(cluster, {
    analyzers: allAnalyzers,
    nowMs: lookedAtMs,
  });
  const nameOf = ({ object, id, fieldPath, container, severity }: (typeof findings)[number]): string =>
    [severity, object.kind, object.namespace, object.name, id, fieldPath, container].join(' ');
  return {
    findings: findings.map(nameOf),
    incidents: incidents.map(({ root, consequences }) => ({
      root: nameOf(root),
      consequences: consequences.map(({ finding }) => nameOf(finding)),
    })),
  };
}
