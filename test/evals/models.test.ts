import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { runModel } from '../../bench/evals/model-run.ts';
import { offlineSource, type ModelSource } from '../../bench/evals/open-model.ts';
import { readScenarios } from '../../bench/evals/read-scenarios.ts';
import type { Scenario } from '../../bench/evals/scenario.ts';
import { passRates } from '../../bench/evals/totals.ts';
import { liveTraffic } from '../../src/runner/models/model-traffic.ts';

const scenarios = readScenarios();
const named = (...ids: readonly string[]): readonly Scenario[] =>
  scenarios.filter(({ id }) => ids.includes(id));

let server: Server | undefined;
afterEach(() => server?.close());

/** A model that gives these answers in turn; each costs 1000 tokens in and 100 out. */
async function modelThatSays(answers: readonly object[]): Promise<{ source: ModelSource; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const content = JSON.stringify(answers[asked.length % answers.length]);
      asked.push(Buffer.concat(chunks).toString());
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          id: 'a',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 },
        }),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const price = { host, model: 'm', inputMicros: 2_000_000, outputMicros: 10_000_000 };
  const settings = { ...(await offlineSource.settings()), prices: [price] };
  const env = { OPENAI_BASE_URL: `http://${host}/v1`, OPENAI_API_KEY: 'key', OPENAI_MODEL: 'm' };
  return { source: { env, settings: async () => settings, traffic: liveTraffic }, asked };
}

test('the offline engine answers in the form, over loopback and without cost', async () => {
  const run = await runModel(
    offlineSource,
    named('no-node-takes-pod', 'set-without-service', 'secrets-forbidden'),
    2,
  );
  expect(run).toMatchObject({
    model: 'offline engine',
    tries: { 'no-node-takes-pod': [[], []], 'secrets-forbidden': [[], []], 'set-without-service': [[], []] },
    use: { calls: 6, microDollars: 0 },
  });
});

test('one wrong answer of two is half of pass@1 and nothing of pass^2', async () => {
  const right = {
    verdict: 'broken',
    rootKind: 'Pod',
    rootNamespace: 'default',
    rootName: 'report',
    reason: '',
  };
  const { source } = await modelThatSays([right, { ...right, rootName: 'node-1' }]);
  const run = await runModel(source, named('no-node-takes-pod'), 2);
  expect(run.tries).toEqual({
    'no-node-takes-pod': [[], ['took Pod/node-1 for the root, is Pod/report']],
  });
  expect(passRates(run)).toEqual({ passAt1: 0.5, passAll: 0 });
  // 2 * (1000 tokens at $2 and 100 at $10 a million)
  expect(run.use).toMatchObject({ calls: 2, inputTokens: 2000, outputTokens: 200, microDollars: 6000 });
});

test('the model is shown the state, what was refused and no expectation', async () => {
  const { source, asked } = await modelThatSays([
    { verdict: 'unknown', rootKind: '', rootNamespace: '', rootName: '', reason: '' },
  ]);
  const run = await runModel(source, named('secrets-forbidden'), 1);
  expect(run.tries).toEqual({ 'secrets-forbidden': [[]] });
  expect(asked[0]).toMatch(/shop-tls/);
  expect(asked[0]).toMatch(/cannot list it/);
  expect(asked[0]).not.toMatch(/Nobody may look|would be a guess/);
});

test('an answer that is in no form is a wrong one', async () => {
  const { source } = await modelThatSays([{ verdict: 'fine' }]);
  const run = await runModel(source, named('no-node-takes-pod'), 1);
  expect(run.tries['no-node-takes-pod']?.[0]?.[0]).toMatch(/cannot be used/);
});
