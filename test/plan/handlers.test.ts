import { describe, expect, test } from 'vitest';
import { document, faultsOf, marked, planOf } from './compile-text.ts';
import { checkWorkflow } from '../../src/plan/compile-plan.ts';
import { sampleCatalog } from './sample-catalog.ts';
import { sampleExpressions } from './sample-expressions.ts';

/** A run with these fields beside `steps`, a flow mapping or a list each. */
function run(
  fields: string,
  steps = '[{name: a, type: open, outputs: [{name: o, valueFrom: x}]}]',
  spec = '',
): string {
  return `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: run}
spec:
  ${spec}
  workflowSpec:
    steps: ${steps}
    ${fields}
`;
}

test('handlers come last, in the order of a list, and see what came before', async () => {
  const plan = await planOf(
    run(
      `finally: [{type: open}, {name: g, type: step-group, subSteps: [{type: open}]}]
    onFailure: [{name: undo, type: notify, inputs: [{from: o, parameterKey: message}], if: 'status.a.failed && context.outcome == "failed"'}]
    handlers: {timeout: 90s}`,
      '[{name: a, type: open, outputs: [{name: o, valueFrom: x}]}, {name: b, type: open}]',
      'mode: {steps: DAG}',
    ),
  );
  expect(plan.handlers).toEqual({ timeoutMs: 90_000 });
  expect(plan.steps.map(({ path, section = 'steps', siblingMode }) => [path, section, siblingMode])).toEqual([
    ['a', 'steps', 'DAG'],
    ['b', 'steps', 'DAG'],
    ['undo', 'onFailure', 'StepByStep'],
    ['finally-0', 'finally', 'StepByStep'],
    ['g', 'finally', 'StepByStep'],
    ['g/finally-1-0', 'finally', 'DAG'],
  ]);
});

test('their time is five minutes where nothing else is said, and a run without them has none', async () => {
  expect((await planOf(run('finally: [{name: f, type: open}]'))).handlers).toEqual({ timeoutMs: 300_000 });
  expect((await planOf(run(''))).handlers).toBeUndefined();
});

test('a Workflow has handlers, too', async () => {
  const text = `apiVersion: core.oam.dev/v1alpha1
kind: Workflow
metadata: {name: w}
steps: [{name: a, type: open}]
finally: [{name: b, type: nope}]
`;
  const faults = await checkWorkflow(document(text), {
    catalog: sampleCatalog(),
    expressions: sampleExpressions(),
  });
  expect(faults.map(({ code, path }) => [code, path])).toEqual([['UnknownStepType', 'finally[0].type']]);
});

describe('faults', () => {
  const rows: readonly {
    readonly name: string;
    readonly text: string;
    readonly code: string;
    readonly says: RegExp;
    readonly severity?: 'warning';
  }[] = [
    {
      name: 'a handler that suspends',
      text: run('finally: [{name: wait, type: ¦suspend}]'),
      code: 'SuspendingHandler',
      says: /step "wait" of `finally` suspends the run/,
    },
    {
      name: 'a sub-step that suspends',
      text: run('onFailure: [{name: g, type: step-group, subSteps: [{name: wait, type: ¦suspend}]}]'),
      code: 'SuspendingHandler',
      says: /step "wait" of `onFailure`/,
    },
    {
      name: 'no handlers in a section',
      text: run('finally: ¦[]'),
      code: 'EmptySteps',
      says: /`finally` is empty/,
    },
    {
      name: 'no list',
      text: run('finally: ¦{name: f, type: open}'),
      code: 'WrongType',
      says: /`finally` must be a list/,
    },
    {
      name: 'settings without handlers',
      text: run('¦handlers: {timeout: 1m}'),
      code: 'IgnoredField',
      severity: 'warning',
      says: /neither `onFailure` nor `finally`/,
    },
    {
      name: 'no time',
      text: run('finally: [{name: f, type: open}]\n    handlers: {timeout: ¦0s}'),
      code: 'BadDuration',
      says: /must be longer than zero/,
    },
    {
      name: 'no duration',
      text: run('finally: [{name: f, type: open}]\n    handlers: {timeout: ¦soon}'),
      code: 'BadDuration',
      says: /soon/,
    },
    {
      name: 'a misspelt setting',
      text: run('finally: [{name: f, type: open}]\n    handlers: {¦timeOut: 1m}'),
      code: 'UnknownField',
      says: /timeOut/,
    },
    {
      name: 'a misspelt section',
      text: run('¦onfailure: [{name: f, type: open}]'),
      code: 'UnknownField',
      says: /onfailure/,
    },
    {
      name: 'one name twice',
      text: run('finally: [{name: ¦a, type: open}]'),
      code: 'DuplicateName',
      says: /the name "a" is taken/,
    },
    {
      name: 'a step that waits for a handler',
      text: run(
        'finally: [{name: f, type: open}]',
        '[{name: a, type: open, dependsOn: [¦f]}]',
        'mode: {steps: DAG}',
      ),
      code: 'LaterStep',
      says: /"f", which runs after it/,
    },
    {
      name: 'a handler that takes the output of a later section',
      text: run(
        'onFailure: [{name: u, type: open, inputs: [{from: ¦p}]}]\n    finally: [{name: f, type: open, outputs: [{name: p, valueFrom: x}]}]',
        '[{name: a, type: open}]',
      ),
      code: 'LaterStep',
      says: /the output "p" comes from step "f", which runs after this one/,
    },
    {
      name: 'a required step that never runs in a run that passes',
      text: run('onFailure: [{name: u, type: open}]', '[{name: a, type: open}]').replace(
        '{name: run}',
        '{name: run, annotations: {sluice.dev/require: ¦u}}',
      ),
      code: 'UnknownRequiredStep',
      says: /a step of `onFailure`, which never runs in a run that passes/,
    },
    {
      name: 'the outcome, before there is one',
      text: run('', `[{name: a, type: open, if: '¦context.outcome == "failed"'}]`),
      code: 'UnknownContext',
      says: /there is no "context.outcome"/,
    },
    {
      name: 'a gate that stands after the handler',
      text: run(
        'finally: [{name: f, type: open, requires: [¦check]}, {name: check, type: gate}]',
        '[{name: a, type: open}]',
      ),
      code: 'LaterStep',
      says: /requires the gate "check", which runs after it/,
    },
  ];
  test.each(rows)('$name', async ({ text, code, severity = 'error', says }) => {
    const faults = (await faultsOf(text)).filter((fault) => fault.code !== 'UnusedOutput');
    expect(faults.map((fault) => [`${fault.line}:${fault.column}`, fault.code, fault.severity])).toEqual([
      [marked(text), code, severity],
    ]);
    expect(faults[0]?.message).toMatch(says);
  });

  test('more than a thousand steps, handlers among them', async () => {
    const steps = `[${Array.from({ length: 999 }, (_, i) => `{name: s${i}, type: open}`).join(', ')}]`;
    const text = run('finally: [{name: f, type: open}, {name: g, type: open}]', steps);
    expect((await faultsOf(text)).map(({ code, message }) => [code, message])).toEqual([
      ['TooManySteps', 'there are 1001 steps and sub-steps; at most 1000 are allowed in a run'],
    ]);
  });

  test('a handler may require a gate of the steps', async () => {
    const plan = await planOf(
      run('finally: [{name: f, type: open, requires: [check]}]', '[{name: check, type: gate}]'),
    );
    expect(plan.steps.at(-1)).toMatchObject({ path: 'f', requires: ['check'] });
  });
});
