import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyzeCluster, type Analysis } from '../../src/analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../../src/analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../../src/analyze/cluster/optional-analyzers.ts';
import type { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { KubernetesCluster } from '../../src/cluster/kubernetes/kubernetes-cluster.ts';
import { watchLimits } from '../../src/cluster/kubernetes/watch-loop.ts';
import { realCli } from '../cli/real-cli.ts';
import { KubeApi } from './kube-api.ts';
import { accessOf, realClusters } from './real-clusters.ts';
import { allow, clientWith, newAccount, type PolicyRule } from './service-accounts.ts';

let api: KubeApi;
let namespace: string;
const clients: ApiClient[] = [];

beforeAll(async () => {
  api = new KubeApi('other');
  namespace = await api.newNamespace();
  await api.do('POST', `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`, {
    metadata: { name: 'web' },
    spec: {
      ingressClassName: 'gce',
      tls: [{ secretName: 'cert' }],
      defaultBackend: { service: { name: 'web', port: { number: 80 } } },
    },
  });
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await api.close();
});

async function analyze(token: string): Promise<Analysis> {
  const client = clientWith('other', token);
  clients.push(client);
  const analyzers = defaultAnalyzers.filter(({ name }) => name === 'Ingress');
  const cluster = new KubernetesCluster('', client, watchLimits);
  return analyzeCluster(cluster, { analyzers, namespace, nowMs: Date.now() });
}

test('what is missing is a problem', async () => {
  const { findings, notChecked } = await analyze(accessOf('other').token);
  expect(findings.map(({ id, fieldPath }) => `${id} ${fieldPath ?? ''}`)).toEqual([
    'ServiceMissing spec.defaultBackend.service.name',
    'TlsSecretMissing spec.tls[0].secretName',
  ]);
  expect(notChecked).toEqual([]);
});

test('without the right to list Secrets the certificate is not checked, and not called missing', async () => {
  const token = await newAccount(api, namespace, 'looker');
  const rule = (group: string, resource: string): PolicyRule => ({
    apiGroups: [group],
    resources: [resource],
    verbs: ['list'],
  });
  const rules = [rule('', 'services'), rule('networking.k8s.io', 'ingresses')];
  await allow(api, { from: namespace, name: 'looker' }, namespace, rules);
  const { findings, notChecked } = await analyze(token);
  expect(findings.map(({ id }) => id)).toEqual(['ServiceMissing']);
  expect(notChecked).toMatchObject([
    { analyzer: 'Ingress', verb: 'list', resource: 'secrets', reason: 'Forbidden', objects: 1 },
  ]);
});

test('kinds of add-ons that are not installed are told as such; those of Kubernetes are read', async () => {
  const client = clientWith('other', accessOf('other').token);
  clients.push(client);
  const cluster = new KubernetesCluster('', client, watchLimits);
  const query = { analyzers: optionalAnalyzers, namespace, nowMs: Date.now() };
  const { checked, notChecked } = await analyzeCluster(cluster, query);
  expect(notChecked.map(({ analyzer, reason }) => `${analyzer} ${reason}`)).toEqual([
    'ScaledObject NotInstalled',
    'GatewayClass NotInstalled',
    'Gateway NotInstalled',
    'HTTPRoute NotInstalled',
    'ClusterCatalog NotInstalled',
    'ClusterExtension NotInstalled',
    'ClusterServiceVersion NotInstalled',
    'Subscription NotInstalled',
    'InstallPlan NotInstalled',
    'CatalogSource NotInstalled',
    'OperatorGroup NotInstalled',
    'PolicyReport NotInstalled',
    'ClusterPolicyReport NotInstalled',
  ]);
  expect(checked.map(({ analyzer }) => analyzer)).toEqual([
    'HorizontalPodAutoscaler',
    'PodDisruptionBudget',
    'NetworkPolicy',
    'Storage',
    'Log',
    'Security',
  ]);
});

test('each kind is listed once, in pages of five hundred, whatever is found', async () => {
  const crowded = await api.newNamespace();
  const made = Array.from({ length: 501 }, (_, index) =>
    api.do('POST', `/api/v1/namespaces/${crowded}/configmaps`, { metadata: { name: `map-${index}` } }),
  );
  await Promise.all(made);
  const asked: string[] = [];
  const client = clientWith('other', accessOf('other').token, ({ path }) =>
    asked.push(path.split('?')[0] ?? ''),
  );
  clients.push(client);
  const cluster = new KubernetesCluster('', client, watchLimits);
  const { findings } = await analyzeCluster(cluster, {
    analyzers: defaultAnalyzers,
    namespace: crowded,
    nowMs: Date.now(),
  });
  expect(findings.filter(({ id }) => id === 'ConfigMapEmpty').length).toBe(501);
  const counts = Map.groupBy(asked, (path) => path);
  const many = [...counts].filter(([, requests]) => requests.length > 1);
  expect(many.map(([path, requests]) => `${path} ${requests.length}`)).toEqual([
    `/api/v1/namespaces/${crowded}/configmaps 2`,
  ]);
});

test('sluice analyze --context prints the same bytes twice', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-analyze-'));
  const { kubeconfig } = realClusters();
  const place = ['--kubeconfig', kubeconfig, '--context', 'other', '-n', namespace];
  // Nodes and webhooks come and go with the states that evals.test.ts puts on this server meanwhile.
  const kinds = ['--filter', 'Ingress,Service,Pod,Deployment,StatefulSet,ConfigMap'];
  const look = () =>
    realCli(['analyze', '-o', 'k8sgpt', '--fail-on', 'high', ...kinds, ...place], { stateDir });
  const [first, second] = [await look(), await look()];
  expect(second).toEqual(first);
  expect(first.code).toBe(1);
  expect(JSON.parse(first.stdout)).toMatchObject({
    errors: null,
    status: 'ProblemDetected',
    problems: 2,
    results: [
      {
        kind: 'Ingress',
        name: `${namespace}/web`,
        error: [
          { Text: `Ingress uses the service ${namespace}/web which does not exist.` },
          {
            Text: `Ingress uses the secret ${namespace}/cert as a TLS certificate which does not exist.`,
          },
        ],
      },
    ],
  });
});
