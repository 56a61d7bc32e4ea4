import { afterAll, describe, expect, test } from 'vitest';
import { openCueEngine } from '../../src/cue/engine.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { openCatalog } from '../../src/step-types/catalog.ts';
import type { StepTypeSource } from '../../src/step-types/step-type.ts';
import { faultsOf, marked, runWith } from './compile-text.ts';

// What the plan finds in steps whose type is written in CUE.
const cue = openCueEngine({ ops: opSpecs });
afterAll(() => cue.close());

const notify = `import "vela/op"
import "vela/kube"

"notify": {type: "workflow-step", description: "Sends a message."}
template: {
	output: kube.#Read & {$params: value: {apiVersion: "v1", kind: "Secret", metadata: name: parameter.url}}
	send: op.#HTTPPost & {url: output.$returns.value.data.url}
	reply: {code: send.response.statusCode, text: "answered \\(send.response.body)"}
	if parameter.retry {again: op.#HTTPGet & {url: "http://a.example/"}}
	score: int & >=0
	parameter: {
		url:    string
		count:  *1 | int
		retry:  *false | bool
		kind:   *"info" | "warning"
		labels?: [string]: string
		to: [...{name: string, mail?: string}]
	}
}
`;
const anything = `"anything": {type: "workflow-step", description: "Has any result."}
template: {
	{for name in parameter.names {"\\(name)": 1}}
	parameter: names: [...string]
}
`;
const sources = [notify, anything].map((text, i): StepTypeSource => {
  const name = ['notify', 'anything'][i] ?? '';
  return { name, format: 'cue', origin: 'file', file: `${name}.cue`, text };
});
const catalog = openCatalog({ sources, ops: opSpecs, cue });

async function found(text: string): Promise<readonly (readonly unknown[])[]> {
  const faults = await faultsOf(text, { catalog, expressions: cue });
  return faults
    .filter(({ code }) => code !== 'UnusedOutput')
    .map(({ code, line, column, severity, suggestion }) => [
      code,
      `${line}:${column}`,
      severity,
      ...(suggestion === undefined ? [] : [suggestion]),
    ]);
}

const notifyWith = (properties: string): string =>
  runWith(`- type: notify\n  properties:\n    ${properties.replaceAll('\n', '\n    ')}`);

describe('properties', () => {
  test.each<[name: string, properties: string, code: string, suggestion?: string]>([
    ['of another type', 'url: a\nto: []\ncount: ¦two', 'InvalidParameter'],
    ['of no value of a choice', 'url: a\nto: []\nkind: ¦warnin', 'InvalidParameter', 'warning'],
    ['of another type in a list', 'url: a\nto:\n- name: x\n- name: ¦[]', 'InvalidParameter'],
    ['of another type in a map', 'url: a\nto: []\nlabels:\n  x: ¦1', 'InvalidParameter'],
    ['in flow style', '{url: a, to: [{name: b}, {name: c, mail: ¦3}]}', 'InvalidParameter'],
  ])('%s', async (_name, properties, code, suggestion) => {
    const text = notifyWith(properties);
    expect(await found(text)).toEqual([
      [code, marked(text), 'error', ...(suggestion === undefined ? [] : [suggestion])],
    ]);
  });

  test('all at once: missing, of another type, unknown', async () => {
    expect(await found(notifyWith('count: [1]\nulr: a\nto:\n- nam: x'))).toEqual([
      ['MissingParameter', '9:9', 'error'],
      ['InvalidParameter', '10:18', 'error'],
      ['UnknownParameter', '11:11', 'warning', 'url'],
      ['MissingParameter', '13:13', 'error'],
      ['UnknownParameter', '13:13', 'warning', 'name'],
    ]);
  });

  test('what an input fills is not judged', async () => {
    const text = runWith(
      '- type: notify\n  properties: {to: []}\n  inputs: [{from: context.name, parameterKey: url}]',
    );
    expect(await found(text)).toEqual([]);
  });
});

const valueFrom = (expression: string): string =>
  runWith(
    `- type: notify\n  properties: {url: a, to: []}\n  outputs:\n  - name: o\n    valueFrom: ${expression.replaceAll('\n', '\n      ')}`,
  );

test('what was repaired in a definition that came with the run is told, in its own file', async () => {
  const old = `import "strings"\n\n"old": {type: "workflow-step", description: "d"}\ntemplate: {\n\tl: ["a"] + parameter.l\n\tparameter: l: [...string]\n}\n`;
  const faultsWith = (origin: StepTypeSource['origin']) => {
    const source = { name: 'old', format: 'cue', origin, file: 'old.cue', text: old } as const;
    const own = openCatalog({ sources: [source], ops: opSpecs, cue });
    return faultsOf(runWith('- type: old\n  properties: {l: []}\n- type: old\n  properties: {l: []}'), {
      catalog: own,
      expressions: cue,
    });
  };
  const told = await faultsWith('directory');
  expect(told.map(({ file, line, column, severity }) => [`${file}:${line}:${column}`, severity])).toEqual([
    ['old.cue:1:8', 'warning'],
    ['old.cue:5:11', 'warning'],
  ]);
  expect(await faultsWith('installed')).toEqual([]);
});

describe('a valueFrom', () => {
  test.each<[expression: string, code: string, suggestion?: string]>([
    ['¦relpy.text', 'UnknownResult', 'reply'],
    ['¦reply.txet', 'UnknownResult', 'text'],
    ['¦send.respones.body', 'UnknownResult', 'response'],
    ['¦output.$returns.vaule', 'UnknownResult', 'value'],
    ['¦output.vaule.data', 'UnknownResult', 'value'],
    ['¦score.points', 'UnknownResult'],
    ['¦parameter.ulr', 'UnknownParameterPath', 'url'],
    ['¦context.nmae', 'UnknownContext'],
    ['|\nimport "strings"\n\nstrings.ToUpper(\n  ¦replied.text)', 'UnknownResult'],
    ['>-\n{a: reply.text,\nb: ¦reply.cod}', 'UnknownResult', 'code'],
  ])('that cannot be: %s', async (expression, code, suggestion) => {
    const text = valueFrom(expression);
    expect(await found(text)).toEqual([
      [code, marked(text), 'error', ...(suggestion === undefined ? [] : [suggestion])],
    ]);
  });

  test.each([
    'reply.text',
    'reply.code',
    'send.response.body',
    'output.value.data.url',
    'output.$returns.err',
    'output',
    'again.response.statusCode',
    'score + parameter.count',
    'parameter.labels.x',
    'parameter.to[0].name',
    'context.stepName',
    'context.name + reply.text',
    '|\nimport "strconv"\n\nlet n = strconv.Atoi(reply.text)\nn + 1',
  ])('that can be: %s', async (expression) => {
    expect(await found(valueFrom(expression))).toEqual([]);
  });

  test('of a template whose fields are computed can be anything', async () => {
    const steps = '- type: anything\n  properties: {names: [a]}\n  outputs: [{name: o, valueFrom: a}]';
    expect(await found(runWith(steps))).toEqual([]);
  });

  test('whose type its consumer refuses', async () => {
    const steps = `${valueFrom('reply.text').split('steps:\n')[1] ?? ''}- type: notify
  properties: {url: a, to: []}
  inputs: [{from: ¦o, parameterKey: count}]`.replaceAll(/^ {6}/gm, '');
    const text = runWith(steps);
    expect(await found(text)).toEqual([['TypeMismatch', marked(text), 'error']]);
  });
});

describe('an input', () => {
  const consumer = (from: string, condition: string): string =>
    runWith(`- type: notify
  name: one
  properties: {url: a, to: []}
  outputs: [{name: r, valueFrom: reply}, {name: e, valueFrom: send.response}]
- type: anything
  properties: {names: []}
  inputs: [{from: ${from}}, {from: e}]
  if: ${condition}`);

  test.each<[name: string, from: string, condition: string, suggestion?: string]>([
    ['that goes on to what an output never has', '¦r.txet', 'always'],
    ['that goes on below a text', '¦r.text.more', 'always'],
    ['in an `if` that reads what it never has', 'r', '¦inputs.r.txet == "a"', 'text'],
    ['in an `if`, with a path of its own', 'r.text', '¦inputs["r.text"].more == "a"'],
  ])('%s', async (_name, from, condition, suggestion) => {
    const text = consumer(from, condition.includes('"') ? `'${condition}'`.replace("'¦", "¦'") : condition);
    const [fault, ...others] = await found(text);
    expect(others).toEqual([]);
    expect(fault?.[0]).toBe('UnknownInput');
    expect(fault?.[2]).toBe('error');
    expect(fault?.[3]).toBe(suggestion);
    expect(String(fault?.[1]).split(':')[0]).toBe(marked(text).split(':')[0]);
  });

  test.each([
    ['r.text', 'inputs["r.text"] == "a"'],
    ['r', 'inputs.r.text == "a" && inputs.e.body != "b" && inputs.e.header.x[0] == "c"'],
    ['r.code', 'inputs["r.code"] == 200'],
  ])('that can be there: %s, %s', async (from, condition) => {
    expect(await found(consumer(from, `'${condition}'`))).toEqual([]);
  });
});
