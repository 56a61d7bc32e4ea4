import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openClusterSession } from '../../src/runner/cluster-session.ts';
import { installationSecret } from '../../src/store/cluster/installation-key.ts';
import { KubeApi } from '../cluster/kube-api.ts';
import { realClusters } from '../cluster/real-clusters.ts';
import { Provider } from './provider.ts';
import { Runs } from './runs.ts';
import { install, startTestController, type TestController } from './test-controller.ts';

const api = new KubeApi('main');
const secretKey = 'sk-CANARY-operator';
const asks = (content: string): string =>
  `[{name: ask, type: chat-gpt, properties: {model: m1, prompt: {content: ${content}}}}]`;
let rich: Runs;
let poor: Runs;
let provider: Provider;
let controller: TestController;

beforeAll(async () => {
  provider = await Provider.start(() => ({
    body: JSON.stringify({
      id: 'c1',
      object: 'chat.completion',
      model: 'm1',
      choices: [{ index: 0, message: { role: 'assistant', content: 'all well' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
    }),
  }));
  rich = new Runs(api, await api.newNamespace());
  poor = new Runs(api, await api.newNamespace());
  await install(api, [rich.namespace, poor.namespace]);
  await models(
    'vela-system',
    `
default: ours
servers: [{name: ours, url: "${provider.url}/v1", key: ${secretKey}}]
`,
  );
  await models(poor.namespace, 'budgets: {run: {tokens: 5}}');
  controller = await startTestController(api, { allowHosts: [] });
});

afterAll(async () => {
  await controller?.stop();
  provider?.close();
  for (const name of ['sluice-models', installationSecret])
    await api.send('DELETE', `/api/v1/namespaces/vela-system/secrets/${name}`);
  await api.close();
});

async function models(namespace: string, yaml: string): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/secrets`;
  await api.send('DELETE', `${path}/sluice-models`);
  await api.do('POST', path, { metadata: { name: 'sluice-models' }, stringData: { 'models.yaml': yaml } });
}

describe("with the operator's Secret", () => {
  test('a run asks its server, and the day is charged', async () => {
    await rich.create('asks', asks('hello'));
    expect((await rich.untilFinished('asks')).status).toMatchObject({ status: 'succeeded' });
    expect(provider.calls).toMatchObject([{ path: '/v1/chat/completions' }]);
    const map = `/api/v1/namespaces/vela-system/configmaps/sluice-model-spend.${rich.namespace}`;
    const { data } = await api.do('GET', map);
    const { accounts } = JSON.parse((data as { content: string }).content) as {
      accounts: Record<string, object>;
    };
    const day = Object.entries(accounts).find(([key]) => key.startsWith(`namespace/${rich.namespace}/`));
    expect(day?.[1]).toMatchObject({ calls: 1, tokens: 14 });
  });

  test('a namespace with a lower budget is held to it', async () => {
    const before = provider.calls.length;
    await poor.create('asks', asks('hello'));
    const { status } = await poor.untilFinished('asks');
    expect(status).toMatchObject({ status: 'failed' });
    expect(JSON.stringify(status)).toContain('the budget of run/');
    expect(provider.calls).toHaveLength(before);
  });

  test('a gate leaves a signed verdict, which a person can list and mark invalid', async () => {
    const objective = '{id: small, value: {cue: "values.errors"}, pass: {op: "<=", value: 10}}';
    const subject = '{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}';
    const properties = `{subject: ${subject}, values: {errors: 3}, objectives: [${objective}]}`;
    await rich.create('gated', `[{name: release, type: gate, properties: ${properties}}]`);
    expect((await rich.untilFinished('gated')).status).toMatchObject({ status: 'succeeded' });
    const { kubeconfig } = realClusters();
    const person = await openClusterSession({
      kubeconfig,
      namespace: rich.namespace,
      requestMs: 10_000,
      now: Date.now,
    });
    const query = { namespace: rich.namespace, limit: 10 };
    const [kept] = await person.verdicts.list(query);
    expect(kept).toMatchObject({ run: 'gated', step: 'release', verdict: { outcome: 'pass', open: true } });
    const id = kept?.id ?? '';
    expect(await person.verdicts.invalidate(rich.namespace, id, { by: 'jane', why: 'x' })).toBe(true);
    await person.close();
  });

  test('its key is in no log and no status', async () => {
    const objects = await Promise.all([rich.get('asks'), poor.get('asks')]);
    expect(JSON.stringify([objects, controller.log])).not.toContain('CANARY');
  });
});
