import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { objectsAt, textAt } from '../../src/analyze/json-fields.ts';
import { workloadOf } from '../../src/analyze/pod-template.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { openBundledSchemas } from '../../src/cluster/bundled-schemas.ts';
import { openKubernetesClusters } from '../../src/cluster/kubernetes/open-kubernetes-clusters.ts';
import { openServedSchemas } from '../../src/cluster/openapi/served-schemas.ts';
import type { Cluster, Clusters } from '../../src/cluster/port.ts';
import { checkManifests } from '../../src/runner/generate/check-manifests.ts';
import { previewChanges } from '../../src/runner/generate/preview-changes.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';
import { madeOf, wishes } from '../generate/wishes.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { ensureAccount } from './service-accounts.ts';

let api: KubeApi;
let clusters: Clusters;
let cluster: Cluster;
let namespace: string;

beforeAll(async () => {
  api = new KubeApi('other');
  namespace = await api.newNamespace();
  await api.do('PATCH', `/api/v1/namespaces/${namespace}`, {
    metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  });
  // Nobody but controllers, which this cluster does not have, makes the account that Pods need.
  await ensureAccount(api, namespace, 'default');
  clusters = await openKubernetesClusters({
    kubeconfig: realClusters().kubeconfig,
    context: 'other',
    now: Date.now,
  });
  cluster = await clusters.get('');
});

afterAll(async () => {
  await clusters.close();
  await api.close();
});

/** What a controller would make of a workload. */
function podOf(object: KubeObject): KubeObject | undefined {
  const workload = workloadOf(object);
  if (workload === undefined) return undefined;
  const labels = { 'app.kubernetes.io/name': 'pod' };
  const claims = objectsAt(object, 'spec', 'volumeClaimTemplates').map((claim) => ({
    name: textAt(claim, 'metadata', 'name'),
    persistentVolumeClaim: { claimName: 'claim' },
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${object.kind.toLowerCase()}-pod`, namespace, labels },
    spec: { ...workload.podSpec, volumes: [...objectsAt(workload.podSpec, 'volumes'), ...claims] },
  };
}

describe('an API server whose namespace enforces restricted Pods', () => {
  test.each(Object.entries(wishes))('takes what is made: %s', async (_, { procedure, variables }) => {
    const manifests = madeOf(procedure, variables, namespace);
    const { faults, unchecked } = await checkManifests(
      manifests,
      openServedSchemas(cluster, await openBundledSchemas()),
    );
    expect({ faults, unchecked }).toEqual({ faults: [], unchecked: [] });
    const { refusals, changes } = await previewChanges(cluster, 'other', manifests);
    expect(refusals).toEqual([]);
    expect(changes.map(({ kind }) => kind)).toEqual(manifests.map(() => 'new'));
    for (const pod of manifests.map(podOf).filter((each) => each !== undefined))
      expect((await cluster.apply(pod, { dryRun: true })).kind).toBe('Pod');
  });

  test('refuses a Pod that is not', async () => {
    const pod = podOf(madeOf('job', { image: 'corp.example/a:1' }, namespace)[1] as KubeObject) as KubeObject;
    const open = { ...pod, spec: { ...(pod['spec'] as object), hostNetwork: true } };
    await expect(cluster.apply(open as KubeObject, { dryRun: true })).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining('violates PodSecurity') as string,
    });
  });
});

describe('sluice generate --context', () => {
  const cart = 'a web service from corp.example/cart:1.4 on port 8080, 2 to 5 replicas, at cart.example.com';

  async function generate(words: readonly string[], context = 'other'): Promise<RealEnd> {
    const stateDir = await mkdtemp(join(tmpdir(), 'sluice-generate-'));
    const place = ['--kubeconfig', realClusters().kubeconfig, '--context', context];
    return realCli(['generate', ...words, ...place], { stateDir });
  }

  test('applies, then only what differs, then nothing', async () => {
    const place = ['-n', namespace, '--apply', '--yes'];
    const first = await generate([cart, ...place]);
    expect(first.stderr).toContain('schema: 6 of 6 objects fit the cluster\n');
    expect(first).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`created HorizontalPodAutoscaler ${namespace}/cart\n`) as string,
    });
    const second = await generate([cart, '--memory', '512Mi', ...place]);
    expect(second.stdout).toContain('-               memory: 256Mi\n+               memory: 512Mi\n');
    expect(second.stdout.match(/^unchanged /gm)).toHaveLength(5);
    const third = await generate([cart, '--memory', '512Mi', ...place]);
    expect(third).toMatchObject({ code: 0, stdout: 'no changes\n' });
  });

  test('makes a namespace and what is in it', async () => {
    const words = ['a namespace called', `${namespace}-made`, '--apply', '--yes'];
    const { code, stdout, stderr } = await generate(words);
    expect(stderr).toContain('(a dry run waits for its namespace)');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`created NetworkPolicy ${namespace}-made/deny-all\n`) as string,
    });
    expect(await generate(words)).toMatchObject({ code: 0, stdout: 'no changes\n' });
  });

  test.each([
    ['a namespace that is not there', 'other', ['-n', 'nowhere'], /namespaces "nowhere" not found/],
    ['no rights', 'nobody', ['-n', 'default'], /forbidden/i],
  ])('applies nothing: %s', async (_, context, words, said) => {
    const { code, stderr } = await generate([cart, '--apply', '--yes', ...words], context);
    expect(code).toBe(2);
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/nothing was applied\.\n$/);
  });
});

describe('the bundled schemas and a real server agree', () => {
  test.each([
    ['v1', 'Namespace'],
    ['v1', 'ConfigMap'],
    ['v1', 'Service'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['scheduling.k8s.io/v1', 'PriorityClass'],
    ['flowcontrol.apiserver.k8s.io/v1', 'FlowSchema'],
    ['flowcontrol.apiserver.k8s.io/v1', 'PriorityLevelConfiguration'],
  ])('that what is there is sound: %s %s', async (apiVersion, kind) => {
    const objects = await cluster.list({ apiVersion, kind });
    expect(objects.length).toBeGreaterThan(0);
    const { faults, unchecked } = await checkManifests(objects, await openBundledSchemas());
    expect({ faults, unchecked }).toEqual({ faults: [], unchecked: [] });
  });

  test.each<[string, (spec: Spec) => object]>([
    ['a misspelt field', (spec) => ({ ...spec, replics: 3 })],
    ['text for a number', (spec) => ({ ...spec, replicas: '3' })],
    ['a number beyond its range', (spec) => ({ ...spec, replicas: 3_000_000_000 })],
    ['a list for an object', (spec) => ({ ...spec, strategy: ['Recreate'] })],
    ['no selector', ({ selector: _selector, ...spec }) => spec],
    ['a word of no list', (spec) => ({ ...spec, strategy: { type: 'recreate' } })],
    ['a quantity of no unit', (spec) => withContainer(spec, { resources: { limits: { memory: '64MB' } } })],
    ['a port without a number', (spec) => withContainer(spec, { ports: [{ name: 'http' }] })],
  ])('on what is wrong: %s', async (_, change) => {
    const deployment = madeOf('web-service', wishes['web service']?.variables ?? {}, namespace).at(-1);
    const wrong = { ...deployment, spec: change(deployment?.['spec'] as unknown as Spec) } as KubeObject;
    const { faults } = await checkManifests([wrong], await openBundledSchemas());
    expect(faults).toHaveLength(1);
    await expect(cluster.apply(wrong, { dryRun: true })).rejects.toMatchObject({ kind: 'terminal' });
  });
});

interface Spec {
  readonly selector: object;
  readonly template: { readonly spec: { readonly containers: readonly object[] } };
}

function withContainer(spec: Spec, fields: object): object {
  const { template } = spec;
  const containers = template.spec.containers.map((container) => ({ ...container, ...fields }));
  return { ...spec, template: { ...template, spec: { ...template.spec, containers } } };
}

test('a custom kind is held against the schema of its cluster', async () => {
  await api.do('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
    metadata: { name: 'widgets.generate.example.com' },
    spec: {
      group: 'generate.example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: {
                  type: 'object',
                  required: ['size'],
                  properties: {
                    size: { type: 'integer' },
                    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                  },
                },
              },
            },
          },
        },
      ],
    },
  });
  const widget = {
    apiVersion: 'generate.example.com/v1',
    kind: 'Widget',
    metadata: { name: 'a', namespace },
    spec: { sise: 1, free: { any: 'thing' } },
  };
  const bundled = await openBundledSchemas();
  // A server publishes a new kind a moment after it was defined.
  for (;;) {
    const { faults, unchecked } = await checkManifests([widget], openServedSchemas(cluster, bundled));
    if (unchecked.length === 0) {
      expect(faults.map(({ fault }) => `${fault.path} ${fault.code} ${fault.suggestion ?? ''}`)).toEqual([
        'spec.size MissingField ',
        'spec.sise UnknownField size',
      ]);
      return;
    }
    await pause(100);
  }
});
