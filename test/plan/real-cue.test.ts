import { afterAll, describe, expect, test } from 'vitest';
import { openCueEngine } from '../../src/cue/engine.ts';
import { faultsOf, marked, planOf, runWith } from './compile-text.ts';

// The same rules as in expression-faults.test.ts, over the engine that runs use.
const expressions = openCueEngine({ ops: new Map() });
afterAll(() => expressions.close());

const apply = '- name: apply\n  type: apply-deployment\n  properties: {image: a}\n';
const score = '- name: my-step\n  type: open\n  outputs: [{name: my-out, valueFrom: x}]\n';
const next = (lines: string): string =>
  `${apply}${score}- name: next\n  type: suspend\n  properties: {message: a}\n  inputs: [{from: my-out}]\n  ${lines.replaceAll('\n', '\n  ')}`;
const context = 'context: {env: {list: [a]}}';

describe('faults', () => {
  test.each<[name: string, lines: string, code: string, suggestion?: string]>([
    ['no CUE', 'if: status.apply.failed &&¦', 'BadExpression'],
    ['no CUE, second line of a block', 'if: |\n  status.apply.failed\n  ¦&& true', 'BadExpression'],
    ['an open bracket', 'if: status["apply"¦', 'BadExpression'],
    ['an unknown step', 'if: status.apply.failed || ¦status.aply.failed', 'UnknownStep', 'apply'],
    ['an unknown step in brackets', 'if: \'¦status["aply"].failed\'', 'UnknownStep', 'apply'],
    [
      'an unknown step in a folded block',
      'if: >-\n  status.apply.failed &&\n  len(¦status.aply.message) > 0',
      'UnknownStep',
      'apply',
    ],
    ['an unknown field', 'if: ¦status.apply.sucess', 'UnknownStatusField'],
    [
      'an unknown field, in an interpolation',
      'if: "\\"\\\\(¦status.apply.faild)\\" == \\"true\\""',
      'UnknownStatusField',
      'failed',
    ],
    ['an undeclared input', 'if: ¦inputs["my-outt"] > 60', 'UndeclaredInput', 'inputs["my-out"]'],
    ['an unknown name', 'if: ¦input["my-out"] > 60', 'UnknownReference', 'inputs'],
    ['an unknown context', 'if: ¦context.evn.list[0] == "a"', 'UnknownContext', 'context.env'],
    ['an unknown item of the context', 'if: ¦context.env.list[1] == "a"', 'UnknownContext'],
    ['an unknown parameter', 'if: ¦parameter.mesage == "a"', 'UnknownParameterPath', 'parameter.message'],
    ['a hyphen in a step name', 'if: ¦status.my-step.failed', 'BadExpression', 'status["my-step"]'],
    ['a hyphen in an input', 'if: ¦inputs.my-out > 1', 'BadExpression', 'inputs["my-out"]'],
    ['an import', 'if: ¦|\n  import "strings"\n  strings.HasPrefix(context.name, "a")', 'ImportInCondition'],
    ['a package without import', 'if: ¦strings.HasPrefix(context.name, "a")', 'ImportInCondition'],
  ])('%s', async (_name, lines, code, suggestion) => {
    const text = runWith(next(lines), context);
    const faults = (await faultsOf(text, { expressions })).filter((fault) => fault.code !== 'UnusedOutput');
    expect(faults.map((fault) => [fault.code, `${fault.line}:${fault.column}`])).toEqual([
      [code, marked(text)],
    ]);
    if (suggestion !== undefined) expect(faults[0]?.suggestion).toBe(suggestion);
  });

  test.each([
    ['misspelt result', 'valueFrom: ¦outptu.value', 'output'],
    [
      'misspelt result in a script',
      'valueFrom: |\n  import "encoding/json"\n  json.Marshal(¦outptu.value)',
      'output',
    ],
    ['misspelt result in a comprehension', 'valueFrom: "[for x in ¦outptu.value {x}]"', 'output'],
  ])('%s', async (_name, lines, suggestion) => {
    const text = runWith(
      `${apply.trimEnd()}\n  outputs:\n  - name: o\n    ${lines.replaceAll('\n', '\n    ')}`,
    );
    const faults = (await faultsOf(text, { expressions })).filter((fault) => fault.code !== 'UnusedOutput');
    expect(faults.map((fault) => [fault.code, `${fault.line}:${fault.column}`, fault.suggestion])).toEqual([
      ['UnknownResult', marked(text), suggestion],
    ]);
  });
});

describe('what is fine', () => {
  test.each([
    'status.apply.failed',
    'status["my-step"].succeeded && !status.apply.skipped',
    'inputs["my-out"] > 60 || inputs["my-out"] == null',
    'context.env.list[0] == "a" && context.name =~ "^r"',
    'len(status) > 1 && or([true, false])',
    'parameter.message == "a"',
    'and([for s in ["a", "b"] {s != context.namespace}])',
    '"\\(status.apply.phase)" == "failed"',
    'inputs["my-out"] != _|_',
  ])('%s', async (expression) => {
    const text = runWith(next(`if: ${JSON.stringify(expression)}`), context);
    expect(await faultsOf(text, { expressions })).toEqual([]);
  });

  test('scripts with imports, local names and comprehensions', async () => {
    const script =
      'import "strconv"\nlet n = strconv.Atoi(output.value.score)\n"\\(n) \\(parameter.image) \\(context.name)"';
    const steps = `${apply.trimEnd()}\n  outputs:\n  - name: o\n    valueFrom: |\n      ${script.replaceAll('\n', '\n      ')}\n- type: suspend\n  inputs: [{from: o, parameterKey: message}]`;
    expect(await faultsOf(runWith(steps), { expressions })).toEqual([]);
  });

  test('status names become edges in a DAG', async () => {
    const plan = await planOf(
      runWith(next('if: status.apply.failed || status["my-step"].failed'), `mode: {steps: DAG}\n${context}`),
      { expressions },
    );
    expect(plan.steps[2]?.after).toEqual(['my-step', 'apply']);
  });
});

test.each<readonly [string, readonly string[] | undefined]>([
  ['status.apply.failed && status["my-step"].phase == "succeeded"', ['apply', 'my-step']],
  ['len(context.name) > 0', []],
  ['status[context.name].failed', undefined],
  ['len([for name, step in status if step.failed {name}]) > 0', undefined],
])('an `if` is evaluated with the status of the steps that it names: %s', async (condition, expected) => {
  const plan = await planOf(runWith(next(`if: '${condition}'`), context), { expressions });
  expect(plan.steps[2]?.conditionReads).toEqual(expected);
});
