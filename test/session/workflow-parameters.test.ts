import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunRequest, Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession, requestFor } from './open-test-session.ts';

let session: Session;
beforeEach(async () => {
  session = await openTestSession();
});
afterEach(() => session.close());

const workflow = `apiVersion: core.oam.dev/v1alpha1
kind: Workflow
metadata: {name: greet}
parameters:
  properties:
    names: {type: array, items: {type: string}}
    greeting: {type: string, default: hello}
    token: {type: string, default: '', sensitive: true}
  required: [names]
steps:
- name: say
  type: print-message-in-status
  forEach: {from: context.parameters.names}
  if: context.parameters.greeting != ""
  inputs: [{from: item, parameterKey: message}]
  outputs:
  - name: said
    valueFrom: |
      "\\(context.parameters.greeting), \\(parameter.message)"
- name: tell
  type: print-message-in-status
  properties: {message: ''}
  inputs: [{from: 'said[0]', parameterKey: message}]
- name: leak
  type: print-message-in-status
  properties: {message: ''}
  inputs: [{from: context.parameters.token, parameterKey: message}]
`;
const run = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: demo}
spec:
  workflowRef: greet
  parameters: {names: [Ada, Grace], token: correct-horse-battery}
`;
const set = (path: readonly string[], value: RunRequest['context'][number]['value']) =>
  ({ context: [{ path, value, field: 'parameters' }] }) satisfies Partial<RunRequest>;

describe('parameters of a Workflow', () => {
  test('reach conditions, lists, inputs and outputs; a sensitive one is masked', async () => {
    const done = await execute(session, [fileOf('all.yaml', `${workflow}---\n${run}`)]);
    expect(done.view.phase).toBe('succeeded');
    const message = (name: string) => done.view.steps.find((step) => step.name === name)?.message;
    expect(message('tell')).toBe('hello, Ada');
    expect(message('leak')).toBe('***');
    expect(JSON.stringify([done.object['status'], done.view, done.logs])).not.toContain('correct-horse');
  });

  test('are set from the command line, and checked', async () => {
    const files = [fileOf('w.yaml', workflow), fileOf('run.yaml', run)];
    const done = await execute(session, files, set(['greeting'], 'ahoy'));
    expect(done.view.steps.find(({ name }) => name === 'tell')?.message).toBe('ahoy, Ada');
    const refused = await session.prepare(requestFor(files, set(['greeting'], 5)));
    expect(refused.faults).toMatchObject([
      { code: 'InvalidParameter', path: 'spec.parameters.greeting', file: 'run.yaml' },
    ]);
  });

  test('are checked in a Workflow that no run of the files names, and that none calls', async () => {
    const broken = workflow.replace('from: context.parameters.names', 'from: context.parameters.nams');
    const faultsOf = async (...texts: readonly string[]): Promise<readonly string[]> => {
      const files = texts.map((text, at) => fileOf(`${at}.yaml`, text));
      const { faults } = await session.prepare(requestFor(files));
      return faults.map(({ code, file, suggestion }) => `${file} ${code} ${suggestion}`);
    };
    expect(await faultsOf(workflow)).toEqual([]);
    expect(await faultsOf(broken)).toEqual(['0.yaml UnknownContext context.parameters.names']);
    expect(await faultsOf(run, broken)).toEqual(['1.yaml UnknownContext context.parameters.names']);
  });
});
