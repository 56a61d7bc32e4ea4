import { afterEach, expect, test } from 'vitest';
import { assembleSession } from '../../src/runner/assemble-session.ts';
import type { RunResult, Session } from '../../src/runner/session.ts';
import { openMemoryStore } from '../../src/store/memory/open.ts';
import { createSharedMemory } from '../../src/store/memory/shared-memory.ts';
import { fileOf, requestFor } from './open-test-session.ts';

const memory = createSharedMemory();
const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.close();
});

/** As a process of its own, beside others that share the state. */
async function openProcess(): Promise<Session> {
  const session = await assembleSession(
    { offline: false, env: {}, now: Date.now },
    openMemoryStore({ memory }),
    'no state',
  );
  sessions.push(session);
  return session;
}

interface Driven {
  readonly end: Promise<RunResult>;
  /** Resolves with the first message of the run. */
  readonly message: Promise<string>;
  /** Resolves when a step is at work. */
  readonly begun: Promise<void>;
  readonly stop: () => void;
}

/** Runs a step that waits for a person, and a handler, in the group of the name. */
async function begin(name: string, group: string, policy: string): Promise<Driven> {
  const session = await openProcess();
  const text = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: ${name}}
spec:
  concurrency: {group: ${group}, policy: ${policy}}
  workflowSpec:
    steps: [{name: ask, type: suspend}]
    finally: [{name: bye, type: print-message-in-status, properties: {message: bye}}]
`;
  const { runs } = await session.prepare(requestFor([fileOf(`${name}.yaml`, text)]));
  const message = Promise.withResolvers<string>();
  const begun = Promise.withResolvers<void>();
  const stopping = new AbortController();
  const end = session.execute(
    runs[0] ?? expect.fail(),
    {
      onView: (view) => {
        if (view.message !== undefined) message.resolve(view.message);
        if (view.steps[0]?.phase === 'suspending') begun.resolve();
      },
      onLog: () => undefined,
      onNotice: () => undefined,
    },
    { leaveWhenSuspended: false, signal: stopping.signal },
  );
  return { end, message: message.promise, begun: begun.promise, stop: () => stopping.abort() };
}

const refOf = (name: string) => ({ namespace: 'default', name });
const phasesOf = ({ view }: RunResult): string => [view, ...view.steps].map(({ phase }) => phase).join(', ');

test('runs of a group are at work one after the other, the oldest first', async () => {
  const first = await begin('q1', 'queue', 'queue');
  await first.begun;
  const second = await begin('q2', 'queue', 'queue');
  expect(await second.message).toBe('waits for run q1 in group queue');
  const operator = await openProcess();
  await operator.command(refOf('q1'), { kind: 'resume' });
  await second.begun;
  expect(phasesOf(await first.end)).toBe('succeeded, succeeded, succeeded');
  await operator.command(refOf('q2'), { kind: 'resume' });
  expect(phasesOf(await second.end)).toBe('succeeded, succeeded, succeeded');
});

test('reject ends a run that finds its group taken, before anything of it runs', async () => {
  const first = await begin('r1', 'reject', 'reject');
  await first.begun;
  const second = await begin('r2', 'reject', 'reject');
  const { view } = await second.end;
  expect(view).toMatchObject({
    phase: 'failed',
    isRefused: true,
    message: 'group reject is taken by run r1, and its policy is reject',
  });
  expect(view.steps.map(({ phase }) => phase)).toEqual(['skipped', 'skipped']);
  first.stop();
  await first.end;
});

test('replace ends the run at work, waits for its handlers, and begins', async () => {
  const first = await begin('p1', 'replace', 'queue');
  await first.begun;
  const second = await begin('p2', 'replace', 'replace');
  await second.begun;
  expect(phasesOf(await first.end)).toBe('terminated, failed, succeeded');
  second.stop();
  await second.end;
});

test('replace ends a run that was left waiting for a person, which no process drives', async () => {
  const first = await begin('l1', 'left', 'queue');
  await first.begun;
  first.stop();
  expect((await first.end).end).toBe('stopped');
  const second = await begin('l2', 'left', 'replace');
  await second.begun;
  const operator = await openProcess();
  expect((await operator.get(refOf('l1'))).view.phase).toBe('terminated');
  second.stop();
  await second.end;
});

test('a waiting run that is terminated runs nothing, and one that waits behind it moves up', async () => {
  const first = await begin('t1', 'terminate', 'queue');
  await first.begun;
  const second = await begin('t2', 'terminate', 'queue');
  await second.message;
  const operator = await openProcess();
  await operator.command(refOf('t2'), { kind: 'terminate' });
  expect(phasesOf(await second.end)).toBe('terminated, skipped, skipped');
  first.stop();
  await first.end;
});
