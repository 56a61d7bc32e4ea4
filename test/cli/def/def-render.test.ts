import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { openDefCli } from './def-cli.ts';

const examples = join(import.meta.dirname, '../../../examples');

describe.each(['chat-gpt.cue', 'step-types/hello.cue'])('%s', (name) => {
  test('as an object, as a CUE file again, and as the same object', async () => {
    await using cli = await openDefCli();
    const yaml = await cli.run(['def', 'render', join(examples, name)]);
    expect(yaml.code).toBe(0);
    await cli.write('object.yaml', yaml.stdout);
    const cue = await cli.run(['def', 'render', 'object.yaml', '-f', 'cue']);
    expect(cue.stdout).toMatch(/^(?:\/\/.*\n)*import/);
    await cli.write('again.cue', cue.stdout);
    expect(parse((await cli.run(['def', 'render', 'again.cue'])).stdout)).toEqual(parse(yaml.stdout));
    expect((await cli.run(['def', 'vet', 'again.cue'])).code).toBe(0);
  });
});

test('metadata, grouped imports, comments and texts of several lines survive', async () => {
  await using cli = await openDefCli();
  const definition = {
    apiVersion: 'core.oam.dev/v1beta1',
    kind: 'WorkflowStepDefinition',
    metadata: {
      name: 'odd-one',
      labels: { 'custom.definition.oam.dev/scope': 'WorkflowRun' },
      annotations: {
        'custom.definition.oam.dev/category': 'A "quoted" one\\',
        'definition.oam.dev/alias': 'Odd',
        'definition.oam.dev/description': 'Says it\nin two lines.',
      },
    },
    spec: {
      schematic: {
        cue: {
          template: `// first
import (
	"strings"
	"vela/op"
) // both are used

import j "encoding/json"

// then
#shout: strings.ToUpper(parameter.text)
text: """
	one
	  two

	\\(#shout)
	"""
log: op.#Log & {data: j.Marshal({t: text})}
parameter: text: string
`,
        },
      },
    },
  };
  await cli.write('odd.yaml', stringify(definition));
  const cue = await cli.run(['def', 'render', 'odd.yaml', '-f', 'cue', '-o', 'odd.cue']);
  expect([cue.code, cue.stdout]).toEqual([0, 'Definition written to odd.cue\n']);
  const back = await cli.run(['def', 'render', 'odd.cue']);
  expect(parse(back.stdout)).toEqual(definition);
});

test('a directory, to standard output and to a directory', async () => {
  await using cli = await openDefCli();
  const source = await readFile(join(examples, 'step-types/hello.cue'), 'utf8');
  for (const name of ['a', 'b']) await cli.write(`${name}.cue`, source.replace('"hello": {', `"${name}": {`));
  const { stdout } = await cli.run(['def', 'render', '.']);
  expect(stdout.match(/^---\n# .*\n/gm)).toEqual(['---\n# a.cue\n', '---\n# b.cue\n']);
  expect((await cli.run(['def', 'render', '.', '-f', 'cue'])).code).toBe(2);
  const out = await cli.run(['def', 'render', '.', '-o', 'out']);
  expect(out.stdout).toBe('Definition written to out/a.yaml\nDefinition written to out/b.yaml\n');
  expect(await readdir(join(cli.folder, 'out'))).toEqual(['a.yaml', 'b.yaml']);
});

test('nothing is rendered of what has errors, nor a YAML step type as CUE', async () => {
  await using cli = await openDefCli();
  await cli.write('bad.cue', 'x: {}\ntemplate: {a: 1 & "x"}\n');
  const bad = await cli.run(['def', 'render', 'bad.cue']);
  expect([bad.code, bad.stdout]).toEqual([2, '']);
  expect(bad.stderr).toMatch(/^bad.cue:2:\d+: error BadCue[^]*nothing was rendered\n$/m);
  const yaml = await cli.run(['def', 'render', join(examples, 'step-types/hello.yaml'), '-f', 'cue']);
  expect([yaml.code, yaml.stderr]).toEqual([2, expect.stringContaining('is written in YAML')]);
});

test('get gives a CUE step type as a file', async () => {
  await using cli = await openDefCli();
  await cli.run(['def', 'apply', join(examples, 'step-types/hello.cue')]);
  const { stdout } = await cli.run(['def', 'get', 'hello', '-o', 'cue']);
  await cli.write('got.cue', stdout);
  expect((await cli.run(['def', 'vet', 'got.cue'])).stdout).toBe('ok: 1 step type\n');
  expect(stdout).toContain('description: "Greets someone, in the log and in a ConfigMap."');
});

test('labels and annotations have the names that KubeVela gives them', async () => {
  await using cli = await openDefCli();
  const source = await readFile(join(examples, 'step-types/hello.cue'), 'utf8');
  const header = 'labels: {"scope": "WorkflowRun", "a.oam.dev/b": "c"}, annotations: {"category": "Talk"}';
  await cli.write('hello.cue', source.replace('"hello": {', `"hello": {\n\t${header}`));
  const yaml = await cli.run(['def', 'render', 'hello.cue']);
  expect(parse(yaml.stdout)).toMatchObject({
    metadata: {
      labels: { 'custom.definition.oam.dev/scope': 'WorkflowRun', 'a.oam.dev/b': 'c' },
      annotations: { 'custom.definition.oam.dev/category': 'Talk' },
    },
  });
  await cli.write('hello.yaml', yaml.stdout);
  const cue = await cli.run(['def', 'render', 'hello.yaml', '-f', 'cue']);
  expect(cue.stdout).toContain('annotations: {"category":"Talk"}');
  expect(cue.stdout).toContain('labels: {"scope":"WorkflowRun","a.oam.dev/b":"c"}');
});
