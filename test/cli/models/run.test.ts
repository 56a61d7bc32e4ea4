import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { says, serveModel, type ModelServer } from '../../llm/model-server.ts';
import { temporaryDirectories } from '../../store/temporary-directory.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

const temporaryDirectory = temporaryDirectories();
const key = 'sk-CANARY-4711';
let stateDir: string;
let server: ModelServer;
const outputs: string[] = [];

beforeEach(async () => {
  stateDir = join(temporaryDirectory(), 'state');
  server = await serveModel(says('all well'));
  await sluice(['auth', 'add', 'ours', '--url', server.endpoint.baseUrl, '--model', 'm1', '--no-check'], key);
});
afterEach(async () => {
  await server.close();
  expect(outputs.splice(0).join('\n')).not.toContain('CANARY');
});

/** Each is a process of its own as far as the state directory goes. */
async function sluice(argv: readonly string[], stdin = ''): Promise<RealEnd> {
  const end = await realCli(argv, { stateDir, stdin });
  outputs.push(end.stdout, end.stderr);
  return end;
}

function workflow(name: string, step: string): string {
  const path = join(stateDir, `${name}.yaml`);
  const head = `apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: ${name}}\n`;
  writeFileSync(path, `${head}spec: {workflowSpec: {steps: [${step}]}}\n`);
  return path;
}

const asks = '{name: ask, type: chat-gpt, properties: {model: m1, prompt: {content: hello}}}';
const audits =
  '{name: audit, type: ai-audit, properties: {cacheFor: 24h, target: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}}}';

test('a run asks the server that was set up, with its key, which is nowhere else', async () => {
  const { code } = await sluice(['run', workflow('asks', asks), '-o', 'json']);
  expect(code).toBe(0);
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${key}`]);
  await sluice(['workflow', 'status', 'asks', '-o', 'json']);
  await sluice(['workflow', 'logs', 'asks']);
  const holding = readdirSync(stateDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes('CANARY'));
  // The database holds what is masked in whatever the run shows, as long as the run is kept.
  expect(holding.map(({ name }) => name).toSorted()).toEqual(['models.yaml', 'sluice.db']);
});

test('what runs have spent counts for the runs after them', async () => {
  const settings = join(stateDir, 'models.yaml');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}budgets: {day: {calls: 1}}\n`);
  expect((await sluice(['run', workflow('first', asks)])).code).toBe(0);
  const { code, stdout, stderr } = await sluice(['run', workflow('second', asks)]);
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/the budget of day\/\S+ is 1 calls; 1 calls are spent/);
  expect(server.asked).toHaveLength(1);
});

test('an answer is used again by a later run, until it is purged', async () => {
  for (const name of ['one', 'two']) expect((await sluice(['run', workflow(name, audits)])).code).toBe(0);
  const once = server.asked.length;
  expect(once).toBe(1);
  expect((await sluice(['cache', 'list'])).stdout).toContain(`m1 at ${new URL(server.url).host}`);
  await sluice(['cache', 'purge', '--all']);
  await sluice(['run', workflow('three', audits)]);
  expect(server.asked).toHaveLength(once + 1);
});

test('settings that cannot be used stop a run before anything is done', async () => {
  const settings = join(stateDir, 'models.yaml');
  writeFileSync(settings, `${readFileSync(settings, 'utf8')}budget: {}\n`);
  const { code, stderr } = await sluice(['run', workflow('asks', asks)]);
  expect(code).toBe(2);
  expect(stderr).toContain('budget does not exist; did you mean "budgets"?');
  expect(server.asked).toHaveLength(0);
});
