import { describe, expect, test } from 'vitest';
import { planOf, runWith } from './compile-text.ts';
import { expectFault, stepRow } from './fault-rows.ts';

const dag = 'mode: {steps: DAG}';
const gate = (name: string, more = ''): string =>
  `- {name: ${name}, type: gate${more === '' ? '' : `, ${more}`}}\n`;
const step = (name: string, more = ''): string =>
  `- {name: ${name}, type: suspend${more === '' ? '' : `, ${more}`}}\n`;

const rows = [
  stepRow({
    name: 'a step that is not there',
    steps: gate('quality') + step('a', 'requires: [¦qualty]'),
    code: 'UnknownStep',
    at: '[1].requires[0]',
    says: /no step "qualty" to require/,
    suggestion: 'quality',
  }),
  stepRow({
    name: 'a step that is no gate, though one of nearly that name is',
    steps: gate('check-1') + step('check-2') + step('a', 'requires: [¦check-2]'),
    code: 'NoGate',
    at: '[2].requires[0]',
    says: /"check-2" is no gate: the step type suspend gives no verdict/,
    suggestion: 'check-1',
  }),
  stepRow({
    name: 'a group',
    steps: `- {name: k, type: step-group, subSteps: [{name: g, type: gate}]}\n${step('a', 'requires: [¦k]')}`,
    code: 'NoGate',
    at: '[1].requires[0]',
    says: /"k" is no gate/,
  }),
  stepRow({
    name: 'a gate that comes later',
    steps: step('a', 'requires: [¦g]') + gate('g'),
    code: 'LaterStep',
    at: '[0].requires[0]',
    says: /requires the gate "g", which runs after it: the order is StepByStep/,
  }),
  stepRow({
    name: 'itself',
    steps: gate('g', 'requires: [¦g]'),
    code: 'LaterStep',
    at: '[0].requires[0]',
    says: /requires itself/,
  }),
  stepRow({
    name: 'itself, in a DAG',
    spec: dag,
    steps: gate('g', 'requires: [¦g]'),
    code: 'DependencyCycle',
    at: '[0].requires[0]',
    says: /waits for itself/,
  }),
  stepRow({
    name: 'each other, in a DAG',
    spec: dag,
    steps: gate('g', 'requires: [¦h]') + gate('h', 'dependsOn: [g]'),
    code: 'DependencyCycle',
    at: '[0].requires[0]',
    says: /g → h → g/,
  }),
  stepRow({
    name: 'from a group, a gate inside it',
    steps: '- {name: k, type: step-group, requires: [¦g], subSteps: [{name: g, type: gate}]}',
    code: 'DependencyCycle',
    at: '[0].requires[0]',
    says: /wait for each other/,
  }),
  stepRow({
    name: 'a gate that only observes',
    steps: gate('g', 'properties: {mode: observe}') + step('a', 'requires: [¦g]'),
    code: 'GateObserves',
    at: '[1].requires[0]',
    says: /"g" only observes and never opens/,
  }),
  stepRow({
    name: 'an empty name',
    steps: gate('g') + step('a', "requires: [g, ¦'']"),
    code: 'MissingField',
    at: '[1].requires[1]',
    says: /is empty: name a gate/,
  }),
  stepRow({
    name: 'nothing in a list',
    steps: gate('g') + step('a', 'requires: [g, ¦null]'),
    code: 'WrongType',
    at: '[1].requires[1]',
    says: /must be text, not null/,
  }),
  stepRow({
    name: 'text in place of a list',
    steps: gate('g') + step('a', 'requires: ¦g'),
    code: 'WrongType',
    at: '[1].requires',
    says: /must be a list, not text/,
  }),
  stepRow({
    name: 'a misspelt field',
    steps: gate('g') + step('a', '¦require: [g]'),
    code: 'UnknownField',
    at: '[1].require',
    says: /unknown field "require"/,
    suggestion: 'requires',
  }),
];

describe('faults of requires', () => {
  test.each(rows)('$name', (row) => expectFault(row));
});

test('a required gate is waited for, and binds every step of a group', async () => {
  const { steps } = await planOf(
    runWith(
      [
        '- {name: g, type: gate}',
        '- {name: h, type: gate}',
        '- name: k',
        '  type: step-group',
        '  requires: [g]',
        '  subSteps:',
        '  - {name: a, type: suspend}',
        '  - {name: b, type: suspend, requires: [h, g]}',
      ].join('\n'),
      dag,
    ),
  );
  expect(
    steps.map(({ path, isGate, requires, after, dependsOn }) => [path, isGate, requires, after, dependsOn]),
  ).toEqual([
    ['g', true, [], [], []],
    ['h', true, [], [], []],
    ['k', false, ['g'], ['g'], []],
    ['k/a', false, ['g'], [], []],
    ['k/b', false, ['g', 'h'], ['h', 'g'], []],
  ]);
});
