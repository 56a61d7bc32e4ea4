import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRequest, Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession, requestFor } from '../session/open-test-session.ts';

let session: Session;
beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

/** Any step type serves to see what becomes of a document. */
const gate = `# a comment
apiVersion: sluice.dev/v1alpha1
kind: Gate
metadata:
  name: hello
  namespace: team
spec:
  type: print-message-in-status
  message: hi
`;
const run = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata:
  name: release
spec:
  workflowSpec:
    steps:
      - name: first
        type: suspend
      - name: group
        type: step-group
        subSteps:
          - name: say
            type: print-message-in-status
            if: status.first.succeeded
            dependsOn: [first]
            properties:
              message: hi
`;

async function faultsOf(text: string, request: Partial<RunRequest> = {}): Promise<readonly string[]> {
  const { faults } = await session.prepare(requestFor([fileOf('gate.yaml', text)], request));
  return faults.map(({ line, column, path, code }) => `${line}:${column} ${path} ${code}`);
}

describe('a gate on its own', () => {
  test('is the run of one step, named after it', async () => {
    const { view, ref } = await execute(session, [fileOf('gate.yaml', gate)]);
    expect(ref).toEqual({ namespace: 'team', name: expect.stringMatching(/^hello-.{5}$/) });
    expect(view.steps).toMatchObject([{ name: 'hello', phase: 'succeeded', message: 'hi' }]);
  });

  test('is read again from its file when the run is looked at later', async () => {
    const { ref } = await execute(session, [fileOf('gate.yaml', gate)]);
    expect((await session.get(ref)).view.steps).toMatchObject([{ name: 'hello', message: 'hi' }]);
  });

  test.each([
    [
      'a parameter of a wrong type',
      gate.replace('message: hi', 'message: 3'),
      ['9:12 spec.message InvalidParameter'],
    ],
    [
      'an unknown parameter',
      gate.replace('  message', '  mesage: x\n  message'),
      ['9:3 spec.mesage UnknownParameter'],
    ],
    [
      'a step type that is not there',
      gate.replace('print-message', 'prnt-message'),
      ['8:9 spec.type UnknownStepType'],
    ],
    ['a name that is none', gate.replace('name: hello', 'name: "a b"'), ['5:9 metadata.name BadName']],
    [
      'no spec',
      gate.slice(0, gate.indexOf('spec:')),
      ['2:1 spec.subject MissingParameter', '2:1 spec.objectives MissingParameter'],
    ],
  ])('%s is a fault at its place', async (_name, text, expected) => {
    expect(await faultsOf(text)).toEqual(expected);
  });

  test('keeps the place of its step', async () => {
    const { runs } = await session.prepare(requestFor([fileOf('gate.yaml', gate)]));
    expect(runs[0]?.places.get('hello')).toMatchObject({ file: 'gate.yaml', line: 8, path: 'spec' });
  });
});

describe('one step of a run', () => {
  test.each(['say', 'group/say'])('%s runs without what ties it to others', async (step) => {
    const options = { gate: { step, properties: { message: 'given' } } };
    const { view } = await execute(session, [fileOf('run.yaml', run)], options);
    expect(view.steps).toMatchObject([{ name: 'say', phase: 'succeeded', message: 'given' }]);
    expect(view.name).toMatch(/^release-.*say-.{5}$/);
  });

  test('waits for no run of its group', async () => {
    const grouped = run.replace('spec:\n', 'spec:\n  concurrency: {group: prod}\n');
    const options = { gate: { step: 'say', properties: { message: 'given' } } };
    const { object } = await execute(session, [fileOf('run.yaml', grouped)], options);
    expect(object['spec']).not.toHaveProperty('concurrency');
  });

  test('that is not there is a fault', async () => {
    const faults = await faultsOf(run, { gate: { step: 'no', properties: {} } });
    expect(faults).toEqual(['7:5 spec.workflowSpec.steps NoSuchStep']);
  });

  test('has its faults where it stands', async () => {
    const wrong = run.replace('message: hi', 'message: 3');
    expect(await faultsOf(wrong, { gate: { step: 'say', properties: {} } })).toEqual([
      '18:24 spec.workflowSpec.steps[1].subSteps[0].properties.message InvalidParameter',
    ]);
  });
});
