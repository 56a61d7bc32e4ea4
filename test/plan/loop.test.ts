import { describe, expect, test } from 'vitest';
import { planOf, runWith } from './compile-text.ts';
import { expectFault, stepRow } from './fault-rows.ts';

const repeated = (forEach: string, more = ''): string =>
  `- name: c\n  type: notify\n  properties: {message: hi}\n  forEach: ${forEach}${more}`;
const filled = (forEach: string, input: string): string =>
  `- name: c\n  type: notify\n  properties: {}\n  forEach: ${forEach}\n  inputs: [{from: ${input}, parameterKey: message}]`;

const rows = [
  stepRow({
    name: 'no list at all',
    steps: repeated('¦{maxParallel: 2}'),
    code: 'BadLoop',
    at: '[0].forEach',
    says: /needs one of `items`, `from` and `matrix`: it has none/,
  }),
  stepRow({
    name: 'two lists',
    steps: repeated('¦{items: [1], matrix: {a: [1]}}'),
    code: 'BadLoop',
    at: '[0].forEach',
    says: /it has `items` and `matrix`/,
  }),
  stepRow({
    name: 'a misspelt field',
    steps: repeated('{items: [1], ¦maxParalel: 2}'),
    code: 'UnknownField',
    at: '[0].forEach.maxParalel',
    says: /unknown field/,
    suggestion: 'maxParallel',
  }),
  stepRow({
    name: 'too many items',
    steps: repeated(`{items: ¦[${Array.from({ length: 101 }, (_, i) => i).join()}]}`),
    code: 'BadLoop',
    at: '[0].forEach.items',
    says: /101 items; at most 100/,
  }),
  stepRow({
    name: 'too many at once',
    steps: repeated('{items: [1], maxParallel: ¦21}'),
    code: 'BadLoop',
    at: '[0].forEach.maxParallel',
    says: /from 1 to 20, not 21/,
  }),
  stepRow({
    name: 'fewer items than there must be',
    steps: repeated('{items: [1], minItems: ¦2}'),
    code: 'BadLoop',
    at: '[0].forEach.minItems',
    says: /has fewer items \(1\) than `minItems` \(2\)/,
  }),
  stepRow({
    name: 'an output that there is not',
    steps: repeated('{from: ¦regions}'),
    code: 'UnknownInput',
    at: '[0].forEach.from',
    says: /no step has an output "regions"/,
  }),
  stepRow({
    name: 'the output of a later step',
    steps: `${repeated('{from: ¦made}')}\n- name: a\n  type: notify\n  properties: {message: hi}\n  outputs: [{name: made, valueFrom: id, schema: {type: array}}]`,
    code: 'LaterStep',
    at: '[0].forEach.from',
    says: /comes from step "a", which runs after this one/,
  }),
  stepRow({
    name: 'an output that is no list',
    steps: `- name: a\n  type: notify\n  properties: {message: hi}\n  outputs: [{name: made, valueFrom: id, schema: {type: string}}]\n${repeated('{from: ¦made}')}`,
    code: 'TypeMismatch',
    at: '[1].forEach.from',
    says: /"made" is a string, but `forEach` takes a list/,
  }),
  stepRow({
    name: 'a path that an item does not have',
    steps: filled('{items: [{name: a}, {nam: b}]}', '¦item.name'),
    code: 'UnknownInput',
    at: '[0].inputs[0].from',
    says: /item 1 of the list has no "item.name"/,
  }),
  stepRow({
    name: 'an item where there is no list',
    steps:
      '- name: c\n  type: notify\n  properties: {}\n  inputs: [{from: ¦item.name, parameterKey: message}]',
    code: 'UnknownInput',
    at: '[0].inputs[0].from',
    says: /no step has an output "item.name"/,
  }),
  stepRow({
    name: 'an output that has the name of the item',
    steps: `- name: a\n  type: notify\n  properties: {message: hi}\n  outputs: [{name: item, valueFrom: id}]\n${filled('{items: [x]}', '¦item')}`,
    code: 'BadLoop',
    at: '[1].inputs[0].from',
    says: /also an output of step "a"/,
  }),
  stepRow({
    name: 'a list where one value is wanted',
    steps: `${repeated('{items: [1]}')}\n  outputs: [{name: made, valueFrom: id, schema: {type: string}}]\n- name: b\n  type: notify\n  properties: {}\n  inputs: [{from: ¦made, parameterKey: message}]`,
    code: 'TypeMismatch',
    at: '[1].inputs[0].from',
    says: /"made" is a list, but the parameter "message" of notify takes a string/,
  }),
  stepRow({
    name: 'a list of the context that is none',
    steps: repeated('{from: ¦context.x}'),
    spec: 'context: {x: {y: 1}}',
    code: 'BadLoop',
    at: '[0].forEach.from',
    says: /"context.x" is no list/,
  }),
  stepRow({
    name: 'a list of the context that is too short',
    steps: repeated('{from: ¦context.x, minItems: 2}'),
    spec: 'context: {x: [1]}',
    code: 'BadLoop',
    at: '[0].forEach.from',
    says: /"context.x" has fewer items \(1\) than `minItems` \(2\)/,
  }),
  stepRow({
    name: 'an item that the parameter refuses',
    steps: filled('{items: [a, 7, 8]}', '¦item'),
    code: 'InvalidParameter',
    at: '[0].inputs[0].from',
    says: /item 1 of the list: /,
  }),
  stepRow({
    name: 'an item of the context that the parameter refuses',
    steps: filled('{from: context.x}', '¦item.name'),
    spec: 'context: {x: [{name: a}, {name: [b]}]}',
    code: 'InvalidParameter',
    at: '[0].inputs[0].from',
    says: /item 1 of the list: /,
  }),
  stepRow({
    name: 'a position that the parameter refuses',
    steps: filled('{items: [a]}', '¦index'),
    code: 'InvalidParameter',
    at: '[0].inputs[0].from',
    says: /item 0 of the list: /,
  }),
  stepRow({
    name: 'a group',
    steps: '- name: c\n  type: step-group\n  ¦forEach: {items: [1]}\n  subSteps: [{type: suspend}]',
    code: 'BadLoop',
    at: '[0].forEach',
    says: /a group cannot have `forEach`/,
  }),
  stepRow({
    name: 'a sub-step',
    steps: '- name: c\n  type: step-group\n  subSteps:\n  - type: suspend\n    ¦forEach: {items: [1]}',
    code: 'BadLoop',
    at: '[0].subSteps[0].forEach',
    says: /a sub-step cannot have `forEach`/,
  }),
  stepRow({
    name: 'a step that is called like an item',
    steps: `${repeated('{items: [1]}')}\n- name: ¦c-0\n  type: suspend`,
    code: 'DuplicateName',
    at: '[1].name',
    says: /what an item of the step "c" is called/,
  }),
  stepRow({
    name: 'too many items in all',
    steps: `¦${Array.from(
      { length: 10 },
      (_, i) =>
        `- name: s${i}\n  type: suspend\n  forEach: {items: [${Array.from({ length: 100 }, (_each, item) => item).join()}]}`,
    ).join('\n')}`,
    code: 'TooManySteps',
    at: '',
    says: /10 steps and sub-steps and 1000 items/,
  }),
  stepRow({
    name: 'an empty matrix',
    steps: repeated('{matrix: ¦{}}'),
    code: 'BadLoop',
    at: '[0].forEach.matrix',
    says: /`matrix` is empty/,
  }),
  stepRow({
    name: 'an empty list in a matrix',
    steps: repeated('{matrix: {a: [1], b: ¦[]}}'),
    code: 'BadLoop',
    at: '[0].forEach.matrix.b',
    says: /the list "b" is empty/,
  }),
  stepRow({
    name: 'a matrix with too many combinations',
    steps: repeated('{matrix: ¦{a: [1,2,3,4,5,6,7,8,9,10,11], b: [1,2,3,4,5,6,7,8,9,10]}}'),
    code: 'BadLoop',
    at: '[0].forEach.matrix',
    says: /110 combinations; at most 100/,
  }),
  stepRow({
    name: 'what is excluded is in no list',
    steps: repeated('{matrix: {a: [1]}, exclude: [{b: ¦1}]}'),
    code: 'BadLoop',
    at: '[0].forEach.exclude[0].b',
    says: /no list "b"; it has a/,
  }),
  stepRow({
    name: 'nothing is left of a matrix',
    steps: repeated('{matrix: {a: [1, 2]}, exclude: ¦[{a: 1}, {a: 2}]}'),
    code: 'BadLoop',
    at: '[0].forEach.exclude',
    says: /leaves no combination/,
  }),
  stepRow({
    name: 'what is included lacks a value',
    steps: repeated('{matrix: {a: [1], b: [1]}, include: [¦{a: 2}]}'),
    code: 'BadLoop',
    at: '[0].forEach.include[0]',
    says: /"b" is missing/,
  }),
  stepRow({
    name: 'what is excluded from no matrix',
    steps: repeated('{items: [1], exclude: ¦[{a: 1}]}'),
    code: 'BadLoop',
    at: '[0].forEach.exclude',
    says: /needs a `matrix`/,
  }),
];

describe('faults of forEach', () => {
  test.each(rows)('$name', expectFault);
});

test('a matrix is all combinations, without what is excluded, and what is included after them', async () => {
  const plan = await planOf(
    runWith(
      repeated(
        '{matrix: {a: [1, 2], b: [x, z]}, exclude: [{a: 2, b: x}], include: [{a: 3, b: z}], maxParallel: 4, failFast: false}',
      ),
    ),
  );
  expect(plan.steps[0]?.loop).toMatchObject({
    items: [
      { a: 1, b: 'x' },
      { a: 1, b: 'z' },
      { a: 2, b: 'z' },
      { a: 3, b: 'z' },
    ],
    maxParallel: 4,
    failFast: false,
    minItems: 0,
  });
});

describe('an if', () => {
  const conditionsOf = async (condition: string): Promise<readonly (string | undefined)[]> => {
    const [step] = (await planOf(runWith(repeated('{items: [1]}', `\n  if: ${condition}\n  timeout: 5s`))))
      .steps;
    expect([step?.kind, step?.timeoutMs, step?.loop?.each.timeoutMs]).toEqual(['group', undefined, 5000]);
    return [step?.condition?.text, step?.loop?.each.condition?.text];
  };

  test.each([
    ['inputs.item > 1', ['always', 'inputs.item > 1']],
    ['inputs.index == 0', ['always', 'inputs.index == 0']],
    ['context.name == "run"', ['context.name == "run"', 'always']],
    ['always', ['always', 'always']],
  ])('%s', async (condition, expected) => {
    expect(await conditionsOf(condition)).toEqual(expected);
  });
});

test('a list that comes from a step is waited for', async () => {
  const plan = await planOf(
    runWith(
      `- name: a\n  type: open\n  outputs: [{name: made, valueFrom: id}]\n${repeated('{from: "made.list"}')}`,
      'mode: {steps: DAG}',
    ),
  );
  expect(plan.steps[1]).toMatchObject({ after: ['a'], loop: { from: 'made.list' } });
});

test('what an item lacks is no fault where an if may leave it out', async () => {
  const steps = `${filled('{items: [{name: a, open: true}, {open: false}, {name: 7}]}', 'item.name')}\n  if: inputs.item.open`;
  expect((await planOf(runWith(steps))).steps[0]?.loop?.items).toHaveLength(3);
});
