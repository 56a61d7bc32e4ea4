import { describe, expect, test } from 'vitest';
import { checkWorkflow } from '../../src/plan/compile-plan.ts';
import { compileText, document, faultsOf, marked, planOf } from './compile-text.ts';
import { sampleCatalog } from './sample-catalog.ts';
import { sampleExpressions } from './sample-expressions.ts';

const head = 'apiVersion: core.oam.dev/v1alpha1\n';
const runOf = (spec: string): string =>
  `${head}kind: WorkflowRun\nmetadata: {name: run}\nspec:\n  workflowRef: release\n${spec}`;
const declared = `parameters:
  properties:
    image: {type: string, description: what to deploy}
    replicas: {type: integer, default: 2, minimum: 1}
    token: {type: string, default: '', sensitive: true}
    regions: {type: array, items: {type: string}, default: [eu]}
  required: [image]
`;
const deploy = `steps:
- name: deploy
  type: apply-deployment
  properties: {image: ''}
  inputs: [{from: context.parameters.image, parameterKey: image}]
`;
const workflowOf = (text: string): string => `${head}kind: Workflow\nmetadata: {name: release}\n${text}`;
const withWorkflow = (text: string) => ({
  workflows: new Map([['release', document(workflowOf(text))]]),
});

describe('a run of a Workflow with parameters', () => {
  test('is frozen with what it gives, and the defaults', async () => {
    const plan = await planOf(
      runOf("  parameters: {image: 'a:1', replicas: 5}\n"),
      withWorkflow(declared + deploy),
    );
    expect(plan.parameters?.values).toEqual({ image: 'a:1', replicas: 5, token: '', regions: ['eu'] });
  });

  test('without parameters is what it was', async () => {
    const bare = 'steps: [{name: a, type: suspend}]\n';
    expect(await planOf(runOf(''), withWorkflow(bare))).not.toHaveProperty('parameters');
    const other = 'steps: [{name: a, type: suspend, if: context.parameters.x == 1}]\n';
    const plan = await planOf(runOf('  context: {parameters: {x: 1}}\n'), withWorkflow(other));
    expect(plan.context).toEqual({ parameters: { x: 1 } });
  });

  test.each<[string, string, string, string, RegExp, string?]>([
    ['nothing is given', '¦', 'MissingParameter', 'spec.parameters.image', /parameter image is missing/],
    [
      'one is missing',
      '  ¦parameters: {replicas: 3}\n',
      'MissingParameter',
      'spec.parameters.image',
      /image is missing/,
    ],
    [
      'of the wrong type',
      "  parameters: {image: a, replicas: ¦'3'}\n",
      'InvalidParameter',
      'spec.parameters.replicas',
      /must be a whole number, got the string "3"/,
    ],
    [
      'out of bounds',
      '  parameters: {image: a, replicas: ¦0}\n',
      'InvalidParameter',
      'spec.parameters.replicas',
      /must be at least 1, got 0/,
    ],
    [
      'a secret of the wrong type',
      '  parameters: {image: a, token: ¦12345}\n',
      'InvalidParameter',
      'spec.parameters.token',
      /must be a string, got a number/,
    ],
    [
      'misspelt',
      '  parameters: {image: a, ¦replcas: 3}\n',
      'UnknownParameter',
      'spec.parameters.replcas',
      /does not exist/,
      'replicas',
    ],
    [
      'inside a list',
      '  parameters: {image: a, regions: [eu, ¦5]}\n',
      'InvalidParameter',
      'spec.parameters.regions[1]',
      /must be a string/,
    ],
    ['no map', '  parameters: ¦5\n', 'WrongType', 'spec.parameters', /must be a map/],
    [
      'a key of the context in its place',
      '  parameters: {image: a}\n  context: {¦parameters: {}}\n',
      'BadName',
      'spec.context.parameters',
      /rename this key/,
    ],
  ])('%s', async (_name, spec, code, path, says, suggestion) => {
    const text = runOf(spec);
    const faults = (await faultsOf(text, withWorkflow(declared + deploy))).filter(
      ({ path: at }) => at === path,
    );
    expect(faults).toMatchObject([{ code, file: 'run.yaml', severity: 'error' }]);
    expect(faults[0]?.message).toMatch(says);
    expect(faults[0]?.suggestion).toBe(suggestion);
    if (spec !== '¦') expect(`${faults[0]?.line}:${faults[0]?.column}`).toBe(marked(text));
  });

  test('tells all of them at once', async () => {
    const compiled = await compileText(
      runOf("  parameters: {replicas: '3', imag: a}\n"),
      withWorkflow(declared + deploy),
    );
    expect(compiled.ok ? [] : compiled.faults.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['MissingParameter', 'InvalidParameter', 'UnknownParameter']),
    );
  });

  test('what declares none is given none', async () => {
    expect(await faultsOf(runOf('  parameters: {a: 1}\n'), withWorkflow(deploy))).toContainEqual(
      expect.objectContaining({ code: 'UnknownParameter', path: 'spec.parameters' }),
    );
  });
});

describe('a Workflow by itself', () => {
  const check = (text: string) =>
    checkWorkflow(document(workflowOf(text)), { catalog: sampleCatalog(), expressions: sampleExpressions() });

  test('is fine without values', async () => {
    expect(await check(declared + deploy)).toEqual([]);
  });

  test.each<[string, string, string, RegExp, string?]>([
    ['no object', 'parameters: ¦{type: string}\n', 'BadSchema', /must be the JSON Schema of an object/],
    [
      'a type that there is not',
      'parameters: {properties: {a: {type: ¦strin, default: x}}}\n',
      'BadSchema',
      /type must be one of/,
      'string',
    ],
    [
      'a pattern',
      'parameters: {properties: {a: {type: string, default: x, ¦pattern: a}}}\n',
      'BadSchema',
      /pattern is not available/,
    ],
    [
      'neither required nor with a default',
      'parameters: {properties: {¦a: {type: string}}}\n',
      'BadSchema',
      /neither `required` nor has a `default`/,
    ],
    [
      'a default that is refused',
      'parameters: {properties: {a: {type: string, default: ¦5}}}\n',
      'BadSchema',
      /default is no value that the schema allows/,
    ],
  ])('%s', async (_name, parameters, code, says, suggestion) => {
    const text = parameters + 'steps: [{name: a, type: suspend}]\n';
    const faults = await check(text);
    expect(faults).toMatchObject([{ code }]);
    expect(faults[0]?.message).toMatch(says);
    expect(faults[0]?.suggestion).toBe(suggestion);
    expect(`${faults[0]?.line}:${faults[0]?.column}`).toBe(marked(workflowOf(text)));
  });

  test('hands a parameter to one of another type', async () => {
    const text = `${declared}steps:
- name: deploy
  type: apply-deployment
  properties: {image: x}
  inputs: [{from: ¦context.parameters.image, parameterKey: replicas}]
- {name: each, type: suspend, forEach: {from: context.parameters.image}}
- {name: fine, type: suspend, forEach: {from: context.parameters.regions}}
`;
    const faults = await check(text);
    expect(faults.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'TypeMismatch: "context.parameters.image" is a string, but the parameter "replicas" of apply-deployment takes a number; declare it so in the `parameters` of the Workflow',
      'TypeMismatch: "context.parameters.image" is a string, but `forEach` takes a list',
    ]);
    expect(`${faults[0]?.line}:${faults[0]?.column}`).toBe(marked(workflowOf(text)));
  });

  test.each<[string, string]>([
    ['an input', 'inputs: [{from: ¦context.parameters.imag, parameterKey: image}]'],
    ['an `if`', 'if: ¦context.parameters.imag == "x"'],
    ['an output', 'outputs: [{name: o, valueFrom: ¦context.parameters.imag}]'],
  ])('%s names no parameter', async (_what, field) => {
    const text = `${declared}steps:\n- name: deploy\n  type: apply-deployment\n  properties: {image: x}\n  ${field}\n`;
    const faults = (await check(text)).filter(({ severity }) => severity === 'error');
    expect(faults).toMatchObject([{ code: 'UnknownContext', suggestion: 'context.parameters.image' }]);
    expect(`${faults[0]?.line}:${faults[0]?.column}`).toBe(marked(workflowOf(text)));
  });
});
