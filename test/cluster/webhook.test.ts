import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { staticAccess } from '../../src/cluster/kubernetes/access.ts';
import { ApiClient } from '../../src/cluster/kubernetes/api-client.ts';
import { openAdmission, type Validate } from '../../src/controller/admission/open-admission.ts';
import type { ControllerLog } from '../../src/controller/log/controller-log.ts';
import { openLogger } from '../../src/controller/log/open-logger.ts';
import { webhookNames } from '../../src/controller/install/names.ts';
import { noMetrics } from '../../src/controller/metrics/controller-metrics.ts';
import { selfSigned, type SelfSignedOptions } from '../../src/controller/webhook/certificate/self-signed.ts';
import { openWebhook } from '../../src/controller/webhook/open-webhook.ts';
import { startWebhook, webhookPath, type Webhook } from '../../src/controller/webhook/start-webhook.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCatalog } from '../../src/step-types/catalog.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import { installCrds } from './install-crds.ts';
import { KubeApi, type KubeAnswer } from './kube-api.ts';
import { accessOf } from './real-clusters.ts';

const api = new KubeApi('main');
const cue = openCueEngine({ ops: opSpecs });
const configurations = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const secretName = webhookNames.certificate;

let admin: ApiClient;
let validate: Validate;
let namespace: string;
/** In the name of an account with the rights of the controller's webhook, and no others. */
let client: ApiClient;
let logged: string[];
let log: ControllerLog;
let started: Webhook[];

beforeAll(async () => {
  await installCrds(api);
  const { server, ca, token } = accessOf('main');
  const access = staticAccess(server, 'main', { headers: { authorization: `Bearer ${token}` }, tls: { ca } });
  admin = new ApiClient({ access, timeoutMs: 30_000, limitBytes: 4_000_000 });
  const compiler = openCueCompiler(cue);
  const builtIn = openCatalog({ sources: await readBuiltInSources(), ops: opSpecs, cue: compiler });
  validate = openAdmission({
    ops: opSpecs,
    cue: compiler,
    expressions: cue,
    stepTypes: () => builtIn,
    packages: () => [],
    workflow: async () => undefined,
    pausesMs: [],
  });
});
beforeEach(async () => {
  namespace = await api.newNamespace();
  client = await webhookAccount();
  logged = [];
  started = [];
  const stream = { write: (text: string) => void logged.push(text) };
  log = await openLogger({ level: 'info', isTerminal: false, stream, now: () => Date.now() });
});
afterEach(async () => {
  // Cluster-scoped: it would refuse what comes after it.
  await api.send('DELETE', `${configurations}/${namespace}`);
  await Promise.all(started.map((webhook) => webhook.close()));
});
afterAll(async () => {
  await admin?.close();
  await cue.close();
  await api.close();
});

async function webhookAccount(): Promise<ApiClient> {
  const metadata = { name: `webhook-${namespace}` };
  const bind = (roleKind: string): JsonObject => ({
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: metadata.name },
    subjects: [{ kind: 'ServiceAccount', name: 'webhook', namespace }],
  });
  await api.do('POST', `${rbac}/namespaces/${namespace}/roles`, {
    metadata,
    rules: [
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'update'], resourceNames: [secretName] },
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
    ],
  });
  await api.do('POST', `${rbac}/namespaces/${namespace}/rolebindings`, bind('Role'));
  await api.do('POST', `${rbac}/clusterroles`, {
    metadata,
    rules: [
      {
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations'],
        verbs: ['get', 'patch'],
        // The chart's is called sluice; here each test has its own.
        resourceNames: [namespace],
      },
    ],
  });
  await api.do('POST', `${rbac}/clusterrolebindings`, bind('ClusterRole'));
  return admin.as(`system:serviceaccount:${namespace}:webhook`);
}

function certificates(options: Partial<SelfSignedOptions> = {}): ReturnType<typeof selfSigned> {
  return selfSigned({
    client,
    namespace,
    name: secretName,
    configuration: namespace,
    names: ['127.0.0.1'],
    log,
    now: () => Date.now(),
    everyMs: 100,
    ...options,
  });
}

async function start(options: Partial<SelfSignedOptions> = {}): Promise<Webhook> {
  const webhook = await startWebhook({
    bind: { host: '127.0.0.1', port: 0 },
    certificates: certificates(options),
    validate,
    log,
    metrics: noMetrics,
  });
  started.push(webhook);
  return webhook;
}

/** Sends all writes of this namespace to the webhook, and waits until the API server does. */
async function configure({ address }: Webhook): Promise<void> {
  await api.do('POST', configurations, {
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'validate.sluice.dev',
        clientConfig: { url: `https://127.0.0.1:${address.port}${webhookPath}` },
        rules: [
          {
            apiGroups: ['core.oam.dev'],
            apiVersions: ['*'],
            resources: ['workflowruns', 'workflows', 'workflowstepdefinitions'],
            operations: ['CREATE', 'UPDATE'],
          },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        sideEffects: 'None',
        timeoutSeconds: 10,
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  await expect
    .poll(async () => messageOf(await create(faulty, '?dryRun=All')), { timeout: 30_000 })
    .toContain('denied');
}

const runs = (): string => `/apis/core.oam.dev/v1alpha1/namespaces/${namespace}/workflowruns`;

function run(name: string, steps: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name },
    spec: { workflowSpec: { steps } },
  };
}

const good = run('good', [{ name: 'wait', type: 'suspend' }]);
const faulty = run('faulty', [
  { name: 'a', type: 'aply-object', properties: { value: {} } },
  { name: 'b', type: 'suspend', if: 'status.c.failed' },
]);

function create(object: JsonObject, query = ''): Promise<KubeAnswer> {
  return api.send('POST', runs() + query, object);
}

function messageOf({ body }: KubeAnswer): string {
  return typeof body['message'] === 'string' ? body['message'] : '';
}

async function secretData(): Promise<Readonly<Record<string, string>>> {
  const secret = await api.do('GET', `/api/v1/namespaces/${namespace}/secrets/${secretName}`);
  return Object.fromEntries(
    Object.entries(secret['data'] as Record<string, string>).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
}

describe('an API server that asks the webhook', () => {
  test('refuses a faulty run with all its faults, also in a dry run', async () => {
    await configure(await start());
    for (const query of ['', '?dryRun=All']) {
      const answer = await create(faulty, query);
      expect(answer.status).toBe(422);
      expect(messageOf(answer)).toMatch(
        /denied the request: WorkflowRun faulty is refused, it has 2 faults:\n- spec\.workflowSpec\.steps\[0\]\.type: .*did you mean apply-object\?\)\n- spec\.workflowSpec\.steps\[1\]\.if: /,
      );
    }
    expect((await create(good)).status).toBe(201);
  });

  test('refuses a faulty Workflow and a faulty step type', async () => {
    await configure(await start());
    const workflow = await api.send('POST', runs().replace('workflowruns', 'workflows'), {
      apiVersion: 'core.oam.dev/v1alpha1',
      kind: 'Workflow',
      metadata: { name: 'w' },
      steps: [{ name: 'a', type: 'suspnd' }],
    });
    expect(messageOf(workflow)).toMatch(/Workflow w is refused: steps\[0\]\.type: .*did you mean suspend\?/);
    const definitions = runs()
      .replace('v1alpha1', 'v1beta1')
      .replace('workflowruns', 'workflowstepdefinitions');
    const definition = await api.send('POST', definitions, {
      apiVersion: 'core.oam.dev/v1beta1',
      kind: 'WorkflowStepDefinition',
      metadata: { name: 'mine' },
      spec: { schematic: { cue: { template: 'parameter: {\n\ttext: strng\n}\n' } } },
    });
    expect(messageOf(definition)).toMatch(/mine is refused: spec\.schematic\.cue\.template:2:8: .*strng/);
  });

  test('lets a status and metadata of a faulty run that is there be written, and the run deleted', async () => {
    expect((await create(faulty)).status).toBe(201);
    await configure(await start());
    const path = `${runs()}/faulty`;
    const status = {
      finished: false,
      mode: {},
      status: 'executing',
      suspend: false,
      terminated: false,
      steps: [],
    };
    expect((await api.send('PATCH', `${path}/status`, { status })).status).toBe(200);
    expect((await api.send('PATCH', path, { metadata: { labels: { a: 'b' } } })).status).toBe(200);
    expect((await api.send('DELETE', path)).status).toBe(200);
  });

  test('accepts a run of 1,000 steps', async () => {
    await configure(await start());
    const steps = Array.from({ length: 1000 }, (_, index) => ({
      name: `step-${index}`,
      type: 'print-message-in-status',
      properties: { message: `${index}` },
      ...(index === 0 ? {} : { if: `status["step-${index - 1}"].succeeded` }),
    }));
    expect(await create(run('long', steps))).toMatchObject({ status: 201 });
  });
});

describe('the certificate', () => {
  test('is one for all replicas that start at once, whether or not the Secret is there', async () => {
    for (const isThere of [false, true]) {
      const path = `/api/v1/namespaces/${namespace}/secrets`;
      if (isThere) {
        await api.do('DELETE', `${path}/${secretName}`);
        await api.do('POST', path, { metadata: { name: secretName, labels: { app: 'sluice' } } });
      }
      const replicas = Array.from({ length: 8 }, () => certificates());
      const pairs = await Promise.all(replicas.map((replica) => replica.start(() => undefined)));
      for (const replica of replicas) replica.close();
      expect(new Set(pairs.map(({ cert }) => cert)).size).toBe(1);
      expect(await secretData()).toMatchObject({ 'tls.crt': pairs[0]?.cert, 'tls.key': pairs[0]?.key });
    }
    const { metadata } = (await api.do(
      'GET',
      `/api/v1/namespaces/${namespace}/secrets/${secretName}`,
    )) as unknown as KubeObject;
    expect(metadata.labels).toEqual({ app: 'sluice' });
  });

  test('is trusted again when someone takes the trust away', async () => {
    await configure(await start());
    await api.do(
      'PATCH',
      `${configurations}/${namespace}`,
      [{ op: 'remove', path: '/webhooks/0/clientConfig/caBundle' }],
      'application/json-patch+json',
    );
    await expect
      .poll(async () => {
        const { webhooks } = await api.do('GET', `${configurations}/${namespace}`);
        return (webhooks as readonly { clientConfig: JsonObject }[])[0]?.clientConfig['caBundle'];
      })
      .toBe(Buffer.from((await secretData())['ca.crt'] ?? '').toString('base64'));
  });

  test('changes under load, authority included, and no write fails', async () => {
    const hour = 3_600_000;
    // Certificates count whole seconds, so that nothing here can be shorter.
    const times = {
      servingMs: hour,
      servingLeftMs: hour - 2000,
      authorityMs: 3 * hour,
      authorityLeftMs: 3 * hour - 3000,
      settleMs: 2000,
    };
    await configure(await start({ times }));
    // Another replica, that renews as often as the first.
    await start({ times });
    const served = new Set<string>();
    const authorities = new Set<string>();
    const answers = new Map<string, number>();
    const over = new AbortController();
    const load = Array.from({ length: 4 }, async () => {
      while (!over.signal.aborted) {
        const answer = await create(good, '?dryRun=All');
        const said = `${answer.status} ${messageOf(answer)}`.trim();
        answers.set(said, (answers.get(said) ?? 0) + 1);
      }
    });
    try {
      await expect
        .poll(
          async () => {
            const data = await secretData();
            served.add(new X509Certificate(data['tls.crt'] ?? '').serialNumber);
            authorities.add(new X509Certificate(data['tls.crt'] ?? '').issuer);
            return authorities.size >= 3 && served.size >= 4;
          },
          { timeout: 60_000, interval: 100 },
        )
        .toBe(true);
    } finally {
      over.abort();
      await Promise.all(load);
    }
    expect([...answers.keys()]).toEqual(['201']);
    expect(answers.get('201')).toBeGreaterThan(50);
    expect(logged.join('')).not.toContain('not renewed');
  });

  test('of a process with nothing mounted is for its Service and its address', async () => {
    const webhook = await openWebhook({
      bind: { host: '127.0.0.1', port: 0 },
      certificateDirectory: undefined,
      client,
      namespace,
      now: () => Date.now(),
      validate,
      log,
      metrics: noMetrics,
    });
    started.push(webhook);
    // Another test's configuration of that name is none of its business: served is what there is.
    expect(logged.join('')).toContain('webhook certificate not made known');
    const certificate = new X509Certificate((await secretData())['tls.crt'] ?? '');
    expect(certificate.subjectAltName).toBe(
      `DNS:sluice-webhook.${namespace}.svc, DNS:sluice-webhook.${namespace}.svc.cluster.local, IP Address:127.0.0.1`,
    );
  });

  test('is kept back without the right to the Secret', async () => {
    const denied = start({ client: admin.as(`system:serviceaccount:${namespace}:nobody`) });
    await expect(denied).rejects.toMatchObject({
      kind: 'denied',
      message: expect.stringContaining(secretName) as string,
    });
  });

  test('is served without a configuration, which is said once', async () => {
    await start();
    await api.do('PATCH', `/api/v1/namespaces/${namespace}/secrets/${secretName}`, {
      data: { 'tls.crt': '' },
    });
    // Each look at the Secret is a look at the configuration.
    await expect.poll(async () => (await secretData())['tls.crt']).not.toBe('');
    expect(logged.filter((line) => line.includes('webhook not configured'))).toHaveLength(1);
  });
});
