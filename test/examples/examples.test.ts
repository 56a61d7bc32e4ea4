import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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

/** What each workflow comes to, whatever ran before it in the same state. */
const workflows: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  async diagnose(session) {
    const run = await execute(session, [example('chat-gpt-diagnose.yaml')]);
    expect(transcript(run)).toBe('apply failed/Timeout, chat-diagnose succeeded: failed');
    expect(logOf(run, 'chat-diagnose')).toMatch(/"invalid" of container .* cannot be pulled/);
    expect(logOf(run, 'chat-diagnose')).toMatch(/offline engine/);
    expect(run.logs.find(({ kind }) => kind === 'notice')?.text).toBe('model: offline engine');
  },
  async audit(session) {
    const run = await execute(session, [example('chat-gpt-audit.yaml')]);
    expect(transcript(run)).toBe('apply succeeded, chat-audit succeeded: succeeded');
    for (const weakness of [/limit/i, /root/i, /tag|digest/i])
      expect(logOf(run, 'chat-audit')).toMatch(weakness);
  },
  async both(session) {
    const run = await execute(session, [example('chat-gpt.yaml')]);
    expect(transcript(run)).toBe(
      'apply succeeded, chat-diagnose skipped/Skip, chat-audit succeeded: succeeded',
    );
  },
  async bothFailing(session) {
    const text = readFileSync(join(examples, 'chat-gpt.yaml'), 'utf8')
      .replace('image: nginx', 'image: invalid')
      .replace('type: apply-deployment', 'type: apply-deployment\n        timeout: 1s');
    const run = await execute(session, [fileOf('chat-gpt.yaml', text)]);
    expect(transcript(run)).toBe(
      'apply failed/Timeout, chat-diagnose succeeded, chat-audit skipped/Skip: failed',
    );
  },
  async gate(session) {
    const run = await execute(session, [example('chat-gpt-quality-gate.yaml')]);
    const score = Number(
      run.logs.find(({ step, kind }) => step === 'chat-quality-check' && kind === 'log')?.text,
    );
    expect(Number.isInteger(score) && score >= 0 && score <= 100).toBe(true);
    const isOpen = score > 60;
    const production = isOpen ? 'succeeded' : 'skipped/Skip';
    expect(transcript(run)).toBe(
      `apply succeeded, chat-quality-check succeeded, apply-production ${production}: succeeded`,
    );
    const names = async (cluster: string): Promise<readonly (string | undefined)[]> => {
      const deployments = await (
        await session.clusters.get(cluster)
      ).list({ apiVersion: 'apps/v1', kind: 'Deployment' });
      return deployments.map(({ metadata }) => metadata.name);
    };
    expect(await names('prod')).toEqual(isOpen ? ['apply-production'] : []);
    expect(await names('')).not.toContain('apply-production');
  },
};

describe.concurrent('the four workflows in one state', { timeout: 60_000 }, () => {
  test.each([
    [['diagnose', 'audit', 'both', 'gate', 'diagnose']],
    [['gate', 'both', 'bothFailing', 'audit', 'gate', 'both']],
    [['audit', 'diagnose', 'audit', 'bothFailing', 'diagnose']],
  ])('%j', async (order) => {
    const session = await openTestSession();
    try {
      for (const name of order) await workflows[name]?.(session);
    } finally {
      await session.close();
    }
  });
});

test.concurrent('the failed step’s output reaches the model', { timeout: 60_000 }, async () => {
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

describe.concurrent('chat-gpt.cue', { timeout: 60_000 }, () => {
  test('takes the place of the built-in and sends the request that the file describes', async () => {
    const model = await startModelServer(saying('Pull another image.'));
    const session = await openTestSession({
      env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' },
    });
    try {
      const { faults, applied } = await session.applyDefinitions([example('chat-gpt.cue')]);
      expect(faults.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(applied).toEqual([{ kind: 'WorkflowStepDefinition', name: 'chat-gpt', change: 'created' }]);
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
