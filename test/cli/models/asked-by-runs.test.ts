import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeKubeconfig } from '../../cluster-port/kubeconfig-file.ts';
import { says, serveModel, type ModelServer } from '../../llm/model-server.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

let stateDir: string;
let model: ModelServer;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-asked-'));
  model = await serveModel(says('All is well.', { usage: { prompt_tokens: 60, completion_tokens: 40 } }));
});
afterEach(async () => {
  await model.close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** A step by each of the two ways to a model: HTTP that the step type writes, and the model layer. */
const ways: readonly (readonly [string, string])[] = [
  ['chat-gpt', 'prompt: {content: Is it ready?}'],
  [
    'ai-audit',
    'target: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: b}}, maxTokens: 100',
  ],
];

let runs = 0;

async function run(type: string, properties: string, annotations = ''): Promise<RealEnd> {
  const stdin = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: it-${(runs += 1)}, namespace: default${annotations}}
spec: {workflowSpec: {steps: [{name: ask, type: ${type}, properties: {${properties}}}]}}
`;
  return await realCli(['run', '-'], { stateDir, stdin });
}

function settings(more: string, server = ''): void {
  const text = `servers:
- {name: lab, url: "${model.endpoint.baseUrl}", model: qwen3, key: lab-key-0123456789${server}}
default: lab
${more}`;
  writeFileSync(join(stateDir, 'models.yaml'), text, { mode: 0o600 });
}

describe.each(ways)('%s', (type, properties) => {
  test('asks the default server for its model, with its key', async () => {
    settings('');
    const { code, stdout, stderr } = await run(type, properties);
    expect(stdout).toContain('All is well.');
    expect(code).toBe(0);
    expect(model.asked[0]?.headers.authorization).toBe('Bearer lab-key-0123456789');
    expect(model.asked[0]?.body).toMatchObject({ model: 'qwen3' });
    expect(stdout).toContain('model: 1 call, 100 tokens, cost unknown');
    expect(stdout + stderr).not.toContain('lab-key');
  });

  test('does not send a key to a host that it is not bound to', async () => {
    settings('', ', hosts: [models.example]');
    const { code, stdout, stderr } = await run(type, properties);
    expect(stdout).toContain('the key may go to models.example only');
    expect([code, model.asked]).toEqual([1, []]);
    expect(stdout + stderr).not.toContain('lab-key');
  });

  test.each([
    ['a day', 'budgets: {day: {calls: 1}}', 'the budget of day/'],
    ['the namespace', 'budgets: {namespace: {calls: 1}}', 'the budget of namespace/default/'],
  ])('stops where the budget of %s is used up by an earlier run', async (_what, budgets, text) => {
    settings(budgets);
    expect((await run(type, properties)).code).toBe(0);
    const second = await run(type, properties);
    expect(second.stdout).toContain(text);
    expect([second.code, model.asked.length]).toEqual([1, 1]);
  });

  test.each([
    ['of its run', 'calls=0', 'the budget of run/'],
    ['of money without a price', 'cost=1', 'money is limited, and the price of qwen3 is not known'],
  ])('sends nothing past the budget %s', async (_what, budget, text) => {
    settings('');
    const { code, stdout } = await run(
      type,
      properties,
      `, annotations: {sluice.dev/model-budget: ${budget}}`,
    );
    expect(stdout).toContain(text);
    expect([code, model.asked]).toEqual([1, []]);
  });

  test('says what it cost by the price of the settings', async () => {
    settings(`prices: [{host: "${new URL(model.url).host}", model: qwen3, input: 1, output: 2}]`);
    const { stdout } = await run(type, properties);
    expect(stdout).toMatch(/model: 1 call, 100 tokens, \$0\.0001/);
  });
});

test('a budget that cannot be read is refused before anything runs', async () => {
  settings('');
  const [type, properties] = ways[0] ?? ['', ''];
  const { code, stderr } = await run(type, properties, ', annotations: {sluice.dev/model-budget: some}');
  expect(stderr).toContain('BadModelBudget');
  expect([code, model.asked]).toEqual([2, []]);
});

test('a step names a server, and one that is not there is named', async () => {
  writeFileSync(
    join(stateDir, 'models.yaml'),
    `servers: [{name: lab, url: "${model.endpoint.baseUrl}", model: qwen3}]`,
    { mode: 0o600 },
  );
  const target = 'target: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}';
  expect((await run('ai-audit', `server: lab, ${target}`)).stdout).toContain('All is well.');
  expect(model.asked[0]?.headers).not.toHaveProperty('authorization');
  const unknown = await run('ai-audit', `server: lap, ${target}`);
  expect(unknown.stdout).toContain('there is no server of models named "lap" (there is: lab)');
  expect([unknown.code, model.asked.length]).toEqual([1, 1]);
});

describe('where the offline engine is not allowed', () => {
  const manifest = '{apiVersion: v1, kind: ConfigMap, metadata: {name: web}}';
  const vet = async (type: string, properties: string): Promise<RealEnd> => {
    const config = writeKubeconfig([{ name: 'test', server: 'http://127.0.0.1:1' }]);
    const stdin = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: it, namespace: default}
spec: {workflowSpec: {steps: [{name: ask, type: ${type}, properties: {${properties}}}]}}
`;
    const end = await realCli(['vet', '-', '--kubeconfig', config.file], { stateDir, stdin });
    config.remove();
    return end;
  };
  const steps: readonly (readonly [string, string])[] = [
    ['chat-gpt', 'prompt: {content: Is it ready?}'],
    ['ai-audit', `target: ${manifest}`],
    ['ai-diagnose', `target: ${manifest}`],
    ['ai-gate', `subject: ${manifest}, criteria: [{id: a, question: Is it green?}]`],
  ];

  test.each(steps)('vet refuses %s without a model, and takes any that the operator has', async (...step) => {
    const [type, properties] = step;
    const refused = await vet(type, properties);
    expect(refused.stdout).toMatch(/error NoModel .*step "ask" calls a model: there is no key/);
    expect(refused.code).toBe(2);
    settings('');
    const taken = await vet(type, properties);
    expect(taken.stdout).not.toContain('NoModel');
    expect(taken.code).toBe(0);
  });

  test('vet takes the server that a step names, and says which key is missing', async () => {
    const server = (more: string): void =>
      writeFileSync(
        join(stateDir, 'models.yaml'),
        `servers: [{name: lab, url: "http://127.0.0.1:1/v1"${more}}]`,
        {
          mode: 0o600,
        },
      );
    server('');
    expect((await vet('ai-audit', `server: lab, target: ${manifest}`)).code).toBe(0);
    expect((await vet('ai-audit', `server: lap, target: ${manifest}`)).stdout).toContain('NoModel');
    writeFileSync(
      join(stateDir, 'models.yaml'),
      'default: lab\nservers: [{name: lab, url: "http://127.0.0.1:1/v1", keyFrom: {env: LAB_KEY}}]',
      { mode: 0o600 },
    );
    expect((await vet('ai-audit', `target: ${manifest}`)).stdout).toContain('LAB_KEY, which is not set');
  });
});
