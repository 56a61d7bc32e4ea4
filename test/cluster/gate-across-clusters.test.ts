import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject, type JsonObject } from '../../src/api/json.ts';
import { theController } from '../../src/controller/install/access-objects.ts';
import { enabledNamespace } from '../../src/controller/install/enabled-namespace.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import { answering, saying, startModelServer, type ModelServer } from '../examples/model-server.ts';
import { applyAll, ControlledHub } from './controlled-hub.ts';
import { FakeNode } from './fake-node.ts';
import { KubeApi } from './kube-api.ts';
import { realClusters } from './real-clusters.ts';
import { writeReadyStatus } from './ready-status.ts';
import { ensureAccount, ensureNamespace, tokenFor } from './service-accounts.ts';
import { examples } from './run-sluice.ts';

/** Three API servers: the hub has the run, `test` and `prod` were joined to it. */
const hub = new ControlledHub('other');
const [testing, prod] = [new KubeApi('main'), new KubeApi('prod')];

let namespace: string;
let model: ModelServer;
let node: FakeNode;
/** Ends what plays the Deployment's controller on prod. */
const ending = new AbortController();
let readying: Promise<void>;

// Without a kube-controller-manager no Deployment of the cluster `test` ever gets a Pod.
describe.skipIf(!realClusters().hasControllerManager)('the quality gate, from a hub', () => {
  beforeAll(async () => {
    model = await startModelServer();
    await hub.install();
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
    await hub.start({ OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' });
  });

  afterAll(async () => {
    ending.abort();
    await Promise.all([readying, node?.stop()]);
    await Promise.all([hub.close(), model?.close(), testing.close(), prod.close()]);
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
