import { describe, expect, test } from 'vitest';
import { faultsOf, planOf, runWith } from './compile-text.ts';
import { expectFault, stepRow } from './fault-rows.ts';
import { sampleExpressions } from './sample-expressions.ts';

const apply = '- name: apply\n  type: apply-deployment\n  properties: {image: a}\n';
const after = (lines: string): string =>
  `${apply}- name: next\n  type: suspend\n  ${lines.replaceAll('\n', '\n  ')}`;

const conditionRows = [
  stepRow({
    name: 'unknown step',
    steps: after('if: ¦status.aply.failed'),
    code: 'UnknownStep',
    at: '[1].if',
    says: /no step "aply"/,
    suggestion: 'apply',
  }),
  stepRow({
    name: 'unknown step in brackets',
    steps: after('if: \'¦status["aply"].failed\''),
    code: 'UnknownStep',
    at: '[1].if',
    says: /no step "aply"/,
    suggestion: 'apply',
  }),
  stepRow({
    name: 'unknown step, nothing near',
    steps: after('if: ¦status.x.failed'),
    code: 'UnknownStep',
    at: '[1].if',
    says: /no step "x"/,
  }),
  stepRow({
    name: 'unknown step, inside the text',
    steps: after('if: status.apply.failed && ¦status.aply.failed'),
    code: 'UnknownStep',
    at: '[1].if',
    says: /aply/,
    suggestion: 'apply',
  }),
  stepRow({
    name: 'unknown step, in a literal block',
    steps: after('if: |\n  status.apply.failed &&\n    ¦status.aply.failed'),
    code: 'UnknownStep',
    at: '[1].if',
    says: /aply/,
    suggestion: 'apply',
  }),
  stepRow({
    name: 'unknown step, in a folded block',
    steps: after('if: >-\n  status.apply.failed &&\n  ¦status.aply.failed'),
    code: 'UnknownStep',
    at: '[1].if',
    says: /aply/,
    suggestion: 'apply',
  }),
  stepRow({
    name: 'unknown step, in double quotes',
    steps: after('if: "\\"a\\" == \\"b\\" || ¦status.aply.failed"'),
    code: 'UnknownStep',
    at: '[1].if',
    says: /aply/,
    suggestion: 'apply',
  }),
  stepRow({
    name: 'a name that KubeVela takes from a property',
    steps:
      '- name: deploy\n  type: open\n  properties: {component: web}\n- type: suspend\n  if: ¦status.web.failed',
    code: 'UnknownStep',
    at: '[1].if',
    says: /no step "web"/,
    suggestion: 'deploy',
  }),
  stepRow({
    name: 'unknown field of a status',
    steps: after('if: ¦status.apply.faild'),
    code: 'UnknownStatusField',
    at: '[1].if',
    says: /has no "faild"/,
    suggestion: 'failed',
  }),
  stepRow({
    name: 'undeclared input',
    steps: after('if: ¦inputs.score > 60'),
    code: 'UndeclaredInput',
    at: '[1].if',
    says: /does not declare an input "score"/,
  }),
  stepRow({
    name: 'misspelt input',
    steps: after('inputs: [{from: context.name}]\nif: ¦inputs["context.nam"] == "a"'),
    code: 'UndeclaredInput',
    at: '[1].if',
    says: /does not declare/,
    suggestion: 'inputs["context.name"]',
  }),
  stepRow({
    name: 'unknown name',
    steps: after('if: ¦statuses.apply.failed'),
    code: 'UnknownReference',
    at: '[1].if',
    says: /cannot see "statuses"/,
    suggestion: 'status',
  }),
  stepRow({
    name: 'a step without status',
    steps: after('if: ¦apply.failed'),
    code: 'UnknownReference',
    at: '[1].if',
    says: /cannot see "apply"/,
    suggestion: 'status["apply"]',
  }),
  stepRow({
    name: 'Always',
    steps: after('if: ¦Always'),
    code: 'UnknownReference',
    at: '[1].if',
    says: /cannot see/,
    suggestion: 'always',
  }),
  stepRow({
    name: 'unknown context',
    steps: after('if: ¦context.env == "prod"'),
    code: 'UnknownContext',
    at: '[1].if',
    says: /neither built in nor in spec.context/,
  }),
  stepRow({
    name: 'misspelt context',
    spec: 'context: {env: prod}',
    steps: after('if: ¦context.evn == "prod"'),
    code: 'UnknownContext',
    at: '[1].if',
    says: /context.evn/,
    suggestion: 'context.env',
  }),
  stepRow({
    name: 'unknown field in the context',
    spec: 'context: {env: {name: prod}}',
    steps: after('if: ¦context.env.nam == "prod"'),
    code: 'UnknownContext',
    at: '[1].if',
    says: /context.env.nam/,
  }),
  stepRow({
    name: 'stepGroupName outside a group',
    steps: after('if: ¦context.stepGroupName == "g"'),
    code: 'UnknownContext',
    at: '[1].if',
    says: /stepGroupName/,
  }),
  stepRow({
    name: 'unknown parameter',
    steps: after('properties: {message: hi}\nif: ¦parameter.mesage == "hi"'),
    code: 'UnknownParameterPath',
    at: '[1].if',
    says: /as written/,
    suggestion: 'parameter.message',
  }),
  stepRow({
    name: 'no CUE',
    steps: after('if: status.apply.failed ¦>'),
    code: 'BadExpression',
    at: '[1].if',
    says: /not valid CUE: expected operand/,
  }),
  stepRow({
    name: 'no CUE, in a block',
    steps: after('if: |\n  status.apply.failed\n  && len(inputs)¦)'),
    code: 'BadExpression',
    at: '[1].if',
    says: /not valid CUE/,
  }),
  stepRow({
    name: 'imports',
    steps: after('if: ¦|\n  import "strings"\n  strings.HasPrefix(context.name, "a")'),
    code: 'ImportInCondition',
    at: '[1].if',
    says: /cannot import/,
  }),
  stepRow({
    name: 'a step name with a hyphen',
    steps: '- name: my-step\n  type: suspend\n- type: suspend\n  if: ¦status.my-step.failed',
    code: 'BadExpression',
    at: '[1].if',
    says: /brackets and quotes/,
    suggestion: 'status["my-step"]',
  }),
  stepRow({
    name: 'an input with a hyphen',
    steps:
      '- name: a\n  type: open\n  outputs: [{name: my-out, valueFrom: x}]\n- type: suspend\n  inputs: [{from: my-out}]\n  if: ¦inputs.my-out > 1',
    code: 'BadExpression',
    at: '[1].if',
    says: /brackets and quotes/,
    suggestion: 'inputs["my-out"]',
  }),
];

const outputRows = [
  stepRow({
    name: 'misspelt result',
    steps:
      '- type: apply-deployment\n  properties: {image: a}\n  outputs: [{name: o, valueFrom: ¦outptu.value}]',
    code: 'UnknownResult',
    at: '[0].outputs[0].valueFrom',
    says: /has no result "outptu"/,
    suggestion: 'output',
  }),
  stepRow({
    name: 'unknown result, after an import',
    steps:
      '- type: chat-gpt\n  properties: {token: {}, prompt: {type: audit, content: a}}\n  outputs:\n  - name: o\n    valueFrom: |\n      import "strconv"\n      strconv.Atoi(¦resutl)',
    code: 'UnknownResult',
    at: '[0].outputs[0].valueFrom',
    says: /resutl/,
    suggestion: 'result',
  }),
  stepRow({
    name: 'a result of a group',
    steps:
      '- type: step-group\n  subSteps: [{type: suspend}]\n  outputs: [{name: o, valueFrom: ¦output.value}]',
    code: 'UnknownResult',
    at: '[0].outputs[0].valueFrom',
    says: /a group has no result/,
  }),
  stepRow({
    name: 'no CUE',
    steps: '- type: open\n  outputs: [{name: o, valueFrom: "a ¦>"}]',
    code: 'BadExpression',
    at: '[0].outputs[0].valueFrom',
    says: /`valueFrom` is not valid CUE/,
  }),
  stepRow({
    name: 'a schema that is none',
    steps: '- type: open\n  outputs: [{name: o, valueFrom: a, schema: ¦{type: strnig}}]',
    code: 'BadOutputSchema',
    at: '[0].outputs[0].schema',
    says: /no JSON Schema/,
  }),
  stepRow({
    name: 'a schema that refers elsewhere',
    steps: '- type: open\n  outputs: [{name: o, valueFrom: a, schema: ¦{$ref: "https://example.invalid/x"}}]',
    code: 'BadOutputSchema',
    at: '[0].outputs[0].schema',
    says: /no JSON Schema/,
  }),
  stepRow({
    name: 'the same output twice',
    steps:
      '- name: a\n  type: open\n  outputs: [{name: o, valueFrom: x}]\n- type: open\n  outputs: [{name: ¦o, valueFrom: z}]',
    code: 'DuplicateOutput',
    at: '[1].outputs[0].name',
    says: /also one of step "a"/,
  }),
  stepRow({
    name: 'an output that nothing takes',
    steps: '- type: open\n  outputs: [{name: ¦o, valueFrom: x}]',
    code: 'UnusedOutput',
    at: '[0].outputs[0].name',
    says: /no step takes/,
    severity: 'warning',
  }),
  stepRow({
    name: 'an output of a declared type',
    steps:
      '- name: a\n  type: open\n  outputs: [{name: o, valueFrom: x, schema: {type: string}}]\n- type: notify\n  properties: {message: a}\n  inputs: [{from: ¦o, parameterKey: count}]',
    code: 'TypeMismatch',
    at: '[1].inputs[0].from',
    says: /"o" is a string, but the parameter "count" of notify takes a number/,
  }),
  stepRow({
    name: 'a field of an output of a declared type',
    steps:
      '- name: a\n  type: open\n  outputs: [{name: o, valueFrom: x, schema: {type: object, properties: {l: {type: array, items: {type: integer}}}}}]\n- type: notify\n  inputs: [{from: "¦o.l[0]", parameterKey: message}]'.replace(
        '"¦o',
        '¦"o',
      ),
    code: 'TypeMismatch',
    at: '[1].inputs[0].from',
    says: /is a number/,
  }),
  stepRow({
    name: 'an output of a type that the step type tells',
    steps:
      '- type: notify\n  properties: {message: a}\n  outputs: [{name: o, valueFrom: sent}]\n- type: notify\n  inputs: [{from: ¦o, parameterKey: message}]',
    code: 'TypeMismatch',
    at: '[1].inputs[0].from',
    says: /is a boolean/,
  }),
];

const inputRows = [
  stepRow({
    name: 'no such output',
    steps:
      '- type: open\n  outputs: [{name: resource, valueFrom: x}]\n- type: suspend\n  inputs: [{from: ¦resuorce}]',
    code: 'UnknownInput',
    at: '[1].inputs[0].from',
    says: /no step has an output "resuorce"/,
    suggestion: 'resource',
  }),
  stepRow({
    name: 'a step in place of its output',
    steps:
      '- name: a1\n  type: open\n  outputs: [{name: resource, valueFrom: x}]\n- type: suspend\n  inputs: [{from: ¦a1.value}]',
    code: 'UnknownInput',
    at: '[1].inputs[0].from',
    says: /no step has an output/,
    suggestion: 'resource',
  }),
  stepRow({
    name: 'no path after an output',
    steps: '- type: open\n  outputs: [{name: o, valueFrom: x}]\n- type: suspend\n  inputs: [{from: ¦o..a}]',
    code: 'UnknownInput',
    at: '[1].inputs[0].from',
    says: /no path/,
  }),
  stepRow({
    name: 'no such context',
    spec: 'context: {env: prod}',
    steps: '- type: suspend\n  inputs: [{from: ¦context.envv}]',
    code: 'UnknownContext',
    at: '[0].inputs[0].from',
    says: /neither built in/,
    suggestion: 'context.env',
  }),
  stepRow({
    name: 'no such item in the context',
    spec: 'context: {c: [1]}',
    steps: '- type: suspend\n  inputs: [{from: "context.c[1]"}]'.replace('"context', '¦"context'),
    code: 'UnknownContext',
    at: '[0].inputs[0].from',
    says: /context\.c\[1\]/,
  }),
  stepRow({
    name: 'no such parameter',
    steps: '- type: suspend\n  inputs: [{from: ¦parameter.a}]',
    code: 'UnknownParameterPath',
    at: '[0].inputs[0].from',
    says: /among the properties/,
  }),
];

describe('faults of an if', () => {
  test.each(conditionRows)('$name', expectFault);
});

describe('faults of outputs', () => {
  test.each(outputRows)('$name', expectFault);
});

describe('faults of inputs', () => {
  test.each(inputRows)('$name', expectFault);
});

describe('what is fine', () => {
  test.each([
    ['always', 'if: always'],
    ['an empty if', 'if: ""'],
    [
      'the fields of a status',
      'if: status.apply.phase == "failed" && status.apply.timeout && status["apply"].terminate',
    ],
    ['the status as a whole', 'if: len(status) > 0'],
    ['built-in context', 'if: context.name == "a" && context.stepName != context.namespace'],
    ['context of the run', 'if: context.env.list[0] == "a"'],
    ['properties', 'properties: {message: a, duration: b}\nif: parameter.message == parameter.duration'],
    ['CUE names', 'if: len("abc") > 2 && or([true, false]) && "a" != null'],
    [
      'an input from the context',
      'inputs: [{from: context.env, parameterKey: message}]\nif: inputs["context.env"].list[0] == "a"',
    ],
    [
      'an input from the properties',
      'properties: {message: a}\ninputs: [{from: parameter.message, parameterKey: duration}]',
    ],
  ])('%s', async (_name, lines) => {
    expect(await faultsOf(runWith(after(lines), 'context: {env: {list: [a]}}'))).toEqual([]);
  });

  test('an input takes the longest output name, dots and hyphens included', async () => {
    const steps = [
      '- {name: a, type: open, outputs: [{name: x, valueFrom: v}, {name: x.y-z, valueFrom: v}]}',
      '- {name: b, type: suspend, dependsOn: [a], inputs: [{from: x.y-z.status, parameterKey: message}, {from: "x[0].y", parameterKey: duration}]}',
    ].join('\n');
    expect(await faultsOf(runWith(steps))).toEqual([]);
  });

  test('what a step type does not tell is not judged', async () => {
    const steps =
      '- type: open\n  outputs: [{name: o, valueFrom: whatever.deep}]\n- type: notify\n  inputs: [{from: o.x, parameterKey: message}]';
    expect(await faultsOf(runWith(steps))).toEqual([]);
  });

  test.each([
    ['a number for a number', 'integer', 'count'],
    ['a wider type', '[integer, string]', 'count'],
    ['text', 'string', 'labels.a'],
  ])('%s', async (_name, type, key) => {
    const steps = `- type: open\n  outputs: [{name: o, valueFrom: x, schema: {type: ${type}}}]\n- type: notify\n  properties: {message: a}\n  inputs: [{from: o, parameterKey: ${key}}]`;
    expect(await faultsOf(runWith(steps))).toEqual([]);
  });
});

const step = (name: string): string =>
  `- {name: ${name}, type: open, if: status.apply.failed, outputs: [{name: o${name}, valueFrom: x}]}`;

test('a misspelt input hides the output that it meant', async () => {
  const steps =
    '- type: open\n  outputs: [{name: resource, valueFrom: x}]\n- type: suspend\n  inputs: [{from: resorce}]';
  expect((await faultsOf(runWith(steps))).map(({ code }) => code)).toEqual(['UnknownInput']);
});

test.each([
  ['success', 'succeeded'],
  ['fail', 'failed'],
  ['skip', 'skipped'],
  ['timedout', 'timeout'],
  ['done', undefined],
])('the field %s of a status', async (field, suggestion) => {
  const faults = await faultsOf(runWith(after(`if: status.apply.${field}`)));
  expect(faults.map((fault) => [fault.code, fault.suggestion])).toEqual([['UnknownStatusField', suggestion]]);
});

test('each distinct expression is parsed once', async () => {
  const expressions = sampleExpressions();
  await planOf(runWith(`${apply}${['a', 'b', 'c'].map(step).join('\n')}`), { expressions });
  expect(expressions.parsed.toSorted()).toEqual(['status.apply.failed', 'x']);
});
