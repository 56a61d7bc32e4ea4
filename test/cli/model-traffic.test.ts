import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiServer } from '../cluster-port/api-server.ts';
import { writeKubeconfig } from '../cluster-port/kubeconfig-file.ts';
import { saying, startModelServer, type ModelServer } from '../examples/model-server.ts';
import { openTestSession } from '../session/open-test-session.ts';
import { realCli, type RealEnd } from './real-cli.ts';

let directory: string;
let model: ModelServer;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-traffic-'));
  model = await startModelServer(saying('All is well.'));
});
afterEach(async () => {
  await model.close();
  rmSync(directory, { recursive: true, force: true });
});

const chat = `
    - name: ask
      type: chat-gpt
      properties:
        token: {value: sk-test-0123456789}
        model: gpt-4o
        prompt: {type: custom, content: "Is web ready? Mail admin@corp.example."}`;

const post = (url: string, method = 'POST'): string => `
    - name: tell
      type: request
      properties: {url: "${url}", method: ${method}, body: {text: hello}}`;

function runOf(steps: string, annotations = ''): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: it, namespace: default${annotations}}
spec:
  workflowSpec:
    steps:${steps}
`;
}

let states = 0;

/** Each on a state directory of its own, as on another machine. */
async function run(stdin: string, ...flags: readonly string[]): Promise<RealEnd> {
  const stateDir = join(directory, `state-${(states += 1)}`);
  return await realCli(['run', '-', ...flags], { stateDir, stdin, env: { OPENAI_BASE_URL: model.url } });
}

interface Shown {
  readonly run: string;
  readonly step: string;
  readonly server: string;
  readonly model: string;
  readonly body: { readonly model: string; readonly messages: readonly { readonly content: string }[] };
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly microDollars: number | null;
}

describe('a dry run of prompts', () => {
  test('prints what would be sent, what it would cost, and sends nothing', async () => {
    const { code, stdout, stderr } = await run(runOf(chat), '--dry-run-prompt');
    expect(model.seen).toEqual([]);
    expect(code).toBe(0);
    expect(stdout).toContain(`default/it, step ask: gpt-4o at ${new URL(model.url).host}\n`);
    expect(stdout).toMatch(/at most \d+ tokens are sent and 4096 answered; price not known\n/);
    expect(stdout).toMatch(/^user$/m);
    expect(stdout).toMatch(/^Is web ready\? Mail <email:[0-9a-f]{6}>\.$/m);
    expect(stdout).not.toContain('sk-test');
    expect(stderr).toContain('dry run: nothing is sent to a model');
  });

  test('is as JSON exactly what is sent afterwards', async () => {
    const dry = await run(runOf(chat), '--dry-run-prompt', '-o', 'json');
    const [shown, ...others] = JSON.parse(dry.stdout) as readonly Shown[];
    expect(others).toEqual([]);
    expect(shown).toMatchObject({ run: 'default/it', step: 'ask', model: 'gpt-4o', microDollars: null });
    expect(shown?.inputTokens).toBeGreaterThan(0);
    const again = await realCli(['run', '-', '--dry-run-prompt', '-o', 'json'], {
      stateDir: join(directory, 'one'),
      stdin: runOf(chat),
      env: { OPENAI_BASE_URL: model.url },
    });
    expect(model.seen).toEqual([]);
    await realCli(['run', '-'], {
      stateDir: join(directory, 'one'),
      stdin: runOf(chat),
      env: { OPENAI_BASE_URL: model.url },
    });
    const [sent] = JSON.parse(again.stdout) as readonly Shown[];
    expect(JSON.parse(model.seen[0]?.body ?? '')).toEqual(sent?.body);
  });

  test('knows the price of a model of the vendor, and that the offline engine has none', async () => {
    const vendor = await realCli(['run', '-', '--dry-run-prompt', '-o', 'json'], {
      stateDir: join(directory, 'state'),
      stdin: runOf(chat),
    });
    const [priced] = JSON.parse(vendor.stdout) as readonly Shown[];
    expect(priced).toMatchObject({ server: 'api.openai.com', outputTokens: 4096 });
    expect(priced?.microDollars).toBeGreaterThan(40_960);
    const keyless = chat.replace('sk-test-0123456789', '<your token>');
    const offline = await realCli(['run', '-', '--dry-run-prompt'], {
      stateDir: join(directory, 'state'),
      stdin: runOf(keyless),
    });
    expect(offline.stdout).toContain('at offline engine\n');
    expect(offline.stdout).toContain('at most 0.000000 dollars');
  });

  test('keeps nothing of the run', async () => {
    const options = { stateDir: join(directory, 'kept'), env: { OPENAI_BASE_URL: model.url } };
    await realCli(['run', '-', '--dry-run-prompt'], { ...options, stdin: runOf(chat) });
    const { stdout } = await realCli(['workflow', 'ls', '-o', 'json'], options);
    expect(stdout).not.toContain('"it"');
  });

  test('sends no other request that might change something either', async () => {
    const { code, stdout, stderr } = await run(runOf(post(model.url) + chat), '--dry-run-prompt');
    expect(model.seen).toEqual([]);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/step tell: .*dry run: the POST to 127\.0\.0\.1:\d+ was not sent/);
    const read = await run(runOf(post(model.url, 'GET') + chat), '--dry-run-prompt');
    expect(model.seen.length).toBe(1);
    expect(read).toMatchObject({ code: 0 });
  });

  test('of a run that asks no model says so', async () => {
    const message = `
    - name: tell
      type: print-message-in-status
      properties: {message: hello}`;
    const { code, stdout, stderr } = await run(runOf(message), '--dry-run-prompt', '-o', 'json');
    expect(JSON.parse(stdout)).toEqual([]);
    expect(stderr).toContain('default/it asks no model');
    expect(code).toBe(0);
  });
});

describe('a dry run on a real cluster', () => {
  test('reads it and writes nothing', async () => {
    const memory = await openTestSession();
    const cluster = await memory.clusters.get('');
    const server = await ApiServer.over(cluster);
    const config = writeKubeconfig([{ name: 'test', server: server.url }]);
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'web', namespace: 'default' },
      data: { color: 'green' },
    });
    const steps = `
    - name: apply
      type: apply-object
      properties: {value: {apiVersion: v1, kind: ConfigMap, metadata: {name: api}, data: {a: b}}}
    - name: audit
      type: ai-audit
      properties:
        model: judge
        target: {apiVersion: v1, kind: ConfigMap, name: web}`;
    const { code, stdout } = await run(runOf(steps), '--dry-run-prompt', '--kubeconfig', config.file);
    expect(code).toBe(0);
    expect(stdout).toContain('color');
    expect(model.seen).toEqual([]);
    expect(new Set(server.seen.map(({ method }) => method))).toEqual(new Set(['GET']));
    await server.close();
    await memory.close();
    config.remove();
  });
});

describe('a recording', () => {
  const file = (): string => join(directory, 'models.jsonl');

  test('answers the same run on another machine, where nothing is sent', async () => {
    const recorded = await run(runOf(chat), '--record-model', file());
    expect(recorded.code).toBe(0);
    expect(model.seen.length).toBe(1);
    expect(recorded.stderr).toContain('requests and answers are written to');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(readFileSync(file(), 'utf8')).not.toMatch(/sk-test|admin@corp/);
    await model.close();
    const replayed = await run(runOf(chat), '--replay-model', file());
    expect(replayed.code).toBe(0);
    expect(replayed.stdout).toContain('All is well.');
    expect(replayed.stderr).toContain('and nothing is sent');
  });

  test('is of one command: what a cache or an earlier recording held is not missing in it', async () => {
    await run(runOf(chat), '--record-model', file());
    await run(runOf(chat), '--record-model', file());
    expect(readFileSync(file(), 'utf8').trim().split('\n').length).toBe(2);
  });

  test('is not lost to a command that asks nothing', async () => {
    await run(runOf(chat), '--record-model', file());
    const before = readFileSync(file(), 'utf8');
    expect((await run(runOf('\n    - {name: x, type: no-such-type}'), '--record-model', file())).code).toBe(
      2,
    );
    expect(readFileSync(file(), 'utf8')).toBe(before);
  });

  test('cannot be made where nothing can be written, which is said before anything is asked', async () => {
    const { code, stderr } = await run(
      runOf(chat),
      '--record-model',
      join(directory, 'none', 'models.jsonl'),
    );
    expect(stderr).toContain('cannot write the recording');
    expect([code, model.seen]).toEqual([6, []]);
  });

  test('holds what the offline engine said, too', async () => {
    const keyless = runOf(chat.replace('sk-test-0123456789', '<your token>'));
    // Names are as from the directory that the command is called in.
    const options = { stateDir: directory, stdin: keyless };
    const recorded = await realCli(['run', '-', '--record-model', 'models.jsonl'], options);
    const replayed = await realCli(['run', '-', '--replay-model', file()], options);
    expect(recorded.code).toBe(0);
    expect(readFileSync(file(), 'utf8')).toContain('/offline/v1/chat/completions');
    const answerOf = ({ stdout }: RealEnd): string => stdout.replaceAll(/[\d.]+m?s\b/g, '');
    expect(answerOf(replayed)).toBe(answerOf(recorded));
  });

  test.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['the environment', { OPENAI_BASE_URL: 'URL', OPENAI_MODEL: 'judge' }, ''],
    [
      'a server that was set up',
      {},
      'default: lab\nservers: [{name: lab, url: "URL", model: judge, key: lab-key-0123456789}]',
    ],
  ])('needs nothing of %s where it is replayed', async (_what, env, settings) => {
    const audit = `
    - name: audit
      type: ai-audit
      properties: {target: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {a: b}}}
    - name: ask
      type: chat-gpt
      properties: {prompt: {content: Is it ready?}}`;
    const withUrl = (text: string): string => text.replace('URL', model.url);
    const first = join(directory, 'first');
    mkdirSync(first, { mode: 0o700 });
    if (settings !== '') writeFileSync(join(first, 'models.yaml'), withUrl(settings), { mode: 0o600 });
    const set = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, withUrl(value)]));
    const recorded = await realCli(['run', '-', '--record-model', file()], {
      stateDir: first,
      stdin: runOf(audit),
      env: set,
    });
    expect(recorded.code).toBe(0);
    expect(readFileSync(file(), 'utf8')).not.toMatch(/127\.0\.0\.1|lab-key/);
    await model.close();
    const replayed = await realCli(['run', '-', '--replay-model', file()], {
      stateDir: join(directory, 'second'),
      stdin: runOf(audit),
    });
    expect(replayed.stdout).toContain('All is well.');
    expect(replayed.code).toBe(0);
    expect(model.seen.length).toBe(2);
  });

  test('holds the votes of a gate, whose marks are the same at the replay', async () => {
    const gate = `
    - name: check
      type: ai-gate
      properties:
        subject: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {address: 10.20.30.40}}
        criteria: [{id: green, question: Is the color green?}]
        onInconclusive: block`;
    const options = { stdin: runOf(gate) };
    const first = { ...options, stateDir: join(directory, 'first') };
    const recorded = await realCli(['run', '-', '--record-model', file()], first);
    const again = { ...options, stateDir: join(directory, 'again') };
    const replayed = await realCli(['run', '-', '--replay-model', file()], again);
    expect([recorded.code, replayed.code]).toEqual([3, 3]);
    expect(replayed.stdout).toContain('0 of 3 votes right, 0 wrong, 3 unknown');
    expect(readFileSync(file(), 'utf8')).not.toContain('10.20.30.40');
    // What was answered before is not taken from the verdicts that are kept: a recording would lack it.
    await realCli(['run', '-', '--record-model', file()], first);
    const third = { ...options, stateDir: join(directory, 'third') };
    expect((await realCli(['run', '-', '--replay-model', file()], third)).code).toBe(3);
  });

  test('refuses another question', async () => {
    await run(runOf(chat), '--record-model', file());
    const other = await run(runOf(chat.replace('ready', 'up')), '--replay-model', file());
    expect(other.code).toBe(1);
    expect(other.stdout).toContain('is not in the recording');
    expect(model.seen.length).toBe(1);
  });

  test.each([
    [['--record-model', 'a', '--replay-model', 'b'], 'only one of --record-model'],
    [['--dry-run-prompt', '--replay-model', 'b'], 'only one of --record-model'],
    [['--replay-model', '/nowhere/models.jsonl'], 'cannot read the recording /nowhere/models.jsonl'],
  ])('cannot be made with %j', async (flags, text) => {
    const { code, stderr } = await run(runOf(chat), ...flags);
    expect(stderr).toContain(text);
    expect([2, 6]).toContain(code);
  });
});
