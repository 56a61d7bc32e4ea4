import { describe, expect, test } from 'vitest';
import { compileText, definition, faultsOf, withExpression } from './sample.ts';

/** The faults of a schematic as `line:column code message (suggestion)`, without the step type's name. */
async function report(schematic: string): Promise<readonly string[]> {
  return (await faultsOf(schematic)).map(({ line, column, code, message, suggestion }) => {
    const said = message.replace('step type sample: ', '');
    return `${line}:${column} ${code} ${said}${suggestion === undefined ? '' : ` (${suggestion})`}`;
  });
}

const ask = (withFields: string): string => `
parameters:
  type: object
  properties:
    baseUrl: {type: string, description: a}
    prompt:
      type: object
      description: a
      properties:
        type: {type: string, enum: [audit, diagnose], description: a}
ops:
  - id: ask
    op: http
    with:
${withFields
  .split('\n')
  .map((line) => `      ${line}`)
  .join('\n')}`;

describe('paths that can never exist', () => {
  test.for<readonly [string, string]>([
    ['parameter.tex', 'path parameter.tex does not exist (text)'],
    ['parameter.text.length', 'parameter.text is a string without fields'],
    ['parameter.text[0]', 'parameter.text is a string, no list'],
    ['parameter.names.first', 'parameter.names is a list: write [0] for its first item'],
    ['parameter.names[0].x', 'parameter.names[0] is a string without fields'],
    ['parameter.list[0].nam', 'path parameter.list[0].nam does not exist (name)'],
    ['parameter.tex ?? "x"', 'path parameter.tex does not exist (text)'],
    ['$exists(parameter.tex)', 'path parameter.tex does not exist (text)'],
    ['context.stepNam', 'path context.stepNam does not exist (stepName)'],
    ['asked.respnse', 'path asked.respnse does not exist (response)'],
    ['asked.response.statuscode', 'path asked.response.statuscode does not exist (statusCode)'],
    [
      'asked.response.header.`Content-Type`[0].x',
      'asked.response.header.Content-Type[0] is a string without fields',
    ],
    ['aksed.response', 'nothing is called aksed here (asked)'],
    ['shown', '"shown" comes later in ops'],
    ['it', '"it" comes later in ops'],
    ['length(parameter.text)', 'only a function of the list can be called, such as $length(x)'],
    ['uppercase', 'nothing is called uppercase here ($uppercase)'],
    ['{"a": 1}.b', 'a path starts with a name, a call or parentheses'],
    ['({"a": 1}).b', 'path the value.b does not exist'],
    ['(parameter.flag ? {"a": 1} : {"b": 1}).c', 'path the value.c does not exist'],
    ['$condition(parameter.open, "x").status.x.y ?? 1', ''],
  ])('%s', async ([expression, message]) => {
    const faults = await report(withExpression(expression));
    expect(faults.join('\n')).toContain(message);
    if (message === '') expect(faults).toEqual([]);
  });
});

describe('values of the wrong kind', () => {
  test.for<readonly [string, string]>([
    ['parameter.count & "x"', '& needs a string, got a number'],
    ['"x" & parameter.count', '& needs a string, got a number'],
    ['parameter.text + 1', '+ needs a number, got a string'],
    ['parameter.text and true', 'and needs a boolean, got a string'],
    ['parameter.count ? 1 : 2', '? needs a boolean, got a number'],
    ['parameter.count = "3"', '= compares a number with a string: they can never be equal'],
    ['parameter.flag > 1', '> needs a number or a string, got a boolean'],
    ['parameter.mode = "fsat"', '"fsat" is none of the values there can be: "fast", "slow" (fast)'],
    ['"fsat" != parameter.mode', '"fsat" is none of the values there can be: "fast", "slow" (fast)'],
    ['$type(parameter.open.x) = "list"', 'is none of the values there can be'],
    ['asked.response.statusCode = "200"', '= compares a number with a string'],
    ['1 in parameter.text', 'in needs a list, got a string'],
    ['$length(parameter.count)', '$length needs a string, got a number'],
    ['$count(parameter.text)', '$count needs a list, got a string'],
    ['-parameter.text', '- needs a number, got a string'],
    ['{1: 2}', 'a field name needs a string, got a number'],
    ['$length()', '$length takes 1 argument, not 0'],
    ['$substring("a", 1, 2, 3)', '$substring takes 2 to 3 arguments, not 4'],
  ])('%s', async ([expression, message]) => {
    expect((await report(withExpression(expression))).join('\n')).toContain(message);
  });
});

describe('what an op takes', () => {
  test.for<readonly [string, readonly string[]]>([
    [
      'url: ${ parameter.baseUr }/chat',
      ['23:31 UnknownPath op "ask": with.url: path parameter.baseUr does not exist (baseUrl)'],
    ],
    [
      'ulr: x',
      [
        '23:13 UnknownField op "ask": with.ulr does not exist (url)',
        '23:13 BadDefinition op "ask": with.url is missing',
      ],
    ],
    ['url: 3', ['23:18 WrongType op "ask": with.url must be a string, got a number']],
    ['url: ${ 3 }', ['23:18 WrongType op "ask": with.url must be a string, got a number']],
    [
      'url?: ${ parameter.baseUrl }',
      ['23:13 BadDefinition op "ask": with.url is required: write it without ?'],
    ],
    [
      'url: x\nmethod: POTS',
      [
        '24:21 WrongType op "ask": with.method must be one of "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", got "POTS" (POST)',
      ],
    ],
    [
      'url: x\nrequest:\n  header: {Accept: 3}',
      ['25:32 WrongType op "ask": with.request.header.Accept must be a string or a list, got a number'],
    ],
    [
      'url: x\nrequest:\n  tiemout: 3s',
      ['25:15 UnknownField op "ask": with.request.tiemout does not exist (timeout)'],
    ],
    [
      'url: x\nrequest: "${ parameter.prompt }"',
      ['24:13 UnknownField op "ask": with.request.type does not exist'],
    ],
    [
      'url: x\nretryOnStatus: [429, "5${ 1 }"]',
      ['24:34 WrongType op "ask": with.retryOnStatus[1] must be a number, got a string'],
    ],
    [
      'url: x\nrequest:\n  body: |\n    one\n    ${ $json(parameter.prompt) } ${ parameter.prompt }',
      [
        '27:33 WrongType op "ask": with.request.body: inside text only strings, numbers and booleans can stand, not an object',
      ],
    ],
    [
      'url: x\n"${ parameter.baseUrl }": x',
      ['24:13 BadExpression op "ask": with: a field name cannot hold ${ … }; use $merge'],
    ],
    ['url: ${ parameter.baseUrl', ['23:18 BadExpression op "ask": with.url: a ${ is not closed by }']],
  ])('%s', async ([fields, expected]) => {
    expect(await report(ask(fields).replace('$json(parameter.prompt)', '$json(1)'))).toEqual(expected);
  });
});

describe('the list of ops', () => {
  test.for<readonly [string, readonly string[]]>([
    ['ops: {}', ['10:12 BadDefinition ops must be a list']],
    ['ops: [3]', ['10:13 BadDefinition an entry of ops must be an object with an id']],
    [
      'ops:\n  - op: log',
      ['11:11 BadDefinition an entry of ops needs an id of letters, digits and _, such as ask'],
    ],
    [
      'ops:\n  - id: a-b\n    op: log',
      ['11:15 BadDefinition an entry of ops needs an id of letters, digits and _, such as ask'],
    ],
    [
      'ops:\n  - id: context\n    op: log',
      ['11:15 BadDefinition "context" cannot be an id: the word has a meaning of its own'],
    ],
    ['ops:\n  - id: a\n    op: log\n  - id: a\n    op: log', ['13:15 BadDefinition the id "a" stands twice']],
    ['ops:\n  - id: a', ['11:11 UnknownOp op "a" has neither op nor value']],
    [
      'ops:\n  - id: a\n    op: lgo',
      ['12:15 UnknownOp op "a": there is no op "lgo" (there are analyze, app-endpoints, apply'],
    ],
    [
      'ops:\n  - id: a\n    op: log\n    wiht: {}',
      ['13:11 UnknownField op "a": unknown field "wiht" (with)'],
    ],
    [
      'ops:\n  - id: a\n    op: log\n    value: 1',
      ['12:11 BadDefinition op "a" has both value and op: one entry is an op or a value'],
    ],
    [
      'ops:\n  - id: a\n    op: log\n    if: context.name = "x"',
      ['13:15 WrongType op "a": if must be a boolean: write if: ${ … }'],
    ],
    [
      'ops:\n  - id: a\n    op: log\n    if: ${ context.name }',
      ['13:15 WrongType op "a": if must be a boolean, got a string'],
    ],
    [
      'ops:\n  - id: a\n    op: log\n    if: x ${ true }',
      ['13:15 WrongType op "a": if must be a boolean: write if: ${ … }'],
    ],
    [
      'ops:\n  - id: a\n    op: log\n    if: null',
      ['13:15 WrongType op "a": if must be a boolean: write if: ${ … }'],
    ],
    [
      'ops:\n  - id: a\n    op: wait\n    with: {message: x}',
      ['13:17 BadDefinition op "a": a wait needs with.continue, or it waits for ever'],
    ],
    [
      'ops:\n  - id: a\n    op: fail',
      ['11:11 BadDefinition op "a": with.message is missing; nothing else tells why'],
    ],
    ['ops:\n  - id: a\n    op: log\n    with: 3', ['13:17 BadDefinition op "a": with must be an object']],
    ['opps: []', ['10:7 UnknownField unknown field "opps" (there are parameters, ops, outputs) (ops)']],
    [`ops:\n${'  - {id: a, op: log}\n'.repeat(101)}`, ['11:9 TooLarge ops has more than 100 entries']],
  ])('%s', async ([schematic, expected]) => {
    const faults = await report(schematic);
    for (const [index, fault] of expected.entries()) expect(faults[index]).toContain(fault);
    expect(faults.length).toBe(expected.length);
  });
});

describe('outputs', () => {
  test.for<readonly [string, readonly string[]]>([
    ['[]', ['10:16 BadDefinition outputs must be an object of outputs by name']],
    [
      '{a-b: {value: 1}}',
      ['10:17 BadDefinition an output cannot be called "a-b": a valueFrom could not name it'],
    ],
    [
      '{context: {value: 1}}',
      ['10:17 BadDefinition an output cannot be called "context": a valueFrom could not name it'],
    ],
    ['{a: 3}', ['10:20 BadDefinition output "a" needs a value']],
    ['{a: {value: 1}}', ['10:20 MissingDescription output "a" has no description']],
    [
      '{a: {value: 1, description: x, scheam: {}}}',
      ['10:47 UnknownField output "a": unknown field "scheam" (schema)'],
    ],
    [
      '{a: {value: 1, description: x, schema: {type: string}}}',
      ['10:28 WrongType output "a" must be a string, got a number'],
    ],
    [
      '{a: {value: "${ contxt.name }", description: x}}',
      ['10:32 UnknownPath output "a": nothing is called contxt here (context)'],
    ],
    [
      '{a: {value: {b: 1}, description: x, schema: {type: object, properties: {c: {type: string}}}}}',
      ['10:29 UnknownField output "a".b does not exist'],
    ],
    [
      '{a: {value: 1, description: x, schema: {type: strin}}}',
      ['10:62 BadSchema output "a": type must be one of'],
    ],
  ])('%s', async ([outputs, expected]) => {
    const faults = await report(`outputs: ${outputs}`);
    for (const [index, fault] of expected.entries()) expect(faults[index]).toContain(fault);
    expect(faults.length).toBe(expected.length);
  });
});

test('all faults are told at once, in the order of the text', async () => {
  const faults = await report(`
parameters: {type: objct}
ops:
  - id: a
    op: lgo
    if: \${ x }
  - id: b
    op: http
    with: {ur: 1}
outputs: {o: 1}`);
  expect(faults.map((fault) => fault.split(' ')[1])).toEqual([
    'BadSchema',
    'BadSchema',
    'UnknownOp',
    'UnknownPath',
    'BadDefinition',
    'UnknownField',
    'BadDefinition',
  ]);
});

test('a step type without anything to do is one', async () => {
  expect((await compileText(definition('{}'))).ok).toBe(true);
});

describe('a request to a model', () => {
  const call = (body: string, address = 'url: "http://a", model: true'): string =>
    `{id: ask, op: http, with: {${address}, request: {body: "${body}"}}}`;
  const gather = '{id: gather, op: evidence, with: {content: "${ parameter.text }"}}';
  test.for<readonly [string, readonly string[], boolean]>([
    ['with data as it came', [call('${ parameter.text }')], true],
    ['at the address of the vendor', [call('x', 'url: "https://api.openai.com/v1/models"')], true],
    ['beside evidence that it does not take', [gather, call('${ parameter.text }')], true],
    ['with evidence', [gather, call('${ gather.content }')], false],
    [
      'with evidence through a value',
      [gather, '{id: body, value: "${ gather.content }"}', call('${ body }')],
      false,
    ],
    ['to anything else', [call('${ parameter.text }', 'url: "http://a"')], false],
    ['by the op llm, which masks', ['{id: ask, op: llm, with: {prompt: x, promptVersion: "1"}}'], false],
  ])('%s', async ([, ops, isWarned]) => {
    const faults = await faultsOf(
      `parameters: {type: object, properties: {text: {type: string, description: x}}}\nops:\n${ops.map((op) => `  - ${op}`).join('\n')}`,
    );
    expect(faults.map(({ code, severity }) => `${severity} ${code}`)).toEqual(
      isWarned ? ['warning UnmaskedModelCall'] : [],
    );
  });
});
