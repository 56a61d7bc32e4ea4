import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { drive, ending } from './drive.ts';
import { stepTypeOf, withExpression } from './sample.ts';

const parameter: JsonObject = {
  text: 'Hello',
  count: 3,
  names: ['a', 'b'],
  open: { a: { b: [10, 20] }, 'x-y': true, nil: null, word: 'w', big: 9007199254740993n },
  mode: 'fast',
  list: [{ name: 'one' }, {}],
};

/** What an expression comes to, as the step type logs it; or how the step ended. */
async function evaluate(expression: string): Promise<Json> {
  const driven = await drive(await stepTypeOf(withExpression(expression)), parameter, { asked: {} });
  return driven.last.kind === 'done' ? (driven.params('shown')?.['data'] ?? null) : ending(driven);
}

const values: readonly (readonly [string, Json])[] = [
  // Literals, paths, operators.
  ['"a"', 'a'],
  ['null', null],
  ['-1.5e2', -150],
  ['parameter.open.a.b[1]', 20],
  ['parameter.open.a.b[-1]', 20],
  ['parameter.open.`x-y`', true],
  ['parameter.open.nil', null],
  ['parameter.list[0].name', 'one'],
  ['(parameter.open.none ?? parameter.open).word', 'w'],
  ['$parseJson("[{\\"a\\":1}]")[0].a', 1],
  ['1 + 2 * 3 - 4 / 2', 5],
  ['7 % 4', 3],
  ['-parameter.count', -3],
  ['1 < 2 and "a" < "b"', true],
  ['1 >= 2 or 2 <= 2', true],
  ['parameter.open.big > 9007199254740991', true],
  ['parameter.open.big', 9007199254740993n],
  ['parameter.text = "Hello"', true],
  ['parameter.text != "Hello"', false],
  ['{"a": [1, {"b": null}]} = {"a": [1, {"b": null}]}', true],
  ['{"a": 1} = {"a": 1, "b": 2}', false],
  ['parameter.open.nil = null', true],
  ['parameter.count = null', false],
  ['"b" in parameter.names', true],
  ['"c" in parameter.names', false],
  ['parameter.open.nil in ["a"]', false],
  ['"a" & "b" & parameter.mode', 'abfast'],
  ['parameter.count > 2 ? "many" : "few"', 'many'],
  ['[1, parameter.count, []]', [1, 3, []]],
  ['{"k": 1, parameter.text: 2}', { k: 1, Hello: 2 }],
  // Only what is evaluated can fail.
  ['true or parameter.open.none', true],
  ['false and parameter.open.none', false],
  ['true ? 1 : parameter.open.none', 1],
  // ?? and $exists.
  ['parameter.open.none ?? "d"', 'd'],
  ['parameter.open.none.deeper[3].x ?? "d"', 'd'],
  ['parameter.open.nil ?? "d"', null],
  ['parameter.open.nil.x ?? "d"', 'd'],
  ['parameter.open.word.x ?? "d"', 'd'],
  ['parameter.list[1].name ?? parameter.list[7].name ?? "d"', 'd'],
  ['asked.response.body ?? "not asked"', 'not asked'],
  ['$exists(parameter.open.none)', false],
  ['$exists(parameter.open.nil)', true],
  ['$exists(asked)', false],
  ['($exists(parameter.text) ? parameter.text : "x")', 'Hello'],
  // Texts.
  ['$string(parameter.count) & $string(true) & $string("x")', '3truex'],
  ['$string(parameter.open.big)', '9007199254740993'],
  ['$length("añ😀")', 3],
  ['$substring("hello", 1, 3)', 'ell'],
  ['$substring("hello", -3)', 'llo'],
  ['$substringBefore("a/b/c", "/")', 'a'],
  ['$substringAfter("a/b/c", "/")', 'b/c'],
  ['$substringBefore("abc", "/")', 'abc'],
  ['$uppercase("a") & $lowercase("B")', 'Ab'],
  ['$trim("  a \\n b ")', 'a b'],
  ['$contains("abc", "bc")', true],
  ['$split("a,b,,c", ",")', ['a', 'b', '', 'c']],
  ['$join(parameter.names, "-")', 'a-b'],
  ['$join([])', ''],
  ['$excerpt("  a \\n b  ")', 'a b'],
  ['$excerpt("abcdef", 4)', 'abc…'],
  [
    '$restore("<ip:0123ab> &lt;IP:0123AB> host-ffffff", {"<ip:0123ab>": "10.1.2.3"})',
    '10.1.2.3 10.1.2.3 host-ffffff',
  ],
  ['$joinPath("http://x/v1//", "/chat")', 'http://x/v1/chat'],
  ['$base64encode("é")', 'w6k='],
  ['$base64decode("w6k=")', 'é'],
  ['$base64decode("%%") ?? "none"', 'none'],
  // Numbers.
  ['$number("-1.50")', -1.5],
  ['$number("0x10") ?? "none"', 'none'],
  ['$number("") ?? "none"', 'none'],
  ['$integer("87")', 87],
  ['$integer("-5")', -5],
  ['$integer("087") ?? "none"', 'none'],
  ['$integer("8.0") ?? "none"', 'none'],
  ['$integer("-0") ?? "none"', 'none'],
  ['$integer("1234567890123456") ?? "none"', 'none'],
  ['[$round(2.5), $round(3.5), $round(2.345, 2), $round(-2.5), $round(1250, -2)]', [2, 4, 2.34, -2, 1200]],
  ['[$floor(1.7), $ceil(1.2), $abs(-3)]', [1, 2, 3]],
  ['[$sum([1, 2]), $max([1, 5, 2]), $min([4, 2]), $sum([])]', [3, 5, 2, 0]],
  ['$max([]) ?? "none"', 'none'],
  // Lists and objects.
  ['$count(parameter.names)', 2],
  ['$append([1], [2, 3])', [1, 2, 3]],
  ['$keys(parameter.list[0])', ['name']],
  ['$lookup(parameter.open, "x-y")', true],
  ['$lookup(parameter.open, "nil")', null],
  ['$lookup(parameter.open, "constructor") ?? "none"', 'none'],
  ['$lookup(context, "custom") ?? "none"', 'none'],
  ['$merge([{"a": 1, "b": 1}, {"b": 2}])', { a: 1, b: 2 }],
  ['$prefix(parameter.names, "--")', ['--a', '--b']],
  ['$unique([1, "1", {"a": 1}, 1, {"a": 1}])', [1, '1', { a: 1 }]],
  [
    '$project([{"a": {"b": [7]}, "c": "d"}, {}, 1], {"x": "a.b[0]", "y": {"z": "c"}})',
    [{ x: 7, y: { z: 'd' } }, { y: {} }, { y: {} }],
  ],
  ['$at(parameter.open, "a.b[1]")', 20],
  ['$at(parameter.open, "nil")', null],
  ['$at(parameter.open, "a.constructor") ?? "none"', 'none'],
  ['$not(true)', false],
  [
    '[$type(null), $type(1), $type(""), $type([]), $type({}), $type(true)]',
    ['null', 'number', 'string', 'array', 'object', 'boolean'],
  ],
  ['$json({"b": [1, null], "a": parameter.open.big})', '{"b":[1,null],"a":9007199254740993}'],
  ['$parseJson("{\\"a\\": 12345678901234567890}").a', 12345678901234567890n],
  ['$parseJson("{") ?? "none"', 'none'],
  ['$parseJson("null") ?? "none"', null],
  ['$parseYaml("a: [yes, 1]\\nb: {c: x}")', { a: [true, 1], b: { c: 'x' } }],
  ['$parseYaml("- a") ?? "none"', 'none'],
  ['$parseYaml("a: 1\\n---\\nb: 2") ?? "none"', 'none'],
  ['$parseYaml("a: [") ?? "none"', 'none'],
  // Kubernetes.
  ['$condition({"status": {"conditions": [{"type": "Ready", "status": "True"}]}}, "Ready").status', 'True'],
  ['$condition({"status": {}}, "Ready").status ?? "none"', 'none'],
  ['$secretValue({"data": {"k": "dg=="}}, "k")', 'v'],
  ['$secretValue({"stringData": {"k": "v"}}, "k")', 'v'],
  ['$secretValue({"data": {}}, "k") ?? "none"', 'none'],
  ['$base64Values({"k": "v"})', { k: 'dg==' }],
  [
    '$trimObject({"kind": "X", "metadata": {"name": "n", "managedFields": [], "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "a": "b"}}})',
    { kind: 'X', metadata: { name: 'n', annotations: { a: 'b' } } },
  ],
  ['$trimObject("text")', 'text'],
];

describe('what an expression comes to', () => {
  test.for(values)('%s', async ([expression, value]) => {
    expect(await evaluate(expression)).toEqual(value);
  });
});

/** What passes the check at load, because a value's kind is only known when it is there, and is an error then. */
const errors: readonly (readonly [string, string])[] = [
  ['parameter.open.none', 'parameter.open has no field none'],
  ['parameter.open.word.x', 'parameter.open.word is a string: it has no field x'],
  ['parameter.open.nil.x', 'parameter.open.nil is null: it has no field x'],
  ['parameter.open.a.b.c', 'parameter.open.a.b is a list: it has no field c'],
  ['parameter.open.a.b[2]', 'parameter.open.a.b has 2 items, none at 2'],
  ['parameter.open.a[0]', 'parameter.open.a is an object, no list'],
  ['parameter.open.hasOwnProperty', 'parameter.open has no field hasOwnProperty'],
  ['parameter.open.constructor', 'parameter.open has no field constructor'],
  ['parameter.open.__proto__', 'parameter.open has no field __proto__'],
  ['asked.response.statusCode', 'asked has no value: its if: was false'],
  // JSONata would answer "x", false, false and true.
  ['"x" & parameter.open.none', 'parameter.open has no field none'],
  ['parameter.open.none >= 400', 'parameter.open has no field none'],
  ['parameter.open.none != 3', 'parameter.open has no field none'],
  ['$not(parameter.open.none)', 'parameter.open has no field none'],
  ['parameter.open.none = parameter.open.nope', 'parameter.open has no field none'],
  ['parameter.open.none in ["a"]', 'parameter.open has no field none'],
  ['parameter.open.none ? 1 : 2', 'parameter.open has no field none'],
  // No value is converted.
  ['parameter.open.word ? 1 : 2', '? needs a boolean, got a string'],
  ['parameter.open.word and true', 'and needs a boolean, got a string'],
  ['true and parameter.open.a', 'and needs a boolean, got an object'],
  ['parameter.open.word & parameter.open.a.b[0]', '& needs strings, got a number'],
  ['parameter.open.word = parameter.open.a.b[0]', '= compares a string with a number'],
  ['parameter.open.word < parameter.open.a.b[0]', '< needs two numbers or two strings'],
  ['parameter.open.nil < 1', '< needs two numbers or two strings'],
  ['parameter.open.word + 1', '+ needs numbers, got a string'],
  ['parameter.open.big + 1', 'beyond 2^53'],
  ['-parameter.open.word', '- needs a number, got a string'],
  ['1 / (parameter.count - 3)', 'the result of / is no number'],
  ['parameter.open.word in parameter.open.word', 'in needs a list on its right'],
  ['{parameter.open.nil: 1}', 'a field name must be a string, got null'],
  ['{"a": 1, parameter.open.word: 2, "w": 3}', 'the field "w" stands twice'],
  ['$length(parameter.open.a)', '$length needs a string as its text, got an object'],
  ['$count(parameter.open.word)', '$count needs a list as its list, got a string'],
  ['$join(parameter.open.a.b)', '$join: item 0 of the list is no string'],
  ['$sum(["1"])', '$sum: an item of the list is no number'],
  ['$merge([1])', '$merge: item 0 of the list is no object'],
  ['$prefix([1], "-")', '$prefix: item 0 of the list is no string'],
  ['$project([], {"a": 1})', '$project: 1 is no path such as metadata.name'],
  ['$at(parameter.open, "..")', '$at: ".." is no path such as metadata.name'],
  ['$integer("x")', '$integer: the text is no whole number'],
  // What ?? catches is a missing value, never a wrong one.
  ['(parameter.open.word + 1) ?? 3', '+ needs numbers, got a string'],
  ['$length(parameter.open.a) ?? 3', '$length needs a string'],
  ['$exists(parameter.open.word & parameter.open.nil)', '& needs strings, got null'],
];

describe('what is an error when the step runs', () => {
  test.for(errors)('%s', async ([expression, message]) => {
    const said = await evaluate(expression);
    expect(said).toMatch(/^error: op "it": value: /);
    expect(said).toContain(message);
  });
});

test('a fault at run time has its place in the file', async () => {
  const driven = await drive(await stepTypeOf(withExpression('1 + parameter.open.none')), parameter);
  expect(driven.last).toEqual({
    kind: 'error',
    faults: [
      {
        kind: 'incomplete',
        path: 'op "it": value',
        message: 'parameter.open has no field none',
        at: { source: 'sample.yaml', line: 26, column: 41 },
      },
    ],
  });
});

test('a condition that is no boolean is an error, never false', async () => {
  const stepType = await stepTypeOf(`
parameters: {type: object, properties: {open: {type: object, description: a}}}
ops:
  - id: gate
    op: fail
    if: \${ parameter.open.bad }
    with: {message: closed}`);
  for (const bad of ['true', 1, 0, null, [], {}]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, so that a failure names its value
    expect(ending(await drive(stepType, { open: { bad } }))).toContain(
      'error: op "gate": if: must be a boolean',
    );
  }
  expect(ending(await drive(stepType, { open: {} }))).toContain('parameter.open has no field bad');
  expect(ending(await drive(stepType, { open: { bad: true } }))).toBe('fail: closed');
  expect(ending(await drive(stepType, { open: { bad: false } }))).toBe('done');
});

describe('text around expressions', () => {
  const logged = async (data: string): Promise<Json> => {
    const stepType = await stepTypeOf(`
parameters: {type: object, properties: {open: {type: object, description: a}}}
ops:
  - id: shown
    op: log
    with: {data: ${JSON.stringify(data)}}`);
    const driven = await drive(stepType, {
      open: { n: 3, t: 'x', b: true, nil: null, l: [1], big: 9007199254740993n },
    });
    return driven.last.kind === 'done' ? (driven.params('shown')?.['data'] ?? null) : ending(driven);
  };
  test.for<readonly [string, Json]>([
    ['plain', 'plain'],
    ['', ''],
    ['${ parameter.open.l }', [1]],
    ['${parameter.open.n}/${ parameter.open.t }, ${ parameter.open.b }', '3/x, true'],
    ['n=${ parameter.open.big }', 'n=9007199254740993'],
    ['costs $${ 5 } or $5', 'costs ${ 5 } or $5'],
    ['${ "}" & \'}\' } ${ /* } */ "c" }', '}} c'],
    ['${ {"a}": parameter.open.n} }', { 'a}': 3 }],
    ['${ "\\"}" }', '"}'],
    [
      'x${ parameter.open.nil }',
      'error: op "shown": with.data: inside text only strings, numbers and booleans can stand, got null',
    ],
    [
      'x${ parameter.open.l }',
      'error: op "shown": with.data: inside text only strings, numbers and booleans can stand, got a list',
    ],
    ['x${ parameter.open.none }', 'error: op "shown": with.data: parameter.open has no field none'],
  ])('%s', async ([data, expected]) => {
    expect(await logged(data)).toEqual(expected);
  });
});
