import { describe, expect, test } from 'vitest';
import { openCueEngine } from '../../src/cue/engine.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { openBuiltIns } from '../step-types/built-in.ts';
import { faultsOf, marked, planOf, runWith } from './compile-text.ts';

const catalog = await openBuiltIns();
const manifest = 'subject: {apiVersion: v1, kind: ConfigMap, metadata: {name: web}}';

/** A gate with one objective, and further lines of its properties. */
function gate(objective: string, more = manifest): string {
  return runWith(
    `- name: check\n  type: gate\n  properties:\n    objectives:\n      - {id: a, ${objective}}\n    ${more}`,
  );
}

describe('what vet says about the policy of a gate, and where', () => {
  const rows: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'a key without weight',
      'value: {cue: x}, pass: {op: "<", value: 1}, key: ¦true, weight: 0',
      'key',
      /must count/,
    ],
    [
      'what can never fail',
      'value: {cue: x}, pass: {op: "<", value: 1}, samples: {count: 2, interval: 1s, failureLimit: ¦2}',
      'samples.failureLimit',
      /never fail/,
    ],
    ['no condition', '¦value: {cue: x}', '', /`pass` is needed/],
    [
      'a provider that is not there',
      'value: {metric: {provider: ¦prom, query: up}}, pass: {op: "<", value: 1}',
      'value.metric.provider',
      /has no "prom"/,
    ],
  ];
  test.each(rows)('%s', async (_name, objective, path, says) => {
    const text = gate(objective);
    const faults = await faultsOf(text, { catalog });
    const place = `spec.workflowSpec.steps[0].properties.objectives[0]${path === '' ? '' : `.${path}`}`;
    const first = faults.find((fault) => fault.path === place);
    expect(first).toMatchObject({ code: 'BadPolicy', severity: 'error' });
    expect(first?.message).toMatch(says);
    if (path !== '') expect(`${first?.line}:${first?.column}`).toBe(marked(text));
  });

  test('a mute of nothing', async () => {
    const mute = 'mute: [{id: ¦b, why: known, until: "2020-01-01T00:00:00Z"}]';
    const text = gate('value: {cue: x}, pass: {op: "<", value: 1}', `${manifest}\n    ${mute}`);
    const faults = await faultsOf(text, { catalog });
    expect(faults.map(({ code, line, column }) => [code, `${line}:${column}`])).toEqual([
      ['BadPolicy', marked(text)],
    ]);
    expect(faults[0]?.message).toMatch(/no objective/);
  });

  test.each([
    ['a value', 'value: {cue: ¦"values.n +"}, pass: {op: "<", value: 1}', 'value.cue'],
    ['a condition', 'value: {cue: x}, pass: {cue: ¦"value >"}', 'pass.cue'],
    [
      'one of several conditions',
      'value: {cue: x}, pass: [{cue: "value > 1"}, {cue: ¦"value >"}]',
      'pass[1].cue',
    ],
  ])('CUE that is none, as %s', async (_name, objective, path) => {
    const text = gate(objective);
    const cue = openCueEngine({ ops: opSpecs });
    try {
      const faults = await faultsOf(text, { catalog, expressions: cue });
      const place = `spec.workflowSpec.steps[0].properties.objectives[0].${path}`;
      expect(faults.map((fault) => [fault.code, fault.path, fault.line])).toEqual([
        ['BadExpression', place, Number(marked(text).split(':')[0])],
      ]);
    } finally {
      await cue.close();
    }
  });

  test('a plain name as subject is a warning', async () => {
    const text = gate('value: {cue: x}, pass: {op: "<", value: 1}', 'subject: ¦web');
    const faults = await faultsOf(text, { catalog });
    expect(faults.map(({ code, severity, line, column }) => [code, severity, `${line}:${column}`])).toEqual([
      ['WeakPolicy', 'warning', marked(text)],
    ]);
  });

  test('what the schema has said is not said again', async () => {
    const faults = await faultsOf(gate('value: {cue: x}, pass: {op: "~", value: 1}'), { catalog });
    expect(faults.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
      'InvalidParameter',
    ]);
  });
});

describe('what an input fills is not judged before it is there', () => {
  const steps = (key: string, properties: string): string =>
    runWith(
      [
        '- name: make',
        '  type: request',
        '  properties: {url: "http://a"}',
        '  outputs: [{name: given, valueFrom: response}]',
        '- name: check',
        '  type: gate',
        `  inputs: [{from: given, parameterKey: "${key}"}]`,
        '  properties:',
        `    ${manifest}`,
        ...properties.split('\n').map((line) => `    ${line}`),
      ].join('\n'),
    );
  test.each([
    [
      'reports.lint.text',
      'objectives: [{id: a, value: {findings: {from: lint}}, pass: {op: "==", value: 0}}]',
    ],
    [
      'providers',
      'objectives: [{id: a, value: {metric: {provider: p, query: up}}, pass: {op: "==", value: 0}}]',
    ],
    ['objectives', 'mute: [{id: a, why: known, until: "2020-01-01T00:00:00Z"}]'],
    ['objectives[0].pass', 'objectives: [{id: a, value: {cue: x}}]'],
  ])('%s', async (key, properties) => {
    const faults = await faultsOf(steps(key, properties), { catalog });
    expect(faults.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

test('without a clock nothing is said about how long a mute lasts', async () => {
  const mute = 'mute: [{id: a, why: known, until: "2099-01-01T00:00:00Z"}]';
  const text = gate('value: {cue: x}, pass: {op: "<", value: 1}', `${manifest}\n    ${mute}`);
  expect((await planOf(text, { catalog })).steps[0]?.isGate).toBe(true);
});
