import { describe, expect, test } from 'vitest';
import { faultsOf, planOf, runWith } from './compile-text.ts';
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

/** Applied to one cluster, judged, and then applied to the other by a step with these fields. */
const applying = (name: string, cluster: string, more = '', image = 'web:1'): string =>
  `- {name: ${name}, type: apply-deployment, properties: {image: '${image}', cluster: ${cluster}}${more === '' ? '' : `, ${more}`}}\n`;
const tried = applying('try', 'test', 'outputs: [{name: app, valueFrom: output.subject}]');
const judged = gate('g', 'inputs: [{from: app, parameterKey: subject}]');

describe('a step that is behind a gate and not bound by it', () => {
  test.each([
    ['in a list', tried + judged + applying('deploy', '¦prod'), ''],
    ['by dependsOn', tried + judged + applying('deploy', '¦prod', 'dependsOn: [g]'), dag],
    ['by an if', tried + judged + applying('deploy', '¦prod', 'if: status.g.succeeded'), ''],
  ])('%s', async (_how, steps, spec) => {
    await expectFault(
      stepRow({
        name: '',
        steps,
        spec,
        code: 'UnboundStep',
        severity: 'warning',
        at: '[2].properties.cluster',
        says: /"deploy" applies to cluster "prod" what the gate "g" judges, but does not require it/,
        suggestion: 'requires: [g]',
      }),
    );
  });

  test.each([
    ['it requires the gate', tried + judged + applying('deploy', 'prod', 'requires: [g]'), ''],
    ['it applies something else', tried + judged + applying('deploy', 'prod', '', 'web:2'), ''],
    ['it stays in the cluster', tried + judged + applying('again', 'test'), ''],
    ['it runs whatever the gate says', tried + judged + applying('deploy', 'prod', 'if: always'), ''],
    ['it does not wait for the gate', tried + judged + applying('deploy', 'prod'), dag],
    ['the gate judges something else', tried + gate('g') + applying('deploy', 'prod'), ''],
    [
      'the gate only observes',
      tried +
        gate('g', 'inputs: [{from: app, parameterKey: subject}], properties: {mode: observe}') +
        applying('deploy', 'prod'),
      '',
    ],
    [
      'its group requires the gate',
      `${tried + judged}- {name: k, type: step-group, requires: [g], subSteps: [{name: deploy, type: apply-deployment, if: status.g.succeeded, properties: {image: 'web:1', cluster: prod}}]}`,
      '',
    ],
  ])('is fine where %s', async (_why, steps, spec) => {
    const faults = await faultsOf(runWith(steps, spec));
    expect(faults.filter(({ code }) => code !== 'UnusedOutput')).toEqual([]);
  });
});

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
