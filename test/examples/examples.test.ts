import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession, type Executed } from '../session/open-test-session.ts';
import { answering, saying, startModelServer } from './model-server.ts';

const examples = join(import.meta.dirname, '../../examples');
const example = (name: string) => fileOf(`examples/${name}`, readFileSync(join(examples, name)));

function transcript({ view }: Executed): string {
  const steps = view.steps.map(
    ({ name, phase, reason }) => `${name} ${phase}${reason === undefined ? '' : `/${reason}`}`,
  );
  return `${steps.join(', ')}: ${view.phase}`;
}

function logOf({ logs }: Executed, step: string): string {
  return logs
    .filter((record) => record.step === step && record.kind === 'log')
    .map(({ text }) => text)
    .join('\n');
}

describe('the four workflows, one after the other and again, in one state', () => {
  let session: Session;
  beforeAll(async () => {
    session = await openTestSession();
  });
  afterAll(() => session.close());

  const twice = [1, 2];

  test.each(twice)('chat-gpt-diagnose: the answer names the cause (%i)', async () => {
    const run = await execute(session, [example('chat-gpt-diagnose.yaml')]);
    expect(transcript(run)).toBe('apply failed/Timeout, chat-diagnose succeeded: failed');
    expect(logOf(run, 'chat-diagnose')).toMatch(/invalid.*cannot be pulled|pull.*invalid/is);
    expect(logOf(run, 'chat-diagnose')).toMatch(/offline engine/);
    expect(run.notices.concat(run.logs.map(({ text }) => text)).join('\n')).toMatch(/offline engine/);
  });

  test.each(twice)('chat-gpt-audit: the answer names weaknesses (%i)', async () => {
    const run = await execute(session, [example('chat-gpt-audit.yaml')]);
    expect(transcript(run)).toBe('apply succeeded, chat-audit succeeded: succeeded');
    const answer = logOf(run, 'chat-audit');
    for (const weakness of [/limits/i, /root/i, /tag|digest/i]) expect(answer).toMatch(weakness);
  });

  test.each(twice)('chat-gpt: audited when it went well (%i)', async () => {
    const run = await execute(session, [example('chat-gpt.yaml')]);
    expect(transcript(run)).toBe(
      'apply succeeded, chat-diagnose skipped/Skip, chat-audit succeeded: succeeded',
    );
  });

  test.each(twice)('chat-gpt: diagnosed when it did not (%i)', async () => {
    const text = readFileSync(join(examples, 'chat-gpt.yaml'), 'utf8')
      .replace('image: nginx', 'image: invalid')
      .replace('type: apply-deployment', 'type: apply-deployment\n        timeout: 1s');
    const run = await execute(session, [fileOf('chat-gpt.yaml', text)]);
    expect(transcript(run)).toBe(
      'apply failed/Timeout, chat-diagnose succeeded, chat-audit skipped/Skip: failed',
    );
  });

  test.each(twice)('chat-gpt-quality-gate: prod exactly when the score is above 60 (%i)', async () => {
    const run = await execute(session, [example('chat-gpt-quality-gate.yaml')]);
    const score = Number(logOf(run, 'chat-quality-check'));
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThanOrEqual(100);
    const isOpen = score > 60;
    const production = isOpen ? 'succeeded' : 'skipped/Skip';
    expect(transcript(run)).toBe(
      `apply succeeded, chat-quality-check succeeded, apply-production ${production}: succeeded`,
    );
    const prod = await session.clusters.get('prod');
    expect((await prod.list({ apiVersion: 'apps/v1', kind: 'Deployment' })).length).toBe(isOpen ? 1 : 0);
    const home = await session.clusters.get('');
    const deployments = await home.list({ apiVersion: 'apps/v1', kind: 'Deployment' });
    expect(deployments.map(({ metadata }) => metadata.name)).not.toContain('apply-production');
  });
});

test('the failed step’s output reaches the model', async () => {
  const model = await startModelServer(saying('I see.'));
  const session = await openTestSession({
    env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' },
  });
  try {
    const run = await execute(session, [example('chat-gpt-diagnose.yaml')]);
    expect(logOf(run, 'chat-diagnose')).toBe('I see.');
    const { body, headers, url } = model.seen[0] ?? { body: '', headers: {}, url: '' };
    const request = JSON.parse(body) as { model: string; messages: { role: string; content: string }[] };
    expect(url).toBe('/v1/chat/completions');
    expect(headers.authorization).toBe('Bearer sk-0123456789abcdef');
    expect(request.messages[0]?.content).toContain('"image":"invalid"');
    expect(request.messages[0]?.content).not.toContain('managedFields');
  } finally {
    await session.close();
    await model.close();
  }
});

describe('chat-gpt.cue', () => {
  test('takes the place of the built-in and sends the request that the file describes', async () => {
    const model = await startModelServer(saying('Pull another image.'));
    const session = await openTestSession({
      env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' },
    });
    try {
      const { faults, applied } = await session.applyDefinitions([example('chat-gpt.cue')]);
      expect(faults.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(applied).toEqual([{ name: 'chat-gpt', change: 'created' }]);
      const found = (await session.stepTypes([])).find(({ name }) => name === 'chat-gpt');
      expect(found?.origin).toBe('installed');
      const run = await execute(session, [example('chat-gpt-diagnose.yaml')]);
      expect(transcript(run)).toBe('apply failed/Timeout, chat-diagnose succeeded: failed');
      expect(logOf(run, 'chat-diagnose')).toBe('Pull another image.');
      const [seen] = model.seen;
      expect(seen?.url).toBe('/v1/chat/completions');
      expect(seen?.headers['content-type']).toBe('application/json');
      const body = JSON.parse(seen?.body ?? '{}') as {
        model: string;
        messages: { role: string; content: string }[];
      };
      expect(Object.keys(body)).toEqual(['model', 'messages']);
      expect(body.model).toBe('gpt-3.5-turbo');
      expect(body.messages).toHaveLength(1);
      expect(body.messages[0]?.content).toMatch(
        /^You are a professional kubernetes administrator\.\nCarefully read/,
      );
      expect(body.messages[0]?.content).toMatch(/What is wrong with this object and how to fix it\?$/);
      expect(body.messages[0]?.content).toContain('"image":"invalid"');
    } finally {
      await session.close();
      await model.close();
    }
  });

  test('fails with the provider’s words', async () => {
    const model = await startModelServer(answering(429, '{"error":{"message":"slow down"}}'));
    const session = await openTestSession({
      env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' },
    });
    try {
      await session.applyDefinitions([example('chat-gpt.cue')]);
      const run = await execute(session, [example('chat-gpt-diagnose.yaml')]);
      expect(run.view.steps[1]).toMatchObject({
        phase: 'failed',
        reason: 'Action',
        message: '429: failed to request: slow down',
      });
    } finally {
      await session.close();
      await model.close();
    }
  });

  test('runs on the offline engine, too', async () => {
    const session = await openTestSession();
    try {
      await session.applyDefinitions([example('chat-gpt.cue')]);
      const run = await execute(session, [example('chat-gpt-diagnose.yaml')]);
      expect(transcript(run)).toBe('apply failed/Timeout, chat-diagnose succeeded: failed');
      expect(logOf(run, 'chat-diagnose')).toMatch(/pull/i);
    } finally {
      await session.close();
    }
  });
});
