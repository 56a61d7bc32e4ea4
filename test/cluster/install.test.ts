import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { findKnownKind, groupOf } from '../../src/cluster/known-kinds.ts';
import {
  clusterRights,
  enabledRights,
  ownRights,
  systemRights,
  type Right,
} from '../../src/controller/install/rights.ts';
import { sluice } from '../crash/sluice-process.ts';
import { KubeApi } from './kube-api.ts';
import { placeFlags } from './run-sluice.ts';
import { tokenFor } from './service-accounts.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let admin: KubeApi;
let controller: KubeApi;
let applied: string;
beforeAll(async () => {
  admin = new KubeApi('main');
  applied = await installed();
  controller = await asAccount('vela-system', 'sluice-controller');
});
afterAll(async () => {
  await controller?.close();
  await admin?.close();
});

async function asAccount(namespace: string, name: string): Promise<KubeApi> {
  return new KubeApi('main', await tokenFor(admin, namespace, name));
}

/** What `sluice install --apply` prints. */
async function installed(...flags: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await sluice(['install', '--apply', ...placeFlags({}), ...flags]).ended;
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

function objectsIn(text: string): readonly KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

/** What the server would make of the object; nothing is stored. */
async function dryRun(object: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const known = findKnownKind(groupOf(apiVersion), kind);
  if (known === undefined) throw new Error(`where are objects of kind ${kind}?`);
  const place = known.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
  const prefix = apiVersion.includes('/') ? '/apis' : '/api';
  const path = `${prefix}/${apiVersion}${place}/${known.plural}/${metadata.name ?? ''}`;
  const query = 'fieldManager=check&force=true&fieldValidation=Strict&dryRun=All';
  await admin.do('PATCH', `${path}?${query}`, object, 'application/apply-patch+yaml');
}

describe('deploy/install.yaml', () => {
  const objects = objectsIn(readFileSync(join(root, 'deploy/install.yaml'), 'utf8'));

  test('is what was applied, object by object', () => {
    const titles = objects.map(
      ({ kind, metadata: { name = '', namespace } }) =>
        `applied ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    );
    expect(applied.trimEnd().split('\n')).toEqual(titles);
  });

  test.each(objects.map((object) => [object.kind, object.metadata.name ?? '', object] as const))(
    'the server takes %s %s, and knows each of its fields',
    async (_kind, _name, object) => dryRun(object),
  );

  test('grants no wildcard, and no list or watch of Secrets', () => {
    const granted = objects
      .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
      .flatMap(({ rules }) => rules as unknown as readonly Rule[]);
    expect(granted.filter((rule) => JSON.stringify(rule).includes('*'))).toEqual([]);
    const reading = granted
      .filter(({ resources }) => resources.includes('secrets'))
      .flatMap(({ verbs }) => verbs);
    expect(reading).not.toContain('list');
    expect(reading).not.toContain('watch');
  });

  test('its Pods pass the strictest of the pod security standards', async () => {
    const spec = objects.find(({ kind }) => kind === 'Deployment')?.['spec'];
    const { template } = (spec ?? {}) as unknown as { template: { spec: JsonObject } };
    const namespace = await admin.newNamespace();
    const path = `/api/v1/namespaces/${namespace}`;
    const level = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await admin.do('PATCH', path, { metadata: { labels: level } });
    await admin.do('POST', `${path}/serviceaccounts`, { metadata: { name: 'sluice-controller' } });
    await admin.do('POST', `${path}/pods?dryRun=All`, {
      metadata: { name: 'controller' },
      spec: template.spec,
    });
  });

  test('applied again, nothing changes', async () => {
    const path = '/apis/apps/v1/namespaces/vela-system/deployments/sluice-controller';
    const generation = async (): Promise<unknown> =>
      ((await admin.do('GET', path)) as unknown as KubeObject).metadata.generation;
    const before = await generation();
    await installed();
    expect(await generation()).toBe(before);
  });
});

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** One line for each group, resource, name and verb. */
function lines(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(
    rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [''] }) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${resource}.${group} ${name}`)),
        ),
      ),
    ),
  );
}

function linesOf(rights: readonly Right[]): ReadonlySet<string> {
  return lines(
    rights.map(({ group, names, ...right }) => ({
      ...right,
      apiGroups: [group],
      ...(names === undefined ? {} : { resourceNames: names }),
    })),
  );
}

/** What `kubectl auth can-i --list` shows, without what every account may do. */
async function rightsIn(namespace: string): Promise<readonly string[]> {
  const nobody = await asAccount('default', 'default');
  try {
    const all = lines(await ownRules(nobody, namespace));
    return [...lines(await ownRules(controller, namespace))].filter((line) => !all.has(line)).toSorted();
  } finally {
    await nobody.close();
  }
}

async function ownRules(account: KubeApi, namespace: string): Promise<readonly Rule[]> {
  const { status } = (await account.do('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  })) as unknown as { status: { resourceRules: Rule[] } };
  return status.resourceRules;
}

const everyAccounts = 'create selfsubjectaccessreviews.authorization.k8s.io ';
const sorted = (...rights: readonly Right[]): readonly string[] =>
  [...linesOf(rights)].filter((line) => line !== everyAccounts).toSorted();

test('a namespace that is not there is said to be missing', async () => {
  const flags = ['install', '--namespace', 'nowhere', '--apply', ...placeFlags({})];
  const { code, stdout, stderr } = await sluice(flags).ended;
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('namespaces "nowhere" not found');
});

describe('the rights of the controller’s account are exactly those of the table', () => {
  test('in a namespace that is not enabled', async () => {
    const namespace = await admin.newNamespace();
    expect(await rightsIn(namespace)).toEqual(sorted(...clusterRights));
  });

  test('in its own', async () => {
    expect(await rightsIn('vela-system')).toEqual(sorted(...clusterRights, ...ownRights, ...systemRights));
  });

  test('in default, which is enabled', async () => {
    expect(await rightsIn('default')).toEqual(sorted(...clusterRights, ...enabledRights(['sluice-runner'])));
  });

  test('in one that was enabled for accounts of its own', async () => {
    const namespace = await admin.newNamespace();
    await installed('--namespace', namespace, '--service-account', 'a', '--service-account', 'b');
    expect(await rightsIn(namespace)).toEqual(sorted(...clusterRights, ...enabledRights(['a', 'b'])));
    const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts/sluice-runner`;
    expect(await admin.send('GET', accounts)).toMatchObject({ status: 404 });
  });
});

interface Attributes {
  readonly verb: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly group?: string;
  readonly namespace?: string;
  readonly name?: string;
}

test.each<readonly [what: string, attributes: Attributes]>([
  ['list Secrets where it is enabled', { verb: 'list', resource: 'secrets', namespace: 'default' }],
  ['list Secrets in its own namespace', { verb: 'list', resource: 'secrets', namespace: 'vela-system' }],
  ['read a Secret elsewhere', { verb: 'get', resource: 'secrets', namespace: 'kube-system' }],
  ['create Pods', { verb: 'create', resource: 'pods', namespace: 'default' }],
  ['deploy', { verb: 'create', resource: 'deployments', group: 'apps', namespace: 'default' }],
  ['create runs', { verb: 'create', resource: 'workflowruns', group: 'core.oam.dev', namespace: 'default' }],
  ['change a run', { verb: 'update', resource: 'workflowruns', group: 'core.oam.dev', namespace: 'default' }],
  ['be a user', { verb: 'impersonate', resource: 'users' }],
  ['be of a group', { verb: 'impersonate', resource: 'groups', name: 'system:masters' }],
  [
    'be another account',
    { verb: 'impersonate', resource: 'serviceaccounts', namespace: 'default', name: 'default' },
  ],
  ['be any account', { verb: 'impersonate', resource: 'serviceaccounts', namespace: 'default' }],
  [
    'be an account elsewhere',
    { verb: 'impersonate', resource: 'serviceaccounts', namespace: 'kube-system', name: 'sluice-runner' },
  ],
  [
    'take a token of an account',
    {
      verb: 'create',
      resource: 'serviceaccounts',
      subresource: 'token',
      namespace: 'default',
      name: 'sluice-runner',
    },
  ],
  [
    'give rights',
    { verb: 'create', resource: 'rolebindings', group: 'rbac.authorization.k8s.io', namespace: 'default' },
  ],
  [
    'read CRDs of others',
    {
      verb: 'get',
      resource: 'customresourcedefinitions',
      group: 'apiextensions.k8s.io',
      name: 'b.example.com',
    },
  ],
])('the controller itself may not %s', async (_what, resourceAttributes) => {
  const { status } = (await controller.do('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes },
  })) as { status: JsonObject };
  expect(status['allowed']).toBe(false);
});

describe('the account of runs', () => {
  let runner: KubeApi;
  beforeAll(async () => {
    runner = await asAccount('default', 'sluice-runner');
  });
  afterAll(() => runner?.close());

  test('can do what the built-in step types do in its namespace', async () => {
    const apply = 'fieldManager=check&force=true&dryRun=All';
    const type = 'application/apply-patch+yaml';
    const template = {
      metadata: { labels: { a: 'b' } },
      spec: { containers: [{ name: 'c', image: 'nginx' }], restartPolicy: 'Never' },
    };
    const jobs = '/apis/batch/v1/namespaces/default/jobs/check';
    const deployments = '/apis/apps/v1/namespaces/default/deployments/check';
    const always = { ...template, spec: { ...template.spec, restartPolicy: 'Always' } };
    const deployment = { selector: { matchLabels: { a: 'b' } }, template: always };
    await runner.do('PATCH', `${jobs}?${apply}`, objectOf('batch/v1', 'Job', { spec: { template } }), type);
    await runner.do(
      'PATCH',
      `${deployments}?${apply}`,
      objectOf('apps/v1', 'Deployment', { spec: deployment }),
      type,
    );
    for (const [plural, kind] of [
      ['configmaps', 'ConfigMap'],
      ['secrets', 'Secret'],
    ] as const)
      await runner.do(
        'PATCH',
        `/api/v1/namespaces/default/${plural}/check?${apply}`,
        objectOf('v1', kind, { data: {} }),
        type,
      );
    await runner.do('GET', '/api/v1/namespaces/default/events');
  });

  test.each([
    '/api/v1/namespaces/default/secrets',
    '/api/v1/namespaces/vela-system/configmaps',
    '/apis/core.oam.dev/v1alpha1/namespaces/default/workflowruns',
    '/api/v1/nodes',
  ])('may not list %s', async (path) => {
    expect(await runner.send('GET', path)).toMatchObject({ status: 403 });
  });
});

function objectOf(apiVersion: string, kind: string, rest: JsonObject): JsonObject {
  return { apiVersion, kind, metadata: { name: 'check' }, ...rest };
}

describe('the chart', () => {
  const chart = join(root, 'deploy/chart/sluice');
  let helm: string;
  beforeAll(async () => {
    const { stdout, stderr } = await run(process.execPath, [join(root, 'scripts/find-helm.js')]);
    helm = stdout.trim();
    if (helm === '') console.log(`no test of the chart, ${stderr.trim()}`);
  }, 900_000);

  async function template(
    flags: readonly string[],
    namespace = 'vela-system',
  ): Promise<readonly KubeObject[]> {
    const args = ['template', 'sluice', chart, '-n', namespace, '--kube-version', '1.34.4', ...flags];
    return objectsIn((await run(helm, args)).stdout);
  }

  test('passes helm lint', async (context) => {
    if (helm === '') return context.skip();
    const { stdout } = await run(helm, ['lint', '--strict', '--kube-version', '1.34.4', chart]);
    expect(stdout).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  test.for<{ what: string; flags: readonly string[] }>([
    { what: 'as it is', flags: [] },
    { what: 'with shards', flags: ['--set', 'shards=3,concurrency=4,allowOfflineModel=true'] },
    {
      what: 'with a webhook whose certificate the controller signs',
      flags: ['--set', 'webhook.enabled=true'],
    },
    {
      what: 'with everything that can be set',
      flags: [
        '--set',
        'namespaces={default,vela-system},serviceAccounts={a,b},openai.baseUrl=http://m,openai.model=m,image.tag=x',
        '--set',
        'metrics.dashboard.enabled=true,priorityClassName=system-cluster-critical,podLabels.a=b,podAnnotations.a=b',
        '--set',
        'networkPolicy.metricsFrom[0].namespaceSelector.matchLabels.a=b,networkPolicy.egress[0].ports[0].port=443',
        '--set',
        'extraArgs={--ttl=1h},imagePullSecrets[0].name=x,nodeSelector.a=b,tolerations[0].key=a,runner.extraRules[0].apiGroups={a},runner.extraRules[0].resources={b},runner.extraRules[0].verbs={get}',
      ],
    },
  ])('the server takes it $what', async ({ flags }, context) => {
    if (helm === '') return context.skip();
    const objects = await template(flags, await admin.newNamespace());
    expect(objects.length).toBeGreaterThan(10);
    for (const object of objects) await dryRun(object);
  });

  test('gives the rights that install.yaml gives', async (context) => {
    if (helm === '') return context.skip();
    const rights = (objects: readonly KubeObject[]): Readonly<Record<string, readonly string[]>> =>
      Object.fromEntries(
        objects
          .filter(({ kind }) => kind === 'Role' || kind === 'ClusterRole')
          .map(({ kind, metadata, rules }) => [
            `${kind} ${metadata.namespace ?? ''}/${metadata.name ?? ''}`,
            [...lines(rules as unknown as readonly Rule[])].toSorted(),
          ]),
      );
    const plain = objectsIn(readFileSync(join(root, 'deploy/install.yaml'), 'utf8'));
    expect(rights(await template([]))).toEqual(rights(plain));
  });

  test.for([
    ['namespace={shop}', /namespace/],
    ['webhook.failurePolicy=Maybe', /failurePolicy/],
    ['shards=0', /shards/],
  ] as const)('refuses %s', async ([value, says], context) => {
    if (helm === '') return context.skip();
    await expect(template(['--set', value])).rejects.toThrow(says);
  });

  test('has cert-manager make the certificate of the webhook when asked for', async (context) => {
    if (helm === '') return context.skip();
    const objects = await template(['--set', 'webhook.enabled=true,webhook.certManager.enabled=true']);
    expect(objects.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Issuer', 'Certificate']));
    const configuration = objects.find(({ kind }) => kind === 'ValidatingWebhookConfiguration');
    expect(configuration?.metadata.annotations).toEqual({
      'cert-manager.io/inject-ca-from': 'vela-system/sluice-webhook',
    });
    // The controller then has nothing to do with Secrets of certificates.
    expect(JSON.stringify(objects)).not.toContain('sluice-webhook-certificate');
  });

  test('brings a ServiceMonitor when asked for', async (context) => {
    if (helm === '') return context.skip();
    const objects = await template(['--set', 'metrics.serviceMonitor.enabled=true']);
    expect(objects.find(({ kind }) => kind === 'ServiceMonitor')).toMatchObject({
      spec: { endpoints: [{ port: 'metrics', path: '/metrics' }] },
    });
  });
});
