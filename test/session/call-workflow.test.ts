import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StepView } from '../../src/engine/view.ts';
import type { Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession, type Executed } from './open-test-session.ts';

let session: Session;
beforeEach(async () => {
  session = await openTestSession();
});
afterEach(() => session.close());

const workflow = (name: string, body: string): string =>
  `apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: ${name}}\n${body}`;
const run = (steps: string): string =>
  `apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: demo}\nspec:\n  workflowSpec:\n    steps:\n${steps.replaceAll(/^(?=.)/gm, '    ')}`;

const greet = workflow(
  'greet',
  `parameters:
  properties:
    name: {type: string}
    greeting: {type: string, default: hello}
    token: {type: string, default: '', sensitive: true}
  required: [name]
outputs:
- {name: said, from: text}
- {name: greeting, from: context.parameters.greeting}
- {name: nothing, from: never}
- {name: run, from: context.name}
steps:
- name: say
  type: print-message-in-status
  inputs: [{from: context.parameters.name, parameterKey: message}]
  outputs:
  - name: text
    valueFrom: |
      "\\(context.parameters.greeting), \\(parameter.message)"
- name: skipped
  type: print-message-in-status
  if: status.say.failed
  properties: {message: unsaid}
  outputs: [{name: never, valueFrom: parameter.message}]
- name: leak
  type: print-message-in-status
  inputs: [{from: context.parameters.token, parameterKey: message}]
`,
);
const played = (text: string): Promise<Executed> => execute(session, [fileOf('all.yaml', text)]);
const all = ({ view }: Executed): readonly StepView[] =>
  view.steps.flatMap((each) => [each, ...each.subSteps]);
const phases = (done: Executed): Record<string, string> =>
  Object.fromEntries(all(done).map(({ path, phase }) => [path, phase]));
const message = (done: Executed, path: string): string | undefined =>
  all(done).find((each) => each.path === path)?.message;

describe('a step that calls a Workflow', () => {
  test('runs its steps under names of their own, twice in one run, and takes what it gives', async () => {
    const done = await played(
      `${greet}---\n${run(`- name: ada
  type: call-workflow
  properties: {workflow: greet, parameters: {name: Ada, token: correct-horse-battery}}
  outputs:
  - {name: first, valueFrom: outputs.said}
  - {name: gap, valueFrom: 'outputs.nothing == null && outputs.run == "demo" && outputs.greeting == "hello"'}
- name: grace
  type: call-workflow
  inputs: [{from: first, parameterKey: parameters.name}]
  properties: {workflow: greet, parameters: {greeting: ahoy}}
  outputs: [{name: second, valueFrom: outputs.said}]
- name: tell
  type: print-message-in-status
  if: inputs.gap
  inputs: [{from: second, parameterKey: message}, {from: gap}]
`)}`,
    );
    expect(phases(done)).toEqual({
      ada: 'succeeded',
      'ada/say': 'succeeded',
      'ada/skipped': 'skipped',
      'ada/leak': 'succeeded',
      grace: 'succeeded',
      'grace/say': 'succeeded',
      'grace/skipped': 'skipped',
      'grace/leak': 'succeeded',
      tell: 'succeeded',
    });
    expect(message(done, 'tell')).toBe('ahoy, hello, Ada');
    expect(message(done, 'ada/leak')).toBe('***');
    expect(done.view.phase).toBe('succeeded');
  });

  test('fails with a value that its Workflow does not take, before any of its steps', async () => {
    const done = await played(
      `${greet}---\n${run(`- name: make
  type: print-message-in-status
  properties: {message: x}
  outputs: [{name: number, valueFrom: 'len(parameter.message)'}]
- name: call
  type: call-workflow
  inputs: [{from: number, parameterKey: parameters.name}]
  properties: {workflow: greet}
`)}`,
    );
    expect(phases(done)).toMatchObject({ call: 'failed', 'call/say': 'skipped' });
    expect(message(done, 'call')).toBe('name: parameter name must be a string, got 1');
  });

  test('calls one that calls another, with groups and lists in both', async () => {
    const outer = workflow(
      'outer',
      `mode: {steps: DAG}
parameters: {properties: {names: {type: array, items: {type: string}}}, required: [names]}
outputs: [{name: all, from: 'texts'}]
steps:
- name: each
  type: print-message-in-status
  forEach: {from: context.parameters.names}
  inputs: [{from: item, parameterKey: message}]
  outputs: [{name: texts, valueFrom: parameter.message}]
- name: group
  type: step-group
  dependsOn: [each]
  subSteps:
  - {name: in, type: call-workflow, properties: {workflow: greet, parameters: {name: inner}}}
  - {name: beside, type: print-message-in-status, properties: {message: hi}}
`,
    );
    const done = await played(
      `${greet}---\n${outer}---\n${run(`- name: top
  type: call-workflow
  properties: {workflow: outer, parameters: {names: [a, b]}}
  outputs: [{name: list, valueFrom: 'outputs.all[1]'}]
- name: tell
  type: print-message-in-status
  inputs: [{from: list, parameterKey: message}]
`)}`,
    );
    expect(Object.keys(phases(done))).toEqual([
      'top',
      'top/each',
      'top/each[0]',
      'top/each[1]',
      'top/group',
      'top/group/in',
      'top/group/in/say',
      'top/group/in/skipped',
      'top/group/in/leak',
      'top/group/beside',
      'tell',
    ]);
    expect(all(done).filter(({ phase }) => phase === 'failed')).toEqual([]);
    expect(message(done, 'tell')).toBe('b');
    const steps = (done.object['status'] as { steps: { name: string; subSteps?: { name: string }[] }[] })
      .steps;
    expect(steps[0]?.subSteps?.map(({ name }) => name)).toContain('top/group/in/say');
  });

  test('is skipped, times out and fails as a group does', async () => {
    const slow = workflow(
      'slow',
      `steps:\n- {name: wait, type: suspend, properties: {duration: 1h}}\n- {name: after, type: suspend}\n`,
    );
    const done = await played(
      `${slow}---\n${run(`- {name: not, type: call-workflow, if: "false", properties: {workflow: slow}}
- {name: cut, type: call-workflow, timeout: 50ms, properties: {workflow: slow}}
`)}`,
    );
    expect(phases(done)).toEqual({
      not: 'skipped',
      'not/wait': 'skipped',
      'not/after': 'skipped',
      cut: 'failed',
      'cut/wait': 'failed',
      'cut/after': 'failed',
    });
    expect(message(done, 'cut')).toBe('timed out after 50ms');
  });

  test('goes on with the Workflow as it was, and restarts from a step inside of it', async () => {
    const body = (name: string): string =>
      `steps:\n- {name: made, type: print-message-in-status, properties: {message: once}}\n- {name: ${name}, type: request, retry: {limit: 0}, properties: {url: 'http://127.0.0.1:1', method: PUT}}\n`;
    const done = await played(
      `${workflow('inner', body('fails'))}---\n${workflow('outer', 'steps: [{name: in, type: call-workflow, properties: {workflow: inner}}]\n')}---\n${run('- {name: top, type: call-workflow, properties: {workflow: outer}}\n')}`,
    );
    expect(phases(done)).toMatchObject({ 'top/in/made': 'succeeded', 'top/in/fails': 'failed' });
    const begun = all(done).find(({ path }) => path === 'top/in/made')?.startedAtMs;
    const options = { leaveWhenSuspended: false, signal: new AbortController().signal };
    const observer = { onView: () => undefined, onLog: () => undefined, onNotice: () => undefined };
    // Nothing but the store knows the files by now.
    const again = await session.restart(done.ref, 'top/in/fails', observer, options);
    const seen = again.view.steps.flatMap(({ subSteps }) => subSteps);
    expect(seen.map(({ path, phase }) => `${path} ${phase}`)).toEqual([
      'top/in failed',
      'top/in/made succeeded',
      'top/in/fails failed',
    ]);
    expect(seen[1]?.startedAtMs).toBe(begun);
  });
});
