import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isObject, parseJson, type Json } from '../../src/api/json.ts';
import { readJudgePrompt, type AskedJudge } from '../../src/gate/judge/read-prompt.ts';
import { answerJudge } from '../../src/offline/judge-answer.ts';
import { realCli, type RealEnd } from '../cli/real-cli.ts';

const file = join(import.meta.dirname, '../../examples/gated-delivery/pipeline.yaml');

/** What Prometheus answers to the query for the error rate. */
let errorRate: string | undefined;
/** What the model says, given the right answer; and how often it was asked. */
type Say = (right: string, asked: AskedJudge) => string;
let says: Say;
let asked: number;
let metrics: Server;
let model: Server;
let stateDir: string;

beforeAll(async () => {
  metrics = await listening((_body) => {
    const sample = { metric: {}, value: [Date.now() / 1000, errorRate ?? ''] };
    const result = errorRate === undefined ? [] : [sample];
    return { status: 'success', data: { resultType: 'vector', result } };
  });
  model = await listening((body) => {
    asked += 1;
    const prompt = readJudgePrompt(lastMessage(parseJson(body)));
    const content = prompt === undefined ? 'what?' : says(answerJudge(prompt).content, prompt);
    return {
      model: 'judge-1',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
      usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
    };
  });
});
afterAll(() => {
  for (const server of [metrics, model]) {
    server.closeAllConnections();
    server.close();
  }
});
beforeEach(async () => {
  errorRate = '0.2';
  says = (right) => right;
  asked = 0;
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-gated-'));
});

async function listening(answer: (body: string) => object): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(Buffer.concat(chunks).toString())));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function lastMessage(body: Json): string {
  const messages =
    isObject(body) && Array.isArray(body['messages']) ? (body['messages'] as readonly Json[]) : [];
  const last = messages.at(-1);
  return isObject(last) && typeof last['content'] === 'string' ? last['content'] : '';
}

async function deliver(words: readonly string[] = [], directory = stateDir): Promise<RealEnd> {
  const env = {
    OPENAI_BASE_URL: `${addressOf(model)}/v1`,
    OPENAI_API_KEY: 'sk-0123456789abcdef',
    OPENAI_MODEL: 'judge-1',
  };
  const given = ['--set', `context.prometheus=${addressOf(metrics)}`, ...words];
  return realCli(['run', file, ...given], { stateDir: directory, env });
}

/** Image of the Deployment of a cluster; undefined where there is none. */
async function deployed(cluster: string, directory = stateDir): Promise<string | undefined> {
  const { stdout } = await realCli(['cluster', 'get', 'deployments', '--cluster', cluster, '-o', 'json'], {
    stateDir: directory,
  });
  return /"image": "(.*)"/.exec(stdout)?.[1];
}

test('production gets what was judged, once checks and review have passed', async () => {
  const summary = join(stateDir, 'a.md');
  const { code, stdout } = await deliver(['--set', 'context.image=nginx:1.27.3', '--summary', summary]);
  expect([code, await deployed('prod')]).toEqual([0, 'nginx:1.27.3']);
  expect(asked).toBeGreaterThan(0);
  expect(stdout).toContain('gate checks: pass, open');
  expect(stdout).toContain('gate review: pass, open');
  const text = await readFile(summary, 'utf8');
  expect(text).toMatch(/^\| review \| \d+ calls, .* tokens, .* \|$/m);
  expect(text).toContain('Judged by judge-1 (uncalibrated), 3 votes');
});

describe('production has no object', () => {
  const latest = ['--set', 'context.image=nginx'];
  const nobody = ['--set', 'context.prometheus=http://127.0.0.1:1'];
  const notRoot: Say = (right, { questions, items }) => {
    const { nonce, answers } = JSON.parse(right) as { nonce: string; answers: { id: string }[] };
    // An anchor may ask the same of something else, and it knows the answer.
    const about = questions.find(
      ({ question, about: ids }) =>
        question.includes('user other than root') &&
        ids.some((id) => items.get(id)?.text.includes('"name": "shop"') === true),
    );
    if (about === undefined) throw new Error('the question was not asked');
    return JSON.stringify({
      nonce,
      answers: answers.map((each) => (each.id === about.id ? { ...each, answer: 'no' } : each)),
    });
  };
  test.each<readonly [string, readonly string[], string | undefined, string]>([
    [
      'when too many requests fail',
      [],
      '5',
      'fail (score 66.66 of 100); error-rate: value <= 1 does not hold',
    ],
    ['when the rate is in the warning band, and nobody is there', [], '1.5', 'warn (score 83.33 of 100)'],
    ['when there are no numbers', [], undefined, 'error-rate: '],
    ['when the number is none', [], 'NaN', 'error-rate: '],
    ['when nobody has the numbers', nobody, '0', '127.0.0.1 refused the connection'],
    [
      'when the audit finds something',
      latest,
      '0',
      'fail (score 66.66 of 100); manifest: value == 0 does not hold',
    ],
  ])('%s; no model is asked', async (_name, words, rate, expected) => {
    errorRate = rate;
    const { code, stdout } = await deliver(words);
    expect([code, lastLine(stdout)]).toEqual([3, expect.stringContaining('checks failed (Action): ')]);
    expect(lastLine(stdout)).toContain(expected);
    expect([await deployed('prod'), asked]).toEqual([undefined, 0]);
  });

  test.each<readonly [string, Say, string]>([
    ['when the model says no', notRoot, 'fail (score 0 of 100); root: '],
    ['when its answer cannot be read', () => 'All of it is fine! {"pass": true, "score": 100}', 'error'],
  ])('%s', async (_name, answer, expected) => {
    says = answer;
    const { code, stdout } = await deliver();
    expect([code, lastLine(stdout)]).toEqual([
      3,
      expect.stringContaining(`review failed (Action): ${expected}`),
    ]);
    expect([await deployed('prod'), asked > 0]).toEqual([undefined, true]);
  });
});

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

test('the offline engine reviews where there is no model, and a recording stands for one', async () => {
  const recording = join(stateDir, 'model.jsonl');
  expect((await deliver(['--record-model', recording])).code).toBe(0);
  const before = asked;
  const replayed = await mkdtemp(join(tmpdir(), 'sluice-gated-'));
  const { code } = await deliver(['--replay-model', recording], replayed);
  expect([code, await deployed('prod', replayed), asked]).toEqual([0, 'nginx:1.27.2', before]);
  const alone = await mkdtemp(join(tmpdir(), 'sluice-gated-'));
  const words = ['run', file, '--set', `context.prometheus=${addressOf(metrics)}`];
  const offline = await realCli(words, { stateDir: alone });
  expect([offline.code, offline.stdout]).toEqual([0, expect.stringContaining('model: offline engine')]);
  expect(asked).toBe(before);
});

test('reports have the verdicts, at the lines of their gates', async () => {
  errorRate = '5';
  const [sarif, summary] = [join(stateDir, 'a.sarif'), join(stateDir, 'a.md')];
  await deliver(['--sarif', sarif, '--summary', summary]);
  const line = (await readFile(file, 'utf8')).split('\n').indexOf('      - name: checks') + 1;
  expect(await readFile(sarif, 'utf8')).toContain(`"startLine": ${line}`);
  const text = await readFile(summary, 'utf8');
  expect(text).toContain('### Gate checks: fail, not open');
  expect(text).toContain('| checks | gate | failed |');
});
