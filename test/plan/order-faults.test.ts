import { describe, expect, test } from 'vitest';
import { faultsOf, planOf, runWith } from './compile-text.ts';
import { expectFault, stepRow } from './fault-rows.ts';

const dag = 'mode: {steps: DAG}';
const step = (name: string, more = ''): string =>
  `- {name: ${name}, type: suspend${more === '' ? '' : `, ${more}`}}\n`;
const maker = (name: string, output: string, more = ''): string =>
  `- {name: ${name}, type: open, outputs: [{name: ${output}, valueFrom: x}]${more === '' ? '' : `, ${more}`}}\n`;

const rows = [
  stepRow({
    name: 'unknown step',
    steps: step('one') + step('two', 'dependsOn: [¦noe]'),
    code: 'UnknownStep',
    at: '[1].dependsOn[0]',
    says: /no step "noe" to depend on/,
    suggestion: 'one',
  }),
  stepRow({
    name: 'a later step',
    steps: step('a', 'dependsOn: [¦b]') + step('b'),
    code: 'LaterStep',
    at: '[0].dependsOn[0]',
    says: /"b", which runs after it: the order is StepByStep/,
  }),
  stepRow({
    name: 'itself',
    steps: step('a', 'dependsOn: [¦a]'),
    code: 'LaterStep',
    at: '[0].dependsOn[0]',
    says: /depends on itself/,
  }),
  stepRow({
    name: 'the output of a later step',
    steps: step('a', 'inputs: [{from: ¦o}]') + maker('b', 'o'),
    code: 'LaterStep',
    at: '[0].inputs[0].from',
    says: /output "o" comes from step "b", which runs after this one/,
  }),
  stepRow({
    name: 'its own output',
    steps: maker('a', 'o', 'inputs: [{from: ¦o}]'),
    code: 'LaterStep',
    at: '[0].inputs[0].from',
    says: /this step itself/,
  }),
  stepRow({
    name: 'a sub-step of a later group',
    steps: `${step('a', 'dependsOn: [¦s]')}- {name: g, type: step-group, subSteps: [{name: s, type: suspend}]}`,
    code: 'LaterStep',
    at: '[0].dependsOn[0]',
    says: /"s", which runs after it/,
  }),
  stepRow({
    name: 'from a sub-step, a later step',
    steps: `- {name: g, type: step-group, subSteps: [{name: s, type: suspend, dependsOn: [¦b]}]}\n${step('b')}`,
    code: 'LaterStep',
    at: '[0].subSteps[0].dependsOn[0]',
    says: /runs after it/,
  }),
  stepRow({
    name: 'a later sub-step in a group of mode StepByStep',
    steps:
      '- {name: g, type: step-group, mode: StepByStep, subSteps: [{name: s, type: suspend, dependsOn: [¦t]}, {name: t, type: suspend}]}',
    code: 'LaterStep',
    at: '[0].subSteps[0].dependsOn[0]',
    says: /runs after it/,
  }),
  stepRow({
    name: 'the status of a later step',
    steps: step('a', 'if: ¦status.b.failed') + step('b'),
    code: 'LaterStatus',
    at: '[0].if',
    says: /has not finished when it is evaluated/,
    severity: 'warning',
  }),
  stepRow({
    name: 'the status of the own group',
    steps: '- {name: g, type: step-group, subSteps: [{name: s, type: suspend, if: ¦status.g.failed}]}',
    code: 'LaterStatus',
    at: '[0].subSteps[0].if',
    says: /status of "g"/,
    severity: 'warning',
  }),
  stepRow({
    name: 'the status of an own sub-step',
    steps: '- {name: g, type: step-group, if: ¦status.s.failed, subSteps: [{name: s, type: suspend}]}',
    code: 'LaterStatus',
    at: '[0].if',
    says: /status of "s"/,
    severity: 'warning',
  }),
  stepRow({
    name: 'a cycle of dependsOn',
    spec: dag,
    steps: step('a', 'dependsOn: [¦b]') + step('b', 'dependsOn: [a]'),
    code: 'DependencyCycle',
    at: '[0].dependsOn[0]',
    says: /each for the next: a → b → a/,
  }),
  stepRow({
    name: 'a cycle of three kinds of edges',
    spec: dag,
    steps:
      step('a', 'dependsOn: [¦c]') +
      maker('b', 'o', 'if: status.a.succeeded') +
      step('c', 'inputs: [{from: o}]'),
    code: 'DependencyCycle',
    at: '[0].dependsOn[0]',
    says: /a → c → b → a/,
  }),
  stepRow({
    name: 'a cycle of inputs',
    spec: dag,
    steps: maker('a', 'oa', 'inputs: [{from: ¦ob}]') + maker('b', 'ob', 'inputs: [{from: oa}]'),
    code: 'DependencyCycle',
    at: '[0].inputs[0].from',
    says: /a → b → a/,
  }),
  stepRow({
    name: 'a cycle of conditions',
    spec: dag,
    steps: step('a', 'if: ¦status.b.failed') + step('b', 'if: status.a.failed'),
    code: 'DependencyCycle',
    at: '[0].if',
    says: /a → b → a/,
  }),
  stepRow({
    name: 'a step that waits for itself',
    spec: dag,
    steps: step('a') + step('b', 'dependsOn: [¦b]'),
    code: 'DependencyCycle',
    at: '[1].dependsOn[0]',
    says: /waits for itself: b → b/,
  }),
  stepRow({
    name: 'a step that reads its own status',
    spec: dag,
    steps: step('a', 'if: ¦status.a.failed'),
    code: 'DependencyCycle',
    at: '[0].if',
    says: /waits for itself/,
  }),
  stepRow({
    name: 'a sub-step that depends on its group',
    steps: '- {name: g, type: step-group, subSteps: [{name: s, type: suspend, dependsOn: [¦g]}]}',
    code: 'DependencyCycle',
    at: '[0].subSteps[0].dependsOn[0]',
    says: /s → g → s/,
  }),
  stepRow({
    name: 'a group that depends on its sub-step',
    steps: '- {name: g, type: step-group, dependsOn: [¦s], subSteps: [{name: s, type: suspend}]}',
    code: 'DependencyCycle',
    at: '[0].dependsOn[0]',
    says: /g → s → g/,
  }),
  stepRow({
    name: 'a cycle through a group',
    spec: dag,
    steps: `- {name: g, type: step-group, subSteps: [{name: s, type: suspend, dependsOn: [¦a]}]}\n${step('a', 'dependsOn: [g]')}`,
    code: 'DependencyCycle',
    at: '[0].subSteps[0].dependsOn[0]',
    says: /s → a → g → s/,
  }),
  stepRow({
    name: 'a cycle through the order of a list',
    spec: dag,
    steps: `- {name: g, type: step-group, mode: StepByStep, subSteps: [{name: s, type: suspend, dependsOn: [¦x]}, {name: t, type: suspend}]}\n${step('x', 'dependsOn: [t]')}`,
    code: 'DependencyCycle',
    at: '[0].subSteps[0].dependsOn[0]',
    says: /s → x → t → s/,
  }),
];

describe('faults of the order', () => {
  test.each(rows)('$name', expectFault);

  test('two cycles are two faults', async () => {
    const steps =
      step('a', 'dependsOn: [b]') +
      step('b', 'dependsOn: [a]') +
      step('c', 'dependsOn: [d]') +
      step('d', 'dependsOn: [c]');
    expect((await faultsOf(runWith(steps, dag))).map(({ code, line }) => [code, line])).toEqual([
      ['DependencyCycle', 9],
      ['DependencyCycle', 11],
    ]);
  });

  test('a cycle of a thousand steps is found, and printed in short', async () => {
    const steps = Array.from({ length: 1000 }, (_, index) =>
      step(`s${index}`, `dependsOn: [s${(index + 1) % 1000}]`),
    ).join('');
    const faults = await faultsOf(runWith(steps, dag));
    expect(faults).toMatchObject([{ code: 'DependencyCycle' }]);
    expect(faults[0]?.message).toMatch(/s0 → s1 → .* → … → .* → s999 → s0/);
  });
});

const edges = async (steps: string, spec = ''): Promise<unknown> =>
  Object.fromEntries(
    (await planOf(runWith(steps, spec))).steps.map(({ path, after, dependsOn }) => [
      path,
      { after, dependsOn },
    ]),
  );

const group = (mode: string): string =>
  `- {name: g, type: step-group${mode}, subSteps: [{name: s, type: suspend}]}`;

const siblingMode = async (mode: string, spec = ''): Promise<unknown> =>
  (await planOf(runWith(group(mode), spec))).steps[1]?.siblingMode;

describe('edges', () => {
  const mixed =
    maker('a', 'o') +
    step('b') +
    step('c') +
    step('d', 'dependsOn: [b], inputs: [{from: o}], if: status.c.failed');

  test('in StepByStep: dependsOn and inputs', async () => {
    expect(await edges(mixed)).toMatchObject({ d: { after: ['b', 'a'], dependsOn: ['b'] } });
  });

  test('in DAG: what the `if` reads too', async () => {
    expect(await edges(mixed, dag)).toMatchObject({ d: { after: ['b', 'a', 'c'], dependsOn: ['b'] } });
  });

  test('in DAG the order of the file does not matter', async () => {
    expect(
      await edges(step('a', 'dependsOn: [b], if: status.c.failed') + step('b') + step('c'), dag),
    ).toMatchObject({ a: { after: ['b', 'c'] } });
  });

  test('each step is named once', async () => {
    expect(
      await edges(
        maker('a', 'o') +
          step('b', 'dependsOn: [a, a], inputs: [{from: o}, {from: o.x}], if: status.a.failed'),
        dag,
      ),
    ).toMatchObject({ b: { after: ['a'], dependsOn: ['a'] } });
  });

  test('between groups and sub-steps, by their paths', async () => {
    const steps = [
      '- {name: g, type: step-group, subSteps: [{name: s, type: open, outputs: [{name: o, valueFrom: x}]}, {name: t, type: suspend, dependsOn: [s]}]}',
      '- {name: h, type: step-group, dependsOn: [g], subSteps: [{name: u, type: suspend, inputs: [{from: o}], if: status.t.failed}]}',
      '- {name: z, type: suspend, dependsOn: [t, h]}',
    ].join('\n');
    expect(await edges(steps)).toMatchObject({
      'g/t': { after: ['g/s'] },
      h: { after: ['g'] },
      'h/u': { after: ['g/s', 'g/t'], dependsOn: [] },
      z: { after: ['g/t', 'h'] },
    });
  });

  test('sub-steps follow the mode of the run, or of their group', async () => {
    expect(await siblingMode('')).toBe('DAG');
    expect(await siblingMode('', 'mode: {subSteps: StepByStep}')).toBe('StepByStep');
    expect(await siblingMode(', mode: DAG', 'mode: {subSteps: StepByStep}')).toBe('DAG');
    expect(await siblingMode(', mode: null', 'mode: {subSteps: StepByStep}')).toBe('StepByStep');
  });
});
