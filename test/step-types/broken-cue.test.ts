import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../src/runner/session.ts';
import { fileOf, execute, openTestSession } from '../session/open-test-session.ts';

// Definitions in CUE that can never work are refused before anything is installed, at the line of their author.
let session: Session;
beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

const header = '"bad": {type: "workflow-step", description: "d"}\n';
const cueFile = (body: string, imports = '') =>
  fileOf('bad.cue', `${imports}${header}template: {\n${body}\n}\n`);
const yamlFile = (template: string) =>
  fileOf(
    'bad.yaml',
    `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata:
  name: bad
  annotations: {definition.oam.dev/description: d}
spec:
  schematic:
    cue:
      template: |
        ${template.replaceAll('\n', '\n        ')}
`,
  );
const op = 'import "vela/op"\n';

describe('refused', () => {
  test.each<[name: string, file: ReturnType<typeof fileOf>, at: string, says: RegExp]>([
    ['what does not parse', cueFile('a: [1,\nparameter: {}'), '4:10', /missing ',' in list literal/],
    ['what does not parse, in YAML', yamlFile('import "strings"\n\na: {\n\tb: 1\n'), '14:2', /expected '}'/],
    ['a conflict', cueFile('a: 1\na: "x"'), '3:4', /conflicting values/],
    ['an unknown name', cueFile('a: paramter.x\nparameter: x: string'), '3:4', /"paramter" not found/],
    ['an unknown package', cueFile('a: nope.#A', 'import "vela/nope"\n'), '1:8', /"vela\/nope" not found/],
    ['an unknown op', cueFile('a: op.#Lgo & {data: 1}', op), '4:7', /has no #Lgo/],
    ['an unknown op, in YAML', yamlFile('import "vela/op"\n\na: op.#Lgo'), '12:15', /has no #Lgo/],
    ['another provider', cueFile('a: op.#Apply & {#provider: "op"}', op), '4:28', /conflicting values/],
    [
      'a provider that nobody is',
      cueFile('a: {#do: "apply", #provider: "k8s"}'),
      '3:10',
      /no op with #provider "k8s"/,
    ],
    ['a structure that holds itself', cueFile('#L: {n: #L}\na: #L'), '3:6', /structural cycle/],
    ['a text of 5 MB', cueFile(`a: "${'a'.repeat(5_000_000)}"`), '1:1', /longer than 1000000 characters/],
  ])('%s', async (_name, file, at, says) => {
    const { faults, applied } = await session.applyDefinitions([file]);
    const errors = faults.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ line, column }) => `${line}:${column}`)[0]).toBe(at);
    expect(errors[0]?.message).toMatch(says);
    expect(applied).toEqual([]);
  });

  test('two definitions of one name, in two files and in one', async () => {
    const again = { ...cueFile('parameter: {}'), name: 'other.cue' };
    const two = await session.applyDefinitions([cueFile('a: 1'), again]);
    expect(two.faults).toMatchObject([{ file: 'other.cue', line: 1, code: 'DuplicateDefinition' }]);
    const text = new TextDecoder().decode(yamlFile('a: 1').bytes);
    const one = await session.applyDefinitions([fileOf('both.yaml', `${text}---\n${text}`)]);
    expect(one.faults).toMatchObject([{ file: 'both.yaml', line: 12, code: 'DuplicateDefinition' }]);
    expect([...two.applied, ...one.applied]).toEqual([]);
  });
});

describe('warned of', () => {
  test.each<[name: string, file: ReturnType<typeof fileOf>, at: string, says: RegExp]>([
    ['an unused import', cueFile('a: 1', 'import "strings"\n'), '1:8', /"strings" is not used/],
    [
      'an unused import, in YAML',
      yamlFile('import (\n\t"strings"\n)\na: 1'),
      '11:10',
      /"strings" is not used/,
    ],
    ['`+` on lists', cueFile('a: ["x"] + parameter.l\nparameter: l: [...string]'), '3:10', /`\+` on lists/],
    [
      '`+` on lists, in YAML',
      yamlFile('a: ["x"] + parameter.l\nparameter: l: [...string]'),
      '10:18',
      /`\+` on lists/,
    ],
  ])('%s', async (_name, file, at, says) => {
    const { faults } = await session.vetDefinitions([file]);
    expect(faults.map(({ line, column, severity }) => [`${line}:${column}`, severity])).toEqual([
      [at, 'warning'],
    ]);
    expect(faults[0]?.message).toMatch(says);
  });
});

describe('a step fails at once and is not retried', () => {
  const read = 'r: op.#Read & {value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "nope"}}';
  const run = fileOf(
    'run.yaml',
    'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: r}\nspec: {workflowSpec: {steps: [{name: s, type: bad, properties: {count: 3000}}]}}\n',
  );
  test.each<[name: string, definition: ReturnType<typeof fileOf>, says: RegExp]>([
    [
      'a result that conflicts with what the template says of it',
      cueFile(`${read}\nseen: r.err & "another"\nparameter: count: int`, op),
      /seen: conflicting values .*\(bad\.cue:5:15\)/,
    ],
    [
      'a provider that only the parameter names',
      cueFile('a: {#do: "apply", #provider: "k\\(parameter.count)"}\nparameter: count: int'),
      /no op k3000\/apply/,
    ],
  ])('%s', async (_name, definition, says) => {
    const { view } = await execute(session, [run], { definitions: [definition] });
    expect(view.phase).toBe('failed');
    expect(view.steps[0]).toMatchObject({ phase: 'failed' });
    expect(view.steps[0]?.message).toMatch(says);
    expect(JSON.stringify(view.steps[0])).not.toContain('FailedAfterRetries');
  });
});
