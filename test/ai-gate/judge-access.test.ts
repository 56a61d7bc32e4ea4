import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/api/json.ts';
import { execute, fileOf, requestFor } from '../session/open-test-session.ts';
import { gateOf, runGate, runText, sessionAt, web } from './run-gate.ts';
import { serveJudge } from './scripted-judge.ts';

const key = 'sk-of-the-step-0123456789';
const quiet = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };
const leaving = { leaveWhenSuspended: true, signal: new AbortController().signal };
const ref = { namespace: 'team', name: 'demo' };

test("the step's own server, model and key; the key is in nothing that is kept", async () => {
  const server = await serveJudge({});
  const judge = { model: 'judge-1', baseUrl: server.endpoint.baseUrl, token: { value: key } };
  const { verdict, object, logs } = await runGate(await sessionAt(undefined), gateOf({ judge }));
  expect(verdict.outcome).toBe('pass');
  expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(`Bearer ${key}`));
  const { status } = object as { readonly status?: unknown };
  expect(JSON.stringify([verdict, status, logs])).not.toContain(key);
});

test('a key from a Secret', async () => {
  const server = await serveJudge({});
  const token = { secretRef: { name: 'judge', key: 'token' } };
  const judge = { model: 'judge-1', baseUrl: server.endpoint.baseUrl, token };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'judge', namespace: 'team' },
    stringData: { token: key },
  };
  const session = await sessionAt(undefined);
  const files = [fileOf('run.yaml', `${stringify(secret)}---\n${runText(gateOf({ judge }))}`)];
  const { view, object } = await execute(session, files);
  expect(view.phase).toBe('succeeded');
  expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${key}`);
  expect(JSON.stringify(object)).not.toContain(key);
  const missing = await execute(session, [
    fileOf(
      'run.yaml',
      runText(gateOf({ judge: { ...judge, token: { secretRef: { name: 'none', key: 'x' } } } }), 'other'),
    ),
  ]);
  expect(missing.view.steps[0]?.message).toMatch(/judge\.token: .*none/);
});

test('a person opens a suspended gate by name, and only then what it guards is let on', async () => {
  const server = await serveJudge({ sleeps: true });
  const session = await sessionAt(server, { isInteractive: true });
  const { runs } = await session.prepare(
    requestFor([fileOf('run.yaml', runText(gateOf({ onError: 'suspend' })))]),
  );
  const [run] = runs;
  if (run === undefined) throw new Error('refused');
  const left = await session.execute(run, quiet, leaving);
  const id = left.view.steps[0]?.notes?.verdict?.id ?? '';
  const [at, expires] = [Date.now(), Date.now() + 60_000].map((ms) => new Date(ms).toISOString());
  await session.verdicts.override('team', id, {
    by: 'mia',
    groups: ['release'],
    reason: 'looked at it',
    at: at ?? '',
    expires: expires ?? '',
    previousOutcome: 'error',
  });
  const resumed = await session.resume(ref, quiet, leaving);
  expect(resumed?.view.phase).toBe('succeeded');
  expect(resumed?.view.steps[0]?.notes?.verdict).toMatchObject({
    outcome: 'error',
    open: true,
    override: { by: 'mia' },
  });
});

test('what was judged may be applied, and nothing else', async () => {
  const server = await serveJudge({});
  const other = { ...web, spec: { ...(web['spec'] as object), replicas: 9 } };
  const release = (value: JsonObject): string =>
    stringify(
      {
        apiVersion: 'core.oam.dev/v1alpha1',
        kind: 'WorkflowRun',
        metadata: { name: 'demo', namespace: 'team' },
        spec: {
          workflowSpec: {
            steps: [
              { name: 'release', type: 'ai-gate', properties: gateOf() },
              { name: 'deploy', type: 'apply-object', requires: ['release'], properties: { value } },
            ],
          },
        },
      },
      { version: '1.1', aliasDuplicateObjects: false },
    );
  const phases = async (value: JsonObject): Promise<readonly string[]> => {
    const { view } = await execute(await sessionAt(server), [fileOf('run.yaml', release(value))]);
    return view.steps.map(({ phase }) => phase);
  };
  expect(await phases(web)).toEqual(['succeeded', 'succeeded']);
  expect(await phases(other)).toEqual(['succeeded', 'failed']);
});
