import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject, type JsonObject } from '../../src/api/json.ts';
import { theController } from '../../src/controller/install/access-objects.ts';
import { enabledNamespace } from '../../src/controller/install/enabled-namespace.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import { answering, saying, startModelServer, type ModelServer } from '../examples/model-server.ts';
import { applyAll, ControlledHub, type RunStatus } from './controlled-hub.ts';
import { FakeNode } from './fake-node.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { writeReadyStatus } from './ready-status.ts';
import { closedPort } from './relay.ts';
import { examples } from './run-sluice.ts';
import {
  allow,
  editConfigMaps,
  ensureAccount,
  ensureNamespace,
  impersonateAccounts,
  newAccount,
  tokenFor,
} from './service-accounts.ts';

/** Three API servers: the hub has the runs, the others are joined to it. */
const hub = new ControlledHub('other');
const [testing, prod] = [new KubeApi('main'), new KubeApi('prod')];

let team: string;
let closedTeam: string;
let joinedName: string;
let downName: string;
let model: ModelServer;

beforeAll(async () => {
  await hub.install();
  [team, closedTeam] = [await hub.api.newNamespace(), await hub.api.newNamespace()];
  await applyAll('other', enabledNamespace(team, ['a', 'b']));
  await allow(hub.api, { from: team, name: 'a' }, team, [editConfigMaps]);
  await allow(hub.api, { from: team, name: 'b' }, team, [{ ...editConfigMaps, resources: ['secrets'] }]);

  await ensureNamespace(prod, team);
  const token = await newAccount(prod, team, 'joiner');
  await allow(prod, { from: team, name: 'joiner' }, team, [impersonateAccounts]);
  await allow(prod, { from: team, name: 'a' }, team, [editConfigMaps]);
  [joinedName, downName] = [`up-${team}`, `down-${team}`];
  await hub.join(joinedName, 'prod', { token });
  await hub.join(downName, 'prod', { token, server: `https://127.0.0.1:${await closedPort()}` });
  model = await startModelServer();
  await hub.start({ OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' });
});

afterAll(() => Promise.all([hub.close(), model?.close(), testing.close(), prod.close()]));

interface RunSpec {
  readonly account: string;
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly steps: readonly { readonly kind: 'ConfigMap' | 'Secret'; readonly cluster?: string }[];
}

let names = 0;

/** A run that applies an object of its name in each step, until it has finished. */
async function run(of: RunSpec): Promise<RunStatus & { readonly name: string }> {
  const { account, namespace = team, annotations = {}, steps } = of;
  const name = `run-${++names}`;
  const status = await hub.run(
    namespace,
    { name, annotations },
    {
      serviceAccountName: account,
      mode: { steps: 'DAG' },
      workflowSpec: {
        steps: steps.map(({ kind, cluster = '' }, index) => ({
          name: `step-${index}`,
          type: 'apply-object',
          properties: { cluster, value: { apiVersion: 'v1', kind, metadata: { name } } },
        })),
      },
    },
  );
  return { name, ...status };
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
  expect(await exists(hub.api, 'Secret', mayNot.name)).toBe(false);
  const may = await run({ account: 'b', annotations: claims, steps: [{ kind: 'Secret' }] });
  expect(may.status).toBe('succeeded');
  expect(await exists(hub.api, 'Secret', may.name)).toBe(true);
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
  expect([await exists(hub.api, 'ConfigMap', name), await exists(prod, 'ConfigMap', name)]).toEqual([
    true,
    true,
  ]);
  const other = await run({ account: 'b', steps: [{ kind: 'Secret', cluster: joinedName }] });
  expect(other.status).toBe('failed');
  expect(textOf(other)).toContain(`system:serviceaccount:${team}:b`);
  expect(await exists(prod, 'Secret', other.name)).toBe(false);
});

test('a cluster that nobody joined fails the step, and no names are told', async () => {
  const unknown = await run({ account: 'a', steps: [{ kind: 'ConfigMap', cluster: 'nowhere' }] });
  expect(unknown.status).toBe('failed');
  expect(textOf(unknown)).toContain('There is no cluster nowhere');
  expect(textOf(unknown)).not.toContain(joinedName);
});

// Without a kube-controller-manager no Deployment of the cluster `test` ever gets a Pod.
describe.skipIf(!realClusters().hasControllerManager)('the quality gate, from a hub', () => {
  let namespace: string;
  let node: FakeNode;
  /** Ends what plays the Deployment's controller on prod. */
  const ending = new AbortController();
  let readying: Promise<void>;

  beforeAll(async () => {
    namespace = await hub.api.newNamespace();
    for (const [name, context, api] of [
      ['test', 'main', testing],
      ['prod', 'prod', prod],
    ] as const) {
      await Promise.all([ensureNamespace(api, namespace), ensureNamespace(api, theController.namespace)]);
      await ensureAccount(api, theController.namespace, theController.name);
      await applyAll(context, enabledNamespace(namespace));
      const token = await tokenFor(api, theController.namespace, theController.name);
      await hub.join(name, context, { token });
    }
    await applyAll('other', enabledNamespace(namespace));
    node = new FakeNode(testing, namespace);
    readying = prod.follow(
      `/apis/apps/v1/namespaces/${namespace}/deployments`,
      async (object) => {
        const isReady = isObject(object['status']) && object['status']['readyReplicas'] !== undefined;
        if (!isReady) await writeReadyStatus(prod, object);
      },
      ending.signal,
    );
  });

  afterAll(async () => {
    ending.abort();
    await Promise.all([readying, node?.stop()]);
  });

  const has = async (api: KubeApi, name: string): Promise<boolean> =>
    (await api.send('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)).status === 200;

  test.each([
    { score: 'too low', answer: saying('60'), phase: 'skipped', isOnProd: false },
    { score: 'no number', answer: saying('The score is 90'), phase: 'failed', isOnProd: false },
    { score: 'refused by the provider', answer: answering(401, '{}'), phase: 'failed', isOnProd: false },
    // The last one: what it deploys stays.
    { score: 'high enough', answer: saying('61'), phase: 'succeeded', isOnProd: true },
  ])('a score that is $score: production is $phase', async ({ score, answer, phase, isOnProd }) => {
    model.answer = answer;
    const name = score.replaceAll(' ', '-');
    const { steps } = await hub.run(namespace, { name }, exampleSpec());
    expect(steps?.map((step) => [step.name, step.phase])).toEqual([
      ['apply', 'succeeded'],
      ['chat-quality-check', phase === 'failed' ? 'failed' : 'succeeded'],
      ['apply-production', phase],
    ]);
    expect(await has(testing, 'apply')).toBe(true);
    expect(await has(prod, 'apply-production')).toBe(isOnProd);
    expect([await has(hub.api, 'apply'), await has(hub.api, 'apply-production')]).toEqual([false, false]);
    expect(await has(prod, 'apply')).toBe(false);
  });
});

/** Of the file as it stands. */
function exampleSpec(): JsonObject {
  const file = join(examples, 'chat-gpt-quality-gate.yaml');
  const { documents } = readDocuments(readFileSync(file), file);
  const value = documents[0]?.value;
  return isObject(value) && isObject(value['spec']) ? value['spec'] : {};
}
