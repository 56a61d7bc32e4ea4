import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession, type Executed } from '../session/open-test-session.ts';
import { answering, endless, saying, silent, startModelServer, type ModelServer } from './model-server.ts';

const gateText = readFileSync(join(import.meta.dirname, '../../examples/chat-gpt-quality-gate.yaml'), 'utf8');
const error = (message: string): string => JSON.stringify({ error: { message } });

interface Row {
  readonly name: string;
  readonly answer: (response: ServerResponse) => void;
  /** What the message of the gate's step must say. */
  readonly says: RegExp;
  readonly timeout?: string;
}

const shut: readonly Row[] = [
  { name: 'prose', answer: saying('The score is 87'), says: /"The score is 87"/ },
  { name: 'nothing', answer: saying(''), says: /integer from 0 to 100/ },
  { name: 'no content', answer: saying(null), says: /content/ },
  { name: 'NaN', answer: saying('NaN'), says: /"NaN"/ },
  { name: 'an exponent', answer: saying('1e9'), says: /"1e9"/ },
  { name: 'more than 100', answer: saying('150'), says: /"150"/ },
  { name: 'less than 0', answer: saying('-5'), says: /"-5"/ },
  { name: 'a fraction', answer: saying('87/100'), says: /"87\/100"/ },
  { name: 'a decimal', answer: saying('87.5'), says: /"87\.5"/ },
  { name: 'a leading zero', answer: saying('087'), says: /"087"/ },
  { name: 'two lines', answer: saying('87\n12'), says: /integer from 0 to 100/ },
  { name: 'other digits', answer: saying('８７'), says: /integer from 0 to 100/ },
  { name: '401', answer: answering(401, error('bad key')), says: /^401: failed to request: bad key/ },
  { name: '429', answer: answering(429, error('slow down')), says: /^429: failed to request: slow down/ },
  { name: '500', answer: answering(500, '<html>oops'), says: /^500: failed to request: .*oops/ },
  { name: '204 without a body', answer: answering(204, ''), says: /JSON/ },
  { name: 'a score in a failed answer', answer: answering(400, '87'), says: /^400: failed to request/ },
  { name: 'no JSON', answer: answering(200, '87'), says: /choices|JSON|content/ },
  { name: 'broken JSON', answer: answering(200, '{"choices":[{"message":{"content":"87"'), says: /JSON/ },
  { name: 'no choices', answer: answering(200, '{"choices":[]}'), says: /choices|content/ },
  {
    name: 'a number instead of text',
    answer: answering(200, '{"choices":[{"message":{"content":87}}]}'),
    says: /content|string/,
  },
  { name: 'a body that never ends', answer: endless, says: /127\.0\.0\.1|bytes|within/, timeout: '400ms' },
  { name: 'no answer', answer: silent, says: /no answer|within|timed out/, timeout: '300ms' },
];

let model: ModelServer;
let session: Session;

beforeAll(async () => {
  model = await startModelServer();
  session = await openTestSession({
    env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' },
  });
});
afterAll(async () => {
  await session.close();
  await model.close();
});

describe('production is never applied', () => {
  test.each(shut)('$name', async ({ answer, says, timeout }) => {
    const run = await gate(answer, { timeout });
    const [, check, production] = run.view.steps;
    expect(check?.phase).toBe('failed');
    expect(check?.message).toMatch(says);
    expect(production).toMatchObject({ phase: 'failed', reason: 'Condition' });
    expect(run.view.phase).toBe('failed');
    expect(await deployments()).toEqual({ default: 0, test: 1, prod: 0 });
  });

  test('the step has the reason Action and quotes the answer', async () => {
    const run = await gate(saying('The score is 87'));
    expect(run.view.steps[1]).toMatchObject({ phase: 'failed', reason: 'Action' });
    expect(run.view.steps[1]?.message).toContain('"The score is 87"');
  });
});

// In this order: once production is there, it stays.
describe('a score', () => {
  test.each([
    ['0', 'skipped', 0],
    ['60', 'skipped', 0],
    ['61', 'succeeded', 1],
    [' 100\n', 'succeeded', 1],
  ] as const)('of %j: production %s', async (score, phase, prod) => {
    const run = await gate(saying(score));
    expect(run.view.steps[2]?.phase).toBe(phase);
    expect(run.view.phase).toBe('succeeded');
    expect(run.view.steps[2]?.isGated).toBe(phase === 'skipped');
    expect(await deployments()).toEqual({ default: 0, test: 1, prod });
  });

  test('a required step that was skipped is unmet', async () => {
    const run = await gate(saying('60'), { require: ['apply-production'] });
    expect(run.view.unmet).toEqual(['apply-production']);
  });
});

function gate(
  answer: (response: ServerResponse) => void,
  {
    timeout,
    require = [],
  }: { readonly timeout?: string | undefined; readonly require?: readonly string[] } = {},
): Promise<Executed> {
  model.answer = answer;
  const text =
    timeout === undefined
      ? gateText
      : gateText
          .replace('prompt:\n', `timeout: ${timeout}\n          prompt:\n`)
          .replace('if: always\n', 'if: always\n        retry: {limit: 0}\n');
  return execute(session, [fileOf('gate.yaml', text)], { require });
}

/** How many Deployments each cluster has. */
async function deployments(): Promise<{
  readonly default: number;
  readonly test: number;
  readonly prod: number;
}> {
  const count = async (name: string): Promise<number> => {
    const cluster = await session.clusters.get(name);
    return (await cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment' })).length;
  };
  return { default: await count(''), test: await count('test'), prod: await count('prod') };
}
