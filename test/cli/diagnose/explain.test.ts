import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuses, says, serveModel, type ModelServer, type Reply } from '../../llm/model-server.ts';
import { realCli, type RealEnd } from '../real-cli.ts';
import { canaries, shop } from './shop.ts';

let stateDir: string;
let model: ModelServer;

beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
  await writeFile(join(stateDir, 'dump.yaml'), shop());
});
afterEach(async () => {
  await model.close();
  await rm(stateDir, { recursive: true, force: true });
});

async function serve(...replies: readonly Reply[]): Promise<void> {
  model = await serveModel(...replies);
  const text = `servers:
- {name: lab, url: "${model.endpoint.baseUrl}", model: big, key: lab-key-0123456789}
default: lab
`;
  await writeFile(join(stateDir, 'models.yaml'), text, { mode: 0o600 });
}

async function diagnose(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['diagnose', ...words, '-n', 'shop', '--from', 'dump.yaml'], { stateDir });
}

const sent = (): string => JSON.stringify(model.asked.map(({ body }) => body));

test('a model explains after the rules, once for the same state, also when Pods have other names', async () => {
  await serve(says('Postgres refuses web-b-pod-1.\n\n1. Start it.'));
  const first = await diagnose('svc/web');
  expect(first.stdout).toContain('CrashLoopBackOff');
  expect(first.stdout).toMatch(
    /\nexplained by judge-1 at 127\.0\.0\.1:\d+:\n {2}Postgres refuses web-b-k2x9p\.\n\n {2}1\. Start it\.\n$/,
  );
  expect(model.asked).toHaveLength(1);
  await writeFile(join(stateDir, 'dump.yaml'), shop('zzzz2'));
  expect((await diagnose('svc/web')).stdout).toContain('Postgres refuses web-b-zzzz2.');
  expect(model.asked).toHaveLength(1);
  await diagnose('svc/web', '--no-cache');
  expect(model.asked).toHaveLength(2);
});

test('no secret is sent', async () => {
  await serve(says('It is.'));
  const { stdout } = await diagnose('deploy/web', '--language', 'German', '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    explanation: { by: 'model', model: 'judge-1', text: 'It is.' },
  });
  expect(sent()).toContain('ECONNREFUSED');
  expect(sent()).toContain('German');
  expect(sent()).not.toMatch(canaries);
});

test('names are not sent with --anonymize, and stand in the answer', async () => {
  await serve(says('It is.'));
  await diagnose('ing/site', '--anonymize');
  expect(sent()).toContain('CrashLoopBackOff');
  expect(sent()).not.toMatch(/\bshop\/|web-b-/);
});

test('without an answer the rules stand, and it is said why', async () => {
  await serve(refuses(401));
  const { code, stdout } = await diagnose('deploy/web');
  expect(code).toBe(0);
  expect(stdout).toContain('CrashLoopBackOff');
  expect(stdout).toMatch(/\nmade without a model: .+\n$/);
});

test.each([
  ['--no-model', 'deploy/web'],
  ['nothing wrong', 'cm/fine'],
])('nobody is asked with %s', async (flag, name) => {
  await serve(says('It is.'));
  const { code, stdout } = await diagnose(name, ...(flag.startsWith('--') ? [flag] : []));
  expect({ code, asked: model.asked.length }).toEqual({ code: 0, asked: 0 });
  expect(stdout).not.toContain('explained by');
});

test('a dry run shows the prompt and sends nothing', async () => {
  await serve(says('It is.'));
  const { code, stdout } = await diagnose('deploy/web', '--dry-run-prompt');
  expect({ code, asked: model.asked.length }).toEqual({ code: 0, asked: 0 });
  expect(stdout).toContain('You are an experienced Kubernetes administrator on call.');
  expect(stdout).not.toMatch(canaries);
});
