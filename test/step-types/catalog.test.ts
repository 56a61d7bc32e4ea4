import { afterAll, describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { opSpecs } from '../../src/ops/registry.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCatalog, type CompileCache } from '../../src/step-types/catalog.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import type { Compiled, StepTypeSource } from '../../src/step-types/step-type.ts';
import { context } from './drive.ts';
import { definition, noCue } from './sample.ts';

const engine = openCueEngine({ ops: opSpecs });
afterAll(() => engine.close());
const cue = openCueCompiler(engine);

const yaml = (name: string, text: string, more: Partial<StepTypeSource> = {}): StepTypeSource => ({
  name,
  format: 'yaml',
  origin: 'file',
  file: `${name}.yaml`,
  text,
  ...more,
});
const find = (source: StepTypeSource): Promise<Compiled | undefined> =>
  openCatalog({ sources: [source], ops: opSpecs, cue }).find(source.name);
const faultsOf = (compiled: Compiled | undefined): readonly string[] =>
  (compiled?.ok === true ? compiled.warnings : (compiled?.faults ?? [])).map(
    ({ line, column, severity, message }) => `${line}:${column} ${severity} ${message}`,
  );

describe('a catalog', () => {
  test('finds by name; the first source wins, also when it is broken', async () => {
    const good = yaml('a', definition('{}', 'a'));
    const broken = yaml('a', definition('{opps: 1}', 'a'), { origin: 'directory' });
    const catalog = openCatalog({
      sources: [broken, good, yaml('b', definition('{}', 'b'))],
      ops: opSpecs,
      cue: noCue,
    });
    expect(catalog.names()).toEqual(['a', 'b']);
    expect(await catalog.find('a')).toMatchObject({ ok: false });
    expect(await catalog.find('b')).toMatchObject({ ok: true, stepType: { name: 'b' } });
    expect(await catalog.find('c')).toBeUndefined();
    expect(await catalog.find('constructor')).toBeUndefined();
  });

  test('compiles a text once, and shares it with other catalogs', async () => {
    const cache: CompileCache = new Map();
    const parts = { sources: [yaml('a', definition('{}', 'a'))], ops: opSpecs, cue: noCue, cache };
    const [one, two] = [openCatalog(parts), openCatalog(parts)];
    expect(await one.find('a')).toBe(await one.find('a'));
    expect(await one.find('a')).toBe(await two.find('a'));
    const changed = openCatalog({ ...parts, sources: [yaml('a', definition('{ops: []}', 'a'))] });
    expect(await changed.find('a')).not.toBe(await one.find('a'));
  });

  test('a built-in can be replaced by a file', async () => {
    const own = yaml('suspend', definition('{}', 'suspend'));
    const catalog = openCatalog({
      sources: [own, ...(await readBuiltInSources())],
      ops: opSpecs,
      cue: noCue,
    });
    expect(await catalog.find('suspend')).toMatchObject({
      ok: true,
      stepType: { source: { origin: 'file' } },
    });
  });

  test('built-ins are read from whatever directory it is told', async () => {
    const sources = await readBuiltInSources((directory) => {
      expect(directory.pathname).toMatch(/\/step-types\/$/);
      return Promise.resolve([
        { name: 'b.yaml', text: '1' },
        { name: 'a.yaml', text: '2' },
        { name: 'README.md', text: '3' },
      ]);
    });
    expect(sources).toEqual([
      { name: 'a', format: 'yaml', origin: 'built-in', file: 'built-in:a', text: '2' },
      { name: 'b', format: 'yaml', origin: 'built-in', file: 'built-in:b', text: '1' },
    ]);
  });
});

function vendorLine(text: string): number {
  return text.split('\n').findIndex((line) => line.includes('https://api.openai.com/v1/')) + 1;
}

describe('CUE step types', () => {
  test('a definition file of KubeVela', async () => {
    const text = await readFile(new URL('../../examples/chat-gpt.cue', import.meta.url), 'utf8');
    const compiled = await find({
      name: 'chat-gpt',
      format: 'cue',
      origin: 'file',
      file: 'chat-gpt.cue',
      text,
    });
    expect(compiled).toMatchObject({
      ok: true,
      warnings: [{ code: 'UnmaskedModelCall', severity: 'warning', line: vendorLine(text) }],
      stepType: {
        kind: 'template',
        callsModel: true,
        unknownParameters: 'warn',
        description: 'Send request to chat-gpt',
      },
    });
    if (compiled?.ok !== true) return;
    const { stepType } = compiled;
    expect(await stepType.checkParameter({ token: {}, prompt: { content: {} } })).toMatchObject([
      { path: ['token', 'value'], code: 'MissingParameter' },
    ]);
    const parameter = { token: { value: 'x' }, prompt: { content: { kind: 'Pod' } } };
    expect(await stepType.template.next({ parameter, context, recorded: [] })).toMatchObject({
      op: 'http',
      path: 'http',
    });
  });

  const inYaml = (template: string): StepTypeSource =>
    yaml(
      'sample',
      definition('X').replace(
        / {4}sluice:[^]*$/,
        `    cue:\n      template: |\n${template
          .trim()
          .split('\n')
          .map((line) => `        ${line}`)
          .join('\n')}\n`,
      ),
    );

  test('a definition document: places point into the document', async () => {
    expect(faultsOf(await find(inYaml('import "vela/op"\n\nx: op.#Log & {data: nothing}')))).toEqual([
      '13:29 error step type sample: x.data: reference "nothing" not found',
    ]);
    expect(faultsOf(await find(inYaml('import "strings"\nx: 1')))).toEqual([
      expect.stringMatching(/^11:16 warning step type sample: .*"strings"/) as string,
    ]);
  });

  test('a fault of a turn points into the document, too', async () => {
    const compiled = await find(
      inYaml('import "vela/op"\nx: op.#Log & {data: parameter.a + "b"}\nparameter: {a: _}'),
    );
    expect(faultsOf(compiled)).toEqual([]);
    if (compiled?.ok !== true) return;
    const turn = await compiled.stepType.template.next({ parameter: { a: 1 }, context, recorded: [] });
    expect(turn).toMatchObject({ kind: 'error', faults: [{ at: { source: 'sample.yaml', line: 12 } }] });
  });

  test.for<readonly [string, string]>([
    ['x: {', '1:'],
    ['"other": {type: "workflow-step"}\ntemplate: {}', 'the definition is called "other", not "sample"'],
    ['"sample": {type: "trait"}\ntemplate: {}', 'the definition is of type "trait", not "workflow-step"'],
    ['"sample": {type: "workflow-step"}', 'no `template`'],
    [
      '"sample": {type: "workflow-step"}\ntemplate: {\n\ta: b\n}',
      '3:5 error step type sample: a: reference "b" not found',
    ],
  ])('a broken definition file: %j', async ([text, expected]) => {
    const compiled = await find({ name: 'sample', format: 'cue', origin: 'file', file: 'sample.cue', text });
    expect(compiled?.ok).toBe(false);
    expect(faultsOf(compiled).join('\n')).toContain(expected);
  });

  test('step-group is a group in any language', async () => {
    const text = '"step-group": {type: "workflow-step", description: "x"}\ntemplate: {\n\tnop: {}\n}';
    const compiled = await find({
      name: 'step-group',
      format: 'cue',
      origin: 'cluster',
      file: 'step-group.cue',
      text,
    });
    expect(compiled).toMatchObject({ ok: true, stepType: { kind: 'group' } });
  });
});
