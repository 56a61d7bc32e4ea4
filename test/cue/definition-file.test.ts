import { afterAll, describe, expect, test } from 'vitest';
import { compileText, openTestEngine } from './drive.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

const file = `// a step of ours
package steps

import (
	"strings"
	"vela/op"
)

"say-it": {
	alias: "Say it"
	annotations: {"custom.definition.oam.dev/category": "Talk"}
	labels: {}
	attributes: {}
	description: "Says {it}"
	type:        "workflow-step"
}

#shout: strings.ToUpper(parameter.text)

template: {
	log: op.#Log & {data: #shout}
	wrong: parameter.tex
	parameter: {
		text: string
	}
}
`;

test('a definition file is its name, its header and its template', async () => {
  const definition = await engine.readDefinitionFile(file, 'say-it.cue');
  expect(definition).toMatchObject({
    ok: true,
    name: 'say-it',
    description: 'Says {it}',
    type: 'workflow-step',
    header: { alias: 'Say it', annotations: { 'custom.definition.oam.dev/category': 'Talk' } },
  });
  if (!definition.ok) return;
  expect(definition.template).not.toMatch(/say-it|template|package/);
  const { template, parameterSchema } = await compileText(engine, definition.template);
  expect(parameterSchema).toEqual({
    type: 'object',
    properties: { text: { type: 'string' } },
    required: ['text'],
  });
  expect(await template.next({ parameter: { text: 'hi' }, context: {}, recorded: [] })).toMatchObject({
    kind: 'op',
    op: 'log',
    params: { data: 'HI' },
  });
});

test('faults of the template point into the file', async () => {
  const broken = file.replace('op.#Log', 'op.#Lgo');
  const definition = await engine.readDefinitionFile(broken, 'say-it.cue');
  if (!definition.ok) throw new Error('not read');
  expect(
    await engine.compile({ name: 'say-it', source: definition.template, file: 'say-it.cue' }),
  ).toMatchObject({
    ok: false,
    faults: [{ at: { source: 'say-it.cue', line: 21, column: 10 }, hint: 'did you mean op.#Log?' }],
  });
});

describe('what is no definition file', () => {
  test.each([
    ['a: {type: "workflow-step"}', /no `template`/, 1],
    ['template: {x: 1}', /no header/, 1],
    ['a: {}\nb: {}\ntemplate: {x: 1}', /`b` is one too many/, 2],
    ['a: {}\ntemplate: {x: 1}\ntemplate: {y: 1}', /`template` is one too many/, 3],
    ['a: {}\ntemplate: string', /written out in braces/, 2],
    ['a: {}\ntemplate: {\n  x: [1\n}', /missing ',' before newline in list literal/, 4],
    ['a: {description: string}\ntemplate: {}', /incomplete value string/, 1],
    ['a: {description: other}\ntemplate: {}', /reference "other" not found/, 1],
  ])('%s', async (text, message, line) => {
    const definition = await engine.readDefinitionFile(text, 'x.cue');
    expect(definition.ok).toBe(false);
    if (definition.ok) return;
    expect(definition.faults[0]?.message).toMatch(message);
    expect(definition.faults[0]?.at).toMatchObject({ source: 'x.cue', line });
  });
});
