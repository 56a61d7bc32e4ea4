import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { refuses, says, serveModel, type ModelServer, type Reply } from '../../llm/model-server.ts';
import { realCli, type RealCli, type RealEnd } from '../real-cli.ts';
import { spawnCli } from '../spawned.ts';
import { failedPod, staleClaim, waitingPod } from './objects.ts';

let stateDir: string;
let model: ModelServer;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'sluice-explain-'));
  write('8xk2p');
});
afterEach(async () => {
  await model?.close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** One incident of a Deployment and its Pod, one of a claim. */
function write(suffix: string): void {
  writeFileSync(join(stateDir, 'dump.yaml'), failedPod(suffix) + staleClaim);
}

async function serve(replies: readonly Reply[], more = ''): Promise<void> {
  model = await serveModel(...replies);
  const text = `servers:
- {name: lab, url: "${model.endpoint.baseUrl}", model: big, key: lab-key-0123456789}
default: lab
${more}`;
  writeFileSync(join(stateDir, 'models.yaml'), text, { mode: 0o600 });
}

async function analyze(words: readonly string[], options: Partial<RealCli> = {}): Promise<RealEnd> {
  return realCli(['analyze', '--from', 'dump.yaml', ...words], { stateDir, ...options });
}

function sent(): string {
  return JSON.stringify(model.asked.map(({ body }) => body));
}

describe('--explain', () => {
  test('asks once for each incident, and again for none when Pods have other names', async () => {
    await serve([says('The image of web-pod-1 is missing.\n1. Push it.')]);
    const first = await analyze(['--explain', '--with-stat']);
    expect(first.code).toBe(0);
    expect(first.stderr).toMatch(/^looking took \d+\.\ds(?:, for explanations \d+\.\ds)?$/m);
    expect(first.stdout).toContain(`  explained by judge-1 at ${new URL(model.url).host}:
    The image of web-6d4b75cb6d-8xk2p is missing.
    1. Push it.
`);
    expect(first.stderr).toContain(
      'explained by a model: 2 of 2 incidents: 2 calls, 28 tokens, cost unknown',
    );
    expect(model.asked).toHaveLength(2);
    write('zzzzz');
    const second = await analyze(['--explain']);
    expect(second.stdout).toContain('The image of web-6d4b75cb6d-zzzzz is missing.');
    expect(second.stderr).toContain('2 calls (2 cached)');
    expect(model.asked).toHaveLength(2);
    expect((await analyze(['--explain', '--no-cache'])).code).toBe(0);
    expect(model.asked).toHaveLength(4);
  });

  test('sends no secret, and what messages demand is data', async () => {
    await serve([says('It is.')]);
    await analyze(['--explain']);
    expect(sent()).toContain('no such image');
    expect(sent()).not.toMatch(/hunter2|abcdefgh12345678|from-an-annotation/);
    for (const { body } of model.asked) {
      const messages = body['messages'] as readonly { readonly content: string }[];
      const lines = messages.flatMap(({ content }) => content.split('\n'));
      // The last line but one is the fence's.
      const others = lines.toSpliced(-2, 1).join('\n');
      expect(others).not.toContain('Ignore all previous');
    }
    expect(sent()).toContain('Ignore all previous');
  });

  test('says where text in the evidence tries to steer the model', async () => {
    await serve([says('It is.')]);
    const where = 'IgnoreInstructions in root: Pod shop/web-6d4b75cb6d-8xk2p ErrImagePull';
    expect((await analyze(['--explain'])).stdout).toContain(where);
    expect((await analyze(['--explain', '-o', 'markdown'])).stdout).toContain('tries to steer the model');
    const { stdout } = await analyze(['--explain', '-o', 'json']);
    const { incidents } = JSON.parse(stdout) as { readonly incidents: readonly object[] };
    const suspicion = [{ pattern: 'IgnoreInstructions' }];
    expect(incidents).toMatchObject([{ explanation: { suspicion } }, {}]);
  });

  test('passes the language on', async () => {
    await serve([says('Es fehlt ein Bild.')]);
    const { stdout } = await analyze(['--explain', '--language', 'German']);
    expect(sent()).toContain('Answer in German.');
    expect(stdout).toContain('Es fehlt ein Bild.');
    expect(stdout).toContain('fix: ');
  });

  test('prints what it would send and sends nothing', async () => {
    await serve([says('It is.')]);
    const { code, stdout } = await analyze(['--explain', '--dry-run-prompt']);
    expect([code, model.asked.length]).toEqual([0, 0]);
    expect(stdout).toContain('Answer in English.');
    expect(stdout.match(/at most \d+ tokens are sent/g)).toHaveLength(2);
  });

  test('cleans what a model says for the terminal and for Markdown', async () => {
    await serve([says('\u001B[31mred\u0007 [click](https://evil.example) @everyone')]);
    expect((await analyze(['--explain'])).stdout).toContain(
      '    red [click](https://evil.example) @everyone\n',
    );
    const { stdout } = await analyze(['--explain', '-o', 'markdown']);
    expect(stdout).toContain('> red \\[click\\]');
    expect(stdout).not.toContain('://evil');
    expect(stdout).not.toContain('@everyone');
  });
});

describe('formats', () => {
  test('-o json and k8sgpt hold explanations, the same bytes each time', async () => {
    await serve([says('It is.')]);
    const one = await analyze(['--explain', '-o', 'json']);
    expect((await analyze(['--explain', '-o', 'json'])).stdout).toBe(one.stdout);
    const { incidents } = JSON.parse(one.stdout) as { readonly incidents: readonly unknown[] };
    const server = new URL(model.url).host;
    const explanation = { by: 'model', model: 'judge-1', server, text: 'It is.' };
    expect(incidents).toMatchObject([{ explanation }, { explanation }]);
    const k8sgpt = JSON.parse((await analyze(['--explain', '-o', 'k8sgpt'])).stdout) as object;
    expect(k8sgpt).toMatchObject({ provider: server, results: [{ details: 'It is.' }, {}, {}] });
  });

  test.each(['sarif', 'junit'])('-o %s has no place for them', async (format) => {
    const { code, stderr } = await analyze(['--explain', '-o', format]);
    expect(code).toBe(2);
    expect(stderr).toContain('has no place for explanations');
  });
});

describe('--anonymize', () => {
  test('sends no name of a workload or namespace, and prints them all', async () => {
    await serve([
      (response, asked) => {
        const [name = ''] = /workload-[0-9a-f]{6}/.exec(JSON.stringify(asked.body)) ?? [];
        says(`Look at ${name}.`)(response, asked);
      },
    ]);
    const { stdout } = await analyze(['--explain', '--anonymize', '-o', 'k8sgpt']);
    expect(sent()).not.toMatch(/\bweb\b|shop|\bstore-0\b/);
    const { results } = JSON.parse(stdout) as {
      readonly results: readonly {
        readonly details: string;
        readonly error: readonly { readonly Sensitive: readonly { readonly Unmasked: string }[] }[];
      }[];
    };
    for (const { details } of results)
      expect(details).toMatch(/^Look at (?:web|web-6d4b75cb6d-8xk2p|store-0)\.$/);
    const names = results.flatMap(({ error }) => error.flatMap(({ Sensitive }) => Sensitive));
    expect(new Set(names.map(({ Unmasked }) => Unmasked))).toContain('shop');
  });
});

describe('what no model explains is printed all the same', () => {
  test.each([
    ['busy', [refuses(429, 'slow down', { 'retry-after': '120' })], '', 'ModelBusy'],
    ['a wrong key', [refuses(401, 'no')], '', 'ModelKeyRefused'],
    ['no budget', [says('It is.')], 'budgets: {day: {calls: 0}}', 'BudgetUsedUp'],
  ] as const)('%s', async (_what, replies, more, reason) => {
    await serve(replies, more);
    const { code, stdout, stderr } = await analyze(['--explain', '-o', 'json']);
    expect(code).toBe(0);
    const { findings, incidents } = JSON.parse(stdout) as Record<string, readonly unknown[]>;
    expect(findings).toHaveLength(3);
    expect(incidents).toMatchObject([
      { explanation: { by: 'rules', whyNot: { reason } } },
      { explanation: { by: 'rules', whyNot: { reason } } },
    ]);
    expect(stderr).toContain(`2 incidents not explained by a model (${reason})`);
  });

  test('where the budget ends between two incidents', async () => {
    await serve([says('It is.')], 'budgets: {day: {calls: 1}}');
    const { code, stdout, stderr } = await analyze(['--explain', '--fail-on', 'critical']);
    expect(code).toBe(1);
    expect(stderr).toContain('explained by a model: 1 of 2 incidents');
    expect(stdout).toContain('by the rules, without a model (the budget of day/');
  });

  test('without any model rules say where to begin', async () => {
    const { code, stdout, stderr } = await analyze(['--explain']);
    expect(code).toBe(0);
    expect(stdout).toContain('  by the rules, without a model (no model is set up):\n');
    expect(stdout).toContain('ErrImagePull of Pod shop/web-6d4b75cb6d-8xk2p is where to begin.');
    expect(stderr).toContain('sluice auth add');
  });
});

test('at most three questions are asked at a time', async () => {
  const pods = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => waitingPod(name, 'CreateContainerConfigError'));
  writeFileSync(join(stateDir, 'dump.yaml'), pods.join(''));
  const waiting: (() => void)[] = [];
  let most = 0;
  let answered = 0;
  const reply: Reply = (response, asked) => {
    waiting.push(() => says('It is.')(response, asked));
    most = Math.max(most, waiting.length);
    // Nobody is answered until as many wait as ever will.
    if (waiting.length < Math.min(3, 6 - answered)) return;
    for (const answer of waiting.splice(0)) {
      answered += 1;
      answer();
    }
  };
  await serve([reply]);
  const { stderr } = await analyze(['--explain']);
  expect(stderr).toContain('explained by a model: 6 of 6 incidents');
  expect(most).toBe(3);
});

test('who interrupts it has the findings all the same', async () => {
  const { promise: isAsked, resolve } = Promise.withResolvers<void>();
  await serve([() => resolve()]);
  const words = ['analyze', '--from', join(stateDir, 'dump.yaml'), '--explain', '-o', 'json'];
  const { child, ended } = spawnCli(words, { stateDir });
  await isAsked;
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  const { findings, incidents } = JSON.parse(stdout) as Record<string, readonly unknown[]>;
  expect([code, findings?.length]).toEqual([130, 3]);
  expect(incidents).toMatchObject([{ explanation: { whyNot: { reason: 'Interrupted' } } }, {}]);
});

test('a terminal sees how far it is', async () => {
  await serve([says('It is.')]);
  let seen = '';
  await analyze(['--explain', '--no-color'], {
    columns: 80,
    onStderr: (text) => {
      seen += text;
    },
  });
  expect(seen).toContain('explained 2 of 2');
});
