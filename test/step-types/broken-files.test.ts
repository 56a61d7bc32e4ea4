import { describe, expect, test } from 'vitest';
import { compileText, definition } from './sample.ts';

async function report(text: string): Promise<readonly string[]> {
  const compiled = await compileText(text);
  const faults = compiled.ok ? compiled.warnings : compiled.faults;
  return faults.map(
    ({ line, column, severity, code, message }) => `${line}:${column} ${severity} ${code} ${message}`,
  );
}

const head = 'apiVersion: core.oam.dev/v1beta1\nkind: WorkflowStepDefinition\nmetadata:\n  name: sample\n';
const described = `${head}  annotations: {definition.oam.dev/description: A.}\n`;

describe('a definition that cannot be used is a fault at its place', () => {
  test.for<readonly [string, string, readonly string[]]>([
    ['an empty file', '', ['1:1 error EmptyFile']],
    ['a comment', '# nothing', ['1:1 error EmptyFile']],
    [
      'no object',
      '- 1\n',
      [
        '1:1 error BadDefinition step type sample: apiVersion must be core.oam.dev/v1beta1: it is missing',
        '1:1 error BadDefinition step type sample: kind must be',
      ],
    ],
    ['broken YAML', `${head}spec: [1\n`, ['6:1 error']],
    ['a tab', `${head}spec:\n\tx: 1\n`, ['6:1 error']],
    [
      'two documents',
      `${definition('{}')}---\n${definition('{}')}`,
      ['error BadDefinition step type sample: the text holds more than one document'],
    ],
    [
      'another kind',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: sample}\n',
      [
        '1:13 error BadDefinition step type sample: apiVersion must be core.oam.dev/v1beta1: got "v1"',
        '2:7 error BadDefinition step type sample: kind must be WorkflowStepDefinition: got "Secret"',
      ],
    ],
    [
      'another name',
      definition('{}', 'other'),
      ['4:9 error BadDefinition step type sample: metadata.name must be "sample"'],
    ],
    ['no spec', described, ['error BadDefinition step type sample: spec.schematic must have one of']],
    [
      'no schematic',
      `${described}spec: {}\n`,
      ['6:7 error BadDefinition step type sample: spec.schematic must have one of'],
    ],
    [
      'an unknown schematic',
      `${described}spec: {schematic: {helm: {}}}\n`,
      ['6:19 error BadDefinition step type sample: spec.schematic must have one of'],
    ],
    [
      'two schematics',
      `${described}spec: {schematic: {sluice: {}, cue: {template: ""}}}\n`,
      ['6:19 error BadDefinition step type sample: spec.schematic must have one of'],
    ],
    [
      'no object for a schematic',
      `${described}spec: {schematic: {sluice: 3}}\n`,
      ['6:28 error BadDefinition step type sample: the schematic must be an object'],
    ],
    [
      'no template',
      `${described}spec: {schematic: {cue: {}}}\n`,
      ['6:25 error BadDefinition step type sample: spec.schematic.cue.template must be a string of CUE'],
    ],
    [
      'no description',
      `${head}spec: {schematic: {sluice: {}}}\n`,
      ['warning MissingDescription step type sample: there is no description'],
    ],
    [
      'a file of a megabyte',
      ' '.repeat(1_000_001),
      ['1:1 error TooLarge step type sample: the definition is longer than 1000000 characters'],
    ],
  ])('%s', async ([, text, expected]) => {
    const faults = await report(text);
    for (const [index, fault] of expected.entries()) expect(faults[index]).toContain(fault);
  });
});

test('a JSON document is one, too', async () => {
  const text = JSON.stringify({
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'WorkflowStepDefinition',
    metadata: { name: 'sample', annotations: { 'definition.oam.dev/description': 'A.' } },
    spec: { schematic: { sluice: { ops: [{ id: 'a', op: 'log', with: { data: '${ contxt }' } }] } } },
  });
  expect(await report(text)).toEqual([
    `1:${text.indexOf('contxt') + 1} error UnknownPath step type sample: op "a": with.data: nothing is called contxt here`,
  ]);
});

test('places are those of the text, also inside of blocks, quotes and folds', async () => {
  const text = definition(`
ops:
  - id: a
    op: log
    with:
      data: |
        first
          \${ one }
  - id: b
    op: log
    with:
      data: >-
        first
        \${ "x" &
        two }
  - id: c
    op: log
    with: {data: "tab\\t\\u00e9 \${ three }"}
  - id: d
    op: log
    with: {data: 'it''s \${ four }'}`);
  const lines = text.split('\n');
  const places = (await report(text)).map((fault) => fault.split(' ')[0]);
  const expected = ['one', 'two', 'three', 'four'].map((name) => {
    const index = lines.findIndex((line) => new RegExp(`\\b${name}\\b`).test(line));
    return `${index + 1}:${(lines[index] ?? '').indexOf(name) + 1}`;
  });
  expect(places).toEqual(expected);
});
