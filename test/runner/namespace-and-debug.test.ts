import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunReading } from '../../src/runner/backend.ts';
import type { RunRequest, Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession, requestFor } from '../session/open-test-session.ts';

let session: Session;
beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

function runFile(metadata: string, ...steps: readonly string[]) {
  const lines = steps.map((step) => `      - ${step}\n`).join('');
  const text = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {${metadata}}
spec:
  workflowSpec:
    steps:
${lines}`;
  return fileOf('run.yaml', text);
}

const say = '{name: say, type: print-message-in-status, properties: {message: hello}}';
const pause = '{name: pause, type: suspend}';

describe('--namespace', () => {
  test.each<[string, Partial<RunRequest>, string]>([
    ['name: one', {}, 'default'],
    ['name: two', { namespace: 'team' }, 'team'],
    ['name: three, namespace: own', {}, 'own'],
    ['name: four, namespace: team', { namespace: 'team' }, 'team'],
    ['generateName: five-', { namespace: 'team' }, 'team'],
  ])('%s with %j is in %s', async (metadata, request, namespace) => {
    const { ref, object } = await execute(session, [runFile(metadata, say)], request);
    expect([ref.namespace, object]).toMatchObject([namespace, { metadata: { namespace } }]);
    // It is there still when the run is read again.
    expect((await session.get(ref)).view.namespace).toBe(namespace);
  });

  test('does not move a run that names another', async () => {
    const request = requestFor([runFile('name: it, namespace: own', say)], { namespace: 'team' });
    const { faults, runs } = await session.prepare(request);
    expect(runs).toEqual([]);
    expect(faults).toMatchObject([
      { code: 'OtherNamespace', severity: 'error', path: 'metadata.namespace', line: 3 },
    ]);
  });
});

describe('debug', () => {
  test('shows what the stored state knows of each step', async () => {
    const metadata = 'name: open, annotations: {workflowrun.oam.dev/debug: "true"}';
    const file = runFile(metadata, say, pause);
    const [run] = (await session.prepare(requestFor([file]))).runs;
    if (run === undefined) throw new Error('refused');
    const silent = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };
    const options = { leaveWhenSuspended: true, signal: new AbortController().signal };
    await session.execute(run, silent, options);
    expect(await session.debug(run.ref)).toEqual([
      expect.objectContaining({ path: 'say', phase: 'succeeded', message: 'hello' }),
      expect.objectContaining({
        path: 'pause',
        phase: 'suspending',
        stage: expect.objectContaining({ kind: 'suspended' }) as object,
        attempt: 1,
      }),
    ]);
  });

  test('is refused without the annotation', async () => {
    const { ref } = await execute(session, [runFile('name: closed', say)]);
    await expect(session.debug(ref)).rejects.toMatchObject({ code: 'NotInDebugMode' });
  });
});

test('a watch shows a run as it changes, until it is gone', async () => {
  const { ref } = await execute(session, [runFile('name: watched', say)]);
  const seen: RunReading[] = [];
  for await (const reading of session.watch(ref, new AbortController().signal)) {
    seen.push(reading);
    await session.delete(ref);
  }
  expect(seen.map(({ view }) => view.phase)).toEqual(['succeeded']);
});

test('a step type is shown as the definition that it is', async () => {
  expect(await session.definition('suspend')).toMatchObject({
    kind: 'WorkflowStepDefinition',
    metadata: { name: 'suspend' },
  });
  expect(await session.definition('nope')).toBeUndefined();
});
