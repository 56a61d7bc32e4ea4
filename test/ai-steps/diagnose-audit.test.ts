import { describe, expect, test } from 'vitest';
import type { Session } from '../../src/runner/session.ts';
import { startModelServer, type ModelServer } from '../examples/model-server.ts';
import { execute, fileOf, openTestSession, type Executed } from '../session/open-test-session.ts';

interface Request {
  readonly model: string;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

const image = 'registry.corp.invalid/team/app';

/** Applies a Deployment that cannot start, and asks about it. */
function workflow(ask: string): string {
  return `
apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: look, namespace: default}
spec:
  mode: {steps: DAG, subSteps: DAG}
  workflowSpec:
    steps:
      - name: apply
        type: apply-object
        properties:
          value:
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web-shop}
            spec:
              selector: {matchLabels: {app: web-shop}}
              template:
                metadata: {labels: {app: web-shop}}
                spec:
                  containers:
                    - name: main
                      image: ${image}
                      env: [{name: DB_PASSWORD, value: hunter2hunter2}, {name: DB_HOST, value: db.corp.example}]
      - name: ask
        dependsOn: [apply]
${ask}`;
}

const diagnose = `        type: ai-diagnose
        properties:
          target: {apiVersion: apps/v1, kind: Deployment, name: web-shop}
`;
const audit = diagnose.replace('ai-diagnose', 'ai-audit');
const askAudit = '        type: ai-audit\n        properties:\n';

function envOf({ url }: ModelServer): Readonly<Record<string, string>> {
  return { OPENAI_BASE_URL: url, OPENAI_API_KEY: 'sk-test-0123456789', OPENAI_MODEL: 'small' };
}

/** Answers with words, and keeps count as a server does. */
async function startModel(say: (request: Request) => string): Promise<ModelServer> {
  const model = await startModelServer();
  model.answer = (response) => {
    const request = requestOf(model);
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'small-2026',
        choices: [{ index: 0, message: { role: 'assistant', content: say(request) }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 900, completion_tokens: 30, total_tokens: 930 },
      }),
    );
  };
  return model;
}

function requestOf({ seen }: ModelServer): Request {
  return JSON.parse(seen.at(-1)?.body ?? '{}') as Request;
}

async function run(text: string, env: Readonly<Record<string, string>> = {}): Promise<Executed> {
  return within(env, (session) => execute(session, [fileOf('run.yaml', text)]));
}

async function within<T>(
  env: Readonly<Record<string, string>>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const session = await openTestSession({ env });
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

function logOf({ logs }: Executed): string {
  return logs
    .filter(({ step, kind }) => step === 'ask' && kind === 'log')
    .map(({ text }) => text)
    .join('\n');
}

describe.concurrent('offline', { timeout: 60_000 }, () => {
  test('a diagnosis from the live state, which says what it is', async () => {
    const ran = await run(workflow(diagnose));
    expect(ran.view.phase).toBe('succeeded');
    const log = logOf(ran);
    expect(log).toMatch(/^Diagnosis of Deployment default\/web-shop \(live state, in-memory cluster/);
    // How far the rollout has come depends on the machine.
    expect(log).toMatch(/cannot be pulled|ImagePull|is not there yet/);
    expect(log).toMatch(/offline engine: fixed rules/);
  });

  test('an audit, in the language that was asked for', async () => {
    const log = logOf(await run(workflow(`${audit}          language: Chinese\n`)));
    expect(log).toMatch(/安全配置问题/);
    expect(log).toMatch(/DB_PASSWORD/);
    expect(log).not.toMatch(/hunter2/);
  });

  test('without names it judges the text alone', async () => {
    const log = logOf(await run(workflow(`${diagnose}          anonymize: true\n`)));
    expect(log).toMatch(/^Diagnosis of Deployment default\/web-shop \(judged by its text alone\)/);
  });
});

describe.concurrent('a model', { timeout: 60_000 }, () => {
  test('gets findings, state and object, masked, as one JSON string that cannot end', async () => {
    const model = await startModel(() => 'The image is gone.');
    try {
      const ran = await run(workflow(diagnose), envOf(model));
      expect(logOf(ran)).toBe('The image is gone.');
      const { messages } = requestOf(model);
      expect(messages.map(({ role }) => role)).toEqual(['system', 'user']);
      expect(messages[0]?.content).toMatch(
        /^You are an experienced Kubernetes administrator[^]*Answer in English[^]*Some values were replaced/,
      );
      const lines = messages[1]?.content.split('\n') ?? [];
      expect(lines[0]).toBe('What is wrong with this object, and how can it be fixed?');
      const at = lines.findIndex((line) => line.startsWith('BEGIN EVIDENCE '));
      expect(lines.slice(at).map((line) => line.slice(0, 13))).toEqual([
        'BEGIN EVIDENC',
        expect.stringMatching(/^"## finding f/),
        'END EVIDENCE ',
      ]);
      const evidence = JSON.parse(lines[at + 1] ?? '') as string;
      expect(evidence).toMatch(/^## finding findings: causes[^]*^## object Deployment default\/web-shop/m);
      expect(messages[1]?.content).not.toMatch(/hunter2|corp\.example|corp\.invalid|managedFields/);
      const step = ran.view.steps.find(({ name }) => name === 'ask');
      expect(step).toMatchObject({ phase: 'succeeded' });
    } finally {
      await model.close();
    }
  });

  test('its answer gets names and addresses back, and never a secret', async () => {
    const model = await startModel(({ messages }) => messages.at(-1)?.content ?? '');
    try {
      const text = workflow(
        `${diagnose}          anonymize: true\n          question: Does 10.1.2.3 answer web-shop?\n`,
      );
      const ran = await run(text, envOf(model));
      expect(JSON.stringify(requestOf(model))).not.toMatch(
        /web-shop|10\.1\.2\.3|corp\.example|corp\.invalid/,
      );
      expect(logOf(ran)).toMatch(/Does 10\.1\.2\.3 answer web-shop\?[^]*registry\.corp\.invalid/);
      expect(logOf(ran)).not.toMatch(/hunter2/);
    } finally {
      await model.close();
    }
  });

  test('the same question about the same evidence is asked once while it is cached', async () => {
    const model = await startModel(() => 'Cached.');
    const written = `${askAudit}          target: {apiVersion: batch/v1, kind: Job, metadata: {name: once}, spec: {}}\n`;
    try {
      await within(envOf(model), async (session) => {
        for (const cacheFor of ['1h', '1h', '0s']) {
          const text = workflow(`${written}          cacheFor: ${cacheFor}\n`);
          expect(logOf(await execute(session, [fileOf('run.yaml', text)]))).toBe('Cached.');
        }
      });
      expect(model.seen).toHaveLength(2);
    } finally {
      await model.close();
    }
  });
});

test('what does not exist is not asked about', { timeout: 60_000 }, async () => {
  const ran = await run(workflow(diagnose.replace('name: web-shop', 'name: nothing')));
  expect(ran.view.steps.find(({ name }) => name === 'ask')).toMatchObject({
    phase: 'failed',
    message: 'there is nothing to diagnose: Deployment default/nothing does not exist',
  });
});
