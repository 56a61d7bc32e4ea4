import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'yaml';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { realCli } from '../cli/real-cli.ts';
import { saying, startModelServer, type ModelServer } from '../examples/model-server.ts';
import { leaksIn } from './leaks-in.ts';
import { Canaries, leakyDeployment, leakySecret, openCluster, openEcho, secretYaml } from './scene.ts';

/** What authors wrote, and what systems repeat: a model must not see it. */
const planted = new Canaries('Cnry');
/** What was read from a Secret, or given to a sensitive parameter: nobody must see it. */
const known = new Canaries('Knwn');

const secrets: Readonly<Record<string, string>> = {
  'known-token': known.plant('token of chat-gpt, from a Secret'),
  'known-header': known.plant('header from a Secret, echoed'),
  'known-broken': known.plant('header from a Secret, in an error'),
  'known-object': known.plant('Secret that a step reads'),
  'known-log': known.plant('Secret that a program logs'),
  'known-key': known.plant('token of ai-diagnose, from a Secret'),
};
const sensitive = known.plant('token of ai-audit, as a sensitive parameter');

const secretRef = (name: string): JsonObject => ({ secretRef: { name, key: 'value' } });
const headersFromSecret = (name: string): Json => [{ header: 'X-Api-Key', secret: name, key: 'value' }];

let requests = '';
const shown: { readonly what: string; readonly text: string }[] = [];
let directory = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-canary-'));
  const model = await startModelServer();
  // It repeats all it was told.
  model.answer = (response) => saying(lastMessage(model))(response);
  const echo = await openEcho();
  const cluster = await openCluster(planted, secrets);
  try {
    await runAll(model, echo.url, cluster.kubeconfig);
    requests = model.seen.map(({ body }) => body).join('\n');
  } finally {
    await cluster.close();
    await echo.close();
    await model.close();
  }
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true }));

function lastMessage({ seen }: ModelServer): string {
  const { messages } = JSON.parse(seen.at(-1)?.body ?? '') as { messages: { content: string }[] };
  return messages.at(-1)?.content ?? '';
}

async function runAll(model: ModelServer, echoUrl: string, kubeconfig: string): Promise<void> {
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const run = file('run.json', JSON.stringify(workflow(echoUrl)));
  const log = file('app.log', `boot\nsecret_key = ${planted.plant('evidence file: log')}\nfailed\n`);
  const text = file('notes.yaml', secretYaml(planted));
  const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-operators-own-key', OPENAI_MODEL: 'small' };
  const cli = async (...argv: readonly string[]): Promise<void> => {
    const where = argv[0] === 'run' ? ['--kubeconfig', kubeconfig] : [];
    const { stdout, stderr } = await realCli([...argv, ...where], { stateDir: directory, env });
    shown.push(
      { what: `${argv.join(' ')}: output`, text: withoutSpec(stdout) },
      { what: `${argv.join(' ')}: errors`, text: stderr },
    );
  };
  const reports = ['junit.xml', 'log.sarif', 'summary.md'].map((name) => join(directory, name));
  await cli(
    'run',
    run,
    '-o',
    'json',
    '--evidence',
    log,
    '--evidence',
    text,
    ...['--junit', '--sarif', '--summary'].flatMap((flag, index) => [flag, reports[index] ?? '']),
  );
  await cli('workflow', 'status', 'canary', '-n', 'default', '-o', 'yaml');
  await cli('workflow', 'logs', 'canary', '-n', 'default');
  await cli('workflow', 'list', '-o', 'json');
  for (const name of reports) shown.push({ what: name, text: readFileSync(name, 'utf8') });
  shown.push(...stored(join(directory, 'sluice.db')));
}

/** The author's own literals stay where the author wrote them. */
function withoutSpec(output: string): string {
  const value = /^(?:\{|apiVersion:)/.test(output) ? (parse(output) as JsonObject) : undefined;
  if (value?.['status'] === undefined) return output;
  const { spec: _spec, ...rest } = value;
  return JSON.stringify(rest);
}

/**
 * The state of runs, their logs and what is kept of models; apart from what the author wrote and the list of what is masked,
 * which only the user can read.
 */
function stored(file: string): readonly { readonly what: string; readonly text: string }[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = [
      'runs',
      'logs',
      'answers',
      'verdicts',
      'commands',
      'spend_accounts',
      'spend_reservations',
    ];
    return tables.map((table) => ({
      what: `table ${table}`,
      text: JSON.stringify(database.prepare(`SELECT * FROM ${table}`).all()),
    }));
  } finally {
    database.close();
  }
}

/** Every step that asks a model, each on all that the slots hold. All run, whatever becomes of the others. */
function workflow(echoUrl: string): JsonObject {
  const object = leakyDeployment(planted);
  const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'default' };
  const always = { if: 'always' };
  const asking = (name: string, type: string, properties: JsonObject, more: JsonObject = {}): JsonObject => ({
    name,
    type,
    ...always,
    ...more,
    properties,
  });
  const chat = (name: string, prompt: JsonObject, from?: string): JsonObject =>
    asking(
      name,
      'chat-gpt',
      { token: secretRef('known-token'), model: 'small', prompt },
      from === undefined ? {} : { inputs: [{ from, parameterKey: 'prompt.content' }] },
    );
  const steps: readonly JsonObject[] = [
    asking(
      'apply',
      'apply-object',
      { value: object },
      { outputs: [{ name: 'applied', valueFrom: 'apply.value' }] },
    ),
    asking(
      'echo',
      'request',
      {
        url: `${echoUrl}/`,
        header: { Authorization: `Bearer ${planted.plant('HTTP header')}` },
        headersFromSecret: headersFromSecret('known-header'),
      },
      { outputs: [{ name: 'echoed', valueFrom: 'response' }] },
    ),
    asking(
      'broken',
      'request',
      { url: `${echoUrl}/broken`, headersFromSecret: headersFromSecret('known-broken') },
      { retry: { limit: 0 } },
    ),
    asking(
      'read',
      'read-object',
      { apiVersion: 'v1', kind: 'Secret', name: 'known-object' },
      { outputs: [{ name: 'readSecret', valueFrom: 'output.value' }] },
    ),
    chat('diagnose', { type: 'diagnose' }, 'applied'),
    chat('audit', { type: 'audit' }, 'applied'),
    chat('score', { type: 'quality-gate' }, 'applied'),
    chat('of-echo', { type: 'custom' }, 'echoed'),
    chat('of-secret', { type: 'custom' }, 'readSecret'),
    chat('pasted', { type: 'custom', content: leakySecret(planted) }),
    chat('prose', { type: 'custom', content: prose() }),
    asking('ai-diagnose', 'ai-diagnose', {
      target,
      token: secretRef('known-key'),
      question: `Does the password ${planted.plant('question')} fit? password: ${planted.values.at(-1) ?? ''}`,
      evidence: {
        items: [
          { kind: 'metrics', ref: 'metrics', text: `up{api_key="${planted.plant('metrics')}"} 1` },
          { kind: 'finding', ref: 'scan', text: `leak: token=${planted.plant('finding of a tool')}` },
        ],
      },
    }),
    asking('ai-audit', 'ai-audit', { target: leakySecret(planted), token: { value: sensitive } }),
    asking('ai-gate', 'ai-gate', {
      subject: object,
      criteria: [{ id: 'a', question: 'Is every image pinned by a digest?' }],
      judge: { model: 'small' },
      evidence: {
        target,
        items: [{ kind: 'log', ref: 'l', text: `login ok, apikey=${planted.plant('evidence of a gate')}` }],
      },
    }),
  ];
  return {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'canary', namespace: 'default' },
    spec: { workflowSpec: { steps } },
  };
}

function prose(): string {
  return [
    'Why does this fail?',
    `curl -H "Authorization: Bearer ${planted.plant('prompt: curl header')}" https://api.acme.com`,
    `error: dial tcp: postgres://app:${planted.plant('error text: user-info')}@db.acme.com:5432/x: refused`,
    `DB_PASSWORD=${planted.plant('prompt: assignment')} ./run`,
    `the token is ghp_${planted.plant('prompt: token shape')}abcdefghijklmnop`,
    `encoded: ${Buffer.from(`password=${planted.plant('prompt: in base64')}`).toString('base64')}`,
    `query: /x?access_token=${planted.plant('prompt: query')}&a=1`,
  ].join('\n');
}

test('every kind of step has asked, and there are enough slots', () => {
  for (const said of [
    'administrator on call',
    'who reviews what is about to run',
    'score out of 100',
    'Why does this fail?',
    'digest?',
  ])
    expect(requests).toContain(said);
  // What stands beside the slots has arrived, so what stood in them was looked at.
  for (const beside of [
    'export API_TOKEN=',
    '--password=',
    'httpHeaders',
    'Ddb.password=',
    '/webhook',
    'Back-off restarting; env had PASSWORD=',
    'probe sent Cookie',
    'connecting to amqp://',
    'secret_key = ',
    'kind: Secret',
    'x-api-key',
    '(18 characters)',
    'curl -H',
    'up{api_key=',
    'leak: token=',
    'login ok, apikey=',
  ])
    expect(requests.includes(beside) ? '' : beside).toBe('');
  expect(planted.values.length + known.values.length).toBeGreaterThanOrEqual(50);
});

test('no request to a model holds a secret in any spelling', () => {
  expect(leaksIn(planted, requests)).toEqual([]);
  expect(leaksIn(known, requests)).toEqual([]);
});

test('what was read from a Secret or given to a sensitive parameter is shown nowhere', () => {
  expect(shown.filter(({ text }) => text.length > 2).length).toBeGreaterThan(6);
  const found = shown.flatMap(({ what, text }) => leaksIn(known, text).map((leak) => `${what}: ${leak}`));
  // What a step hands on to the next has to be kept for it.
  const handedOn = /^table runs: (?:header from a Secret, echoed|Secret that a step reads):/;
  expect(found.filter((leak) => !handedOn.test(leak))).toEqual([]);
});
