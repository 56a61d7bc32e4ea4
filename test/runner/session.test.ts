import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSession } from '../../src/runner/open-session.ts';
import type { ExecuteOptions, RunObserver, RunRequest, Session } from '../../src/runner/session.ts';
import type { LogRecord } from '../../src/store/port.ts';
import { answering, saying, startModelServer } from '../examples/model-server.ts';
import { execute, fileOf, requestFor } from '../session/open-test-session.ts';

let directory: string;
let opened: Session[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-session-'));
  opened = [];
});
afterEach(async () => {
  for (const session of opened) await session.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A session on the state directory of the test; several of them are like several processes. */
async function open(env: Readonly<Record<string, string>> = {}): Promise<Session> {
  const session = await openSession({
    stateDir: join(directory, 'state'),
    offline: false,
    env,
    now: Date.now,
  });
  opened.push(session);
  return session;
}

function run(steps: string, more = ''): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: it, namespace: default}
spec:
${more}
  workflowSpec:
    steps:
${steps}
`;
}

const message = (name: string): string =>
  `      - {name: ${name}, type: print-message-in-status, properties: {message: ${name}}}`;
const pause = '      - {name: pause, type: suspend}';
const silent: RunObserver = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };
const ref = { namespace: 'default', name: 'it' };
const leaving = (): ExecuteOptions => ({ leaveWhenSuspended: true, signal: new AbortController().signal });

async function start(session: Session, text: string, request: Partial<RunRequest> = {}) {
  const { runs, faults } = await session.prepare(requestFor([fileOf('run.yaml', text)], request));
  const [prepared] = runs;
  if (prepared === undefined) throw new Error(JSON.stringify(faults));
  return session.execute(prepared, silent, leaving());
}

describe('a run that waits for a person', () => {
  test('is left, found by another process, and resumed there', async () => {
    const first = await open();
    const left = await start(first, run([message('a'), pause, message('b')].join('\n')));
    expect(left.end).toBe('waiting');
    expect(left.view.phase).toBe('suspending');
    const second = await open();
    expect((await second.get(ref)).isLive).toBe(false);
    const ended = await second.resume(ref, silent, leaving());
    expect(ended?.view.phase).toBe('succeeded');
    expect(ended?.view.steps.map(({ phase }) => phase)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  test('is not started again under its name while it is unfinished', async () => {
    const session = await open();
    await start(session, run(pause));
    await expect(start(session, run(pause))).rejects.toMatchObject({ kind: 'invalid', code: 'RunExists' });
  });

  test('can be terminated by a process that does not drive it', async () => {
    const session = await open();
    await start(session, run([pause, message('b')].join('\n')));
    expect(await session.command(ref, { kind: 'terminate' })).toBe('applied');
    const { view } = await session.get(ref);
    expect(view.phase).toBe('terminated');
    expect(view.steps.map(({ phase }) => phase)).toEqual(['failed', 'skipped']);
    await expect(session.command(ref, { kind: 'resume' })).rejects.toMatchObject({ code: 'RunFinished' });
  });
});

describe('a live run', () => {
  test.each(['resume', 'terminate'] as const)('takes %s from another process', async (kind) => {
    const driver = await open();
    const other = await open();
    const { runs } = await driver.prepare(
      requestFor([fileOf('run.yaml', run([pause, message('b')].join('\n')))]),
    );
    const suspended = Promise.withResolvers<void>();
    const observer: RunObserver = {
      ...silent,
      onView: ({ phase }) => phase === 'suspending' && suspended.resolve(),
    };
    const [prepared] = runs;
    if (prepared === undefined) throw new Error('refused');
    const ended = driver.execute(prepared, observer, { ...leaving(), leaveWhenSuspended: false });
    await suspended.promise;
    expect(await other.resume(ref, silent, leaving())).toBeUndefined();
    expect(await other.command(ref, { kind })).toBe('sent');
    expect((await ended).view.phase).toBe(kind === 'resume' ? 'succeeded' : 'terminated');
  });

  test('stops when it is told to, and goes on later', async () => {
    const session = await open();
    const { runs } = await session.prepare(
      requestFor([fileOf('run.yaml', run([pause, message('b')].join('\n')))]),
    );
    const stop = new AbortController();
    const observer: RunObserver = {
      ...silent,
      onView: ({ phase }) => phase === 'suspending' && stop.abort(),
    };
    const [prepared] = runs;
    if (prepared === undefined) throw new Error('refused');
    const stopped = await session.execute(prepared, observer, {
      leaveWhenSuspended: false,
      signal: stop.signal,
    });
    expect(stopped.end).toBe('stopped');
    expect((await session.resume(ref, silent, leaving()))?.view.phase).toBe('succeeded');
  });
});

describe('restart', () => {
  const failing =
    '      - {name: ask, type: request, properties: {url: "http://127.0.0.1:9/"}, retry: {limit: 0}}';

  test('runs everything again', async () => {
    const session = await open();
    await start(session, run(message('a')));
    expect((await session.restart(ref, undefined, silent, leaving())).view.phase).toBe('succeeded');
  });

  test('from a failed step keeps what came before', async () => {
    const session = await open();
    const first = await start(session, run([message('a'), failing, message('b')].join('\n')));
    const again = await session.restart(ref, 'ask', silent, leaving());
    expect(again.view.steps.map(({ phase }) => phase)).toEqual(['succeeded', 'failed', 'skipped']);
    expect(again.view.steps[0]?.endedAtMs).toBe(first.view.steps[0]?.endedAtMs);
    await expect(session.restart(ref, 'a', silent, leaving())).rejects.toMatchObject({
      code: 'CannotRestart',
    });
  });
});

describe('secrets', () => {
  const secret = 'sk-very-secret-0123456789';
  const asking = `      - name: ask
        type: chat-gpt
        properties:
          token: {secretRef: {name: key, key: token}}
          prompt: {type: custom, content: hello}
`;
  const seed = `---
apiVersion: v1
kind: Secret
metadata: {name: key, namespace: default}
stringData: {token: ${secret}}
`;

  test('are sent where they belong, and shown nowhere', async () => {
    const model = await startModelServer(
      answering(401, JSON.stringify({ error: { message: `wrong key ${secret}, ${btoa(secret)}` } })),
    );
    try {
      const session = await open({ OPENAI_BASE_URL: model.url });
      const result = await execute(session, [fileOf('run.yaml', run(asking) + seed)]);
      expect(model.seen[0]?.headers.authorization).toBe(`Bearer ${secret}`);
      expect(result.view.steps[0]?.message).toBe('401: failed to request: wrong key ***, ***');
      const shown = JSON.stringify([result.view, result.object, result.logs, await session.get(ref)]);
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(btoa(secret));
    } finally {
      await model.close();
    }
  });

  test('of a prompt are masked before it leaves', async () => {
    const model = await startModelServer(saying('fine'));
    try {
      const session = await open({ OPENAI_BASE_URL: model.url });
      const text = run(asking.replace('content: hello', `content: "the manifest says ${secret}"`)) + seed;
      const result = await execute(session, [fileOf('run.yaml', text)]);
      expect(result.view.phase).toBe('succeeded');
      expect(model.seen[0]?.body).toMatch(/the manifest says <(?:secret|token):[0-9a-f]{6}>/);
      expect(model.seen[0]?.body).not.toContain(secret);
    } finally {
      await model.close();
    }
  });

  test('are kept where only the user can read', async () => {
    await start(await open(), run(message('a')));
    expect(statSync(join(directory, 'state')).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, 'state/sluice.db')).mode & 0o777).toBe(0o600);
  });
});

describe('the command line’s part', () => {
  test('--set writes into the context', async () => {
    const session = await open();
    const step =
      '      - {name: a, type: print-message-in-status, if: \'context.stage == "prod"\', properties: {message: a}}';
    const context = [{ path: ['stage'], value: 'prod' }];
    const result = await start(session, run(step, '  context: {stage: test}'), { context });
    expect(result.view.steps[0]?.phase).toBe('succeeded');
  });

  test('--timeout ends the run when it is shorter than spec.timeout', async () => {
    const session = await open();
    const result = await execute(session, [fileOf('run.yaml', run(pause, '  timeout: 1h'))], {
      timeoutMs: 60,
    });
    expect(result.view).toMatchObject({ phase: 'failed', isOverdue: true });
  });

  test('a generated name is new each time', async () => {
    const session = await open();
    const text = run(message('a')).replace('name: it,', 'generateName: it-,');
    const names = [(await start(session, text)).ref.name, (await start(session, text)).ref.name];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^it-[a-z0-9]{5}$/);
  });

  test('a run refers to a Workflow of the same files', async () => {
    const session = await open();
    const text = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: it, namespace: default}
spec: {workflowRef: shared}
---
apiVersion: core.oam.dev/v1alpha1
kind: Workflow
metadata: {name: shared, namespace: default}
steps:
${message('a').slice(4)}
${pause.slice(4)}
`;
    expect((await start(session, text)).end).toBe('waiting');
    expect((await (await open()).resume(ref, silent, leaving()))?.view.phase).toBe('succeeded');
  });

  test('a run that was started on a cluster does not go on on another', async () => {
    await start(await open(), run(pause));
    const kubeconfig = join(directory, 'kubeconfig');
    const elsewhere = openSession({
      stateDir: join(directory, 'state'),
      kubeconfig,
      offline: false,
      env: {},
      now: Date.now,
    });
    // Without that file the session itself cannot be opened; either way nothing runs.
    await expect(elsewhere.then((session) => session.resume(ref, silent, leaving()))).rejects.toMatchObject({
      kind: expect.stringMatching(/invalid|environment/) as string,
    });
  });
});

describe('logs', () => {
  test('are there after the run, and following them ends with it', async () => {
    const model = await startModelServer(saying('one\ntwo'));
    try {
      const session = await open({ OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-0123456789abcdef' });
      const ask = '      - {name: ask, type: chat-gpt, properties: {prompt: {type: custom, content: hello}}}';
      await start(session, run(ask));
      const records: LogRecord[] = [];
      const follow = { follow: true, signal: new AbortController().signal };
      for await (const record of (await open()).logs(ref, follow)) records.push(record);
      expect(records.map(({ kind, text }) => [kind, text])).toEqual([
        ['notice', `model: ${new URL(model.url).host}`],
        ['log', 'one\ntwo'],
      ]);
    } finally {
      await model.close();
    }
  });
});

test('places of a step type count from the beginning of its file', async () => {
  const session = await open();
  const broken = `---
apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata: {name: mine, annotations: {definition.oam.dev/description: mine}}
spec:
  schematic:
    cue:
      template: |
        import "vela/op"

        x: op.#Lgo & {data: "x"}
`;
  const text = run(message('a')) + broken;
  const { faults } = await session.prepare(requestFor([fileOf('run.yaml', text)]));
  const line = text.split('\n').findIndex((each) => each.includes('#Lgo')) + 1;
  expect(faults).toMatchObject([{ code: 'BadCue', line, severity: 'error' }]);
});
