import { afterAll, describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { openTestEngine } from './drive.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

const scope: JsonObject = {
  status: {
    apply: { phase: 'failed', failed: true, succeeded: false, reason: 'Timeout' },
    'my-step': { failed: true },
  },
  inputs: { score: '70', 'a.b': 3 },
  context: { name: 'run', mycontext: { c: [1, 2] } },
  parameter: {},
};

describe('an if', () => {
  test.each<[string, Json]>([
    ['status.apply.failed', true],
    ['status.apply.failed && !status.apply.succeeded', true],
    ['status["my-step"].failed', true],
    ['status.apply.reason == "Timeout" || status.apply.phase != "failed"', true],
    ['status.apply.phase =~ "^fail"', true],
    ['inputs["a.b"] > 2 && inputs["a.b"] <= 3', true],
    ['context.mycontext.c[1] == 2', true],
    ['len(context.mycontext.c) == 2', true],
    ['strings.HasPrefix(context.name, "r")', true],
    ['false', false],
    ['"text"', 'text'],
  ])('%s', async (expression, value) => {
    expect(await engine.evaluate(scope, expression)).toEqual({ ok: true, value });
  });

  test('a comparison of a text with a number is an error, so a gate on text cannot pass by accident', async () => {
    expect(await engine.evaluate(scope, 'inputs.score >= 60')).toMatchObject({
      ok: false,
      faults: [{ kind: 'evaluation', at: { source: 'expression', line: 1, column: 1 } }],
    });
    expect(await engine.evaluate(scope, 'inputs.score == 70')).toMatchObject({ ok: false });
  });

  test('a default swallows what does not exist, as in CUE', async () => {
    expect(await engine.evaluate(scope, '*status.nope.failed | false')).toMatchObject({ value: false });
  });
});

describe('a fault', () => {
  const cases: readonly { expression: string; fault: object }[] = [
    {
      expression: 'status.nope.failed',
      fault: {
        kind: 'incomplete',
        message: 'undefined field: nope',
        at: { source: 'expression', line: 1, column: 8 },
      },
    },
    {
      expression: 'statsu.apply.failed',
      fault: { kind: 'evaluation', message: 'reference "statsu" not found', at: { line: 1, column: 1 } },
    },
    {
      expression: 'status.my-step.failed',
      fault: {
        kind: 'evaluation',
        message: 'reference "step" not found',
        hint: 'a name with a hyphen needs quotes: status["my-step"].failed',
      },
    },
    {
      expression: 'status.apply.failed &&',
      fault: { kind: 'syntax', at: { line: 1 } },
    },
    { expression: '', fault: { kind: 'syntax' } },
    { expression: 'inputs.score & 3', fault: { kind: 'evaluation' } },
    { expression: 'string', fault: { kind: 'incomplete', message: expect.stringContaining('string') } },
    { expression: '{a: int}', fault: { kind: 'incomplete', path: 'a' } },
    {
      expression: 'context.mycontext.c[7]',
      fault: { message: expect.stringContaining('index out of range [7] with length 2') },
    },
    {
      expression: 'import "strconv"\n\nstrconv.Atoi("seventy")',
      fault: { kind: 'evaluation', at: { source: 'expression', line: 3 } },
    },
    { expression: 'import "vela/nope"\nnope.x', fault: { kind: 'import', at: { line: 1, column: 8 } } },
    { expression: 'import "strconv"\nstrconv.Atoi(', fault: { kind: 'syntax', at: { line: 2 } } },
    { expression: 'a: b\nb: a', fault: { kind: 'incomplete' } },
  ];
  test.each(cases)('$expression', async ({ expression, fault }) => {
    const evaluated = await engine.evaluate(scope, expression);
    expect(evaluated).toMatchObject({ ok: false });
    expect(evaluated.ok ? [] : evaluated.faults[0]).toMatchObject(fault);
    expect(JSON.stringify(evaluated)).not.toMatch(/marshal error|more errors/);
  });
});

test('no digit of a number is lost', async () => {
  const numbers = {
    big: 12345678901234567890n,
    small: -9007199254740993n,
    half: 0.5,
    tiny: 1e-9,
    huge: 1e21,
  };
  expect(await engine.evaluate({ numbers }, 'numbers')).toEqual({ ok: true, value: numbers });
  expect(await engine.evaluate({ numbers }, 'numbers.big + 1')).toEqual({
    ok: true,
    value: 12345678901234567891n,
  });
});

test('bytes are base64', async () => {
  expect(await engine.evaluate({}, "{a: 'abc'}")).toEqual({ ok: true, value: { a: 'YWJj' } });
});

test('texts pass as they are', async () => {
  const text = '"quoted" \\ \u0000 \u2028 <b>&amp; \u00e9 \u{1f600} \\(x) #"';
  expect(await engine.evaluate({ text }, 'text')).toEqual({ ok: true, value: text });
  expect(await engine.evaluate({ text }, '{(text): 1}')).toEqual({ ok: true, value: { [text]: 1 } });
});

test('fields keep their order', async () => {
  const evaluated = await engine.evaluate({ a: { z: 1, b: { y: 2, c: 3 }, a: [] } }, 'a');
  expect(JSON.stringify(evaluated)).toBe('{"ok":true,"value":{"z":1,"b":{"y":2,"c":3},"a":[]}}');
});

test('the scope of a later call has nothing of an earlier one', async () => {
  expect(await engine.evaluate({ a: 1 }, 'a')).toEqual({ ok: true, value: 1 });
  expect(await engine.evaluate({ b: 1 }, 'a')).toMatchObject({ ok: false });
});

describe('parsing', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['status.a.failed && status["b-c"].phase == "x"', ['status a failed @1:1', 'status b-c phase @1:20'], []],
    ['inputs["x.y"] > len(context.list)', ['inputs x.y @1:1', 'context list @1:21'], []],
    ['context.c[0].d', ['context c 0 d @1:1'], []],
    ['context.c[inputs.i].d', ['inputs i @1:11', 'context c @1:1'], []],
    [
      '"\\(output.value.status) and \\(context.name)"',
      ['output value status @1:4', 'context name @1:31'],
      [],
    ],
    ['[for k, v in context.map if v.on {k}]', ['context map @1:14'], []],
    ['{a: output.x, b: a}', ['output x @1:5'], []],
    ['let x = output.y\nz: x.a', ['output y @1:9'], []],
    ['import "strconv"\nstrconv.Atoi(result)', ['result @2:14'], ['strconv']],
    [
      'strings.ToUpper(result) + json.Marshal(output)',
      ['result @1:17', 'output @1:40'],
      ['strings', 'encoding/json'],
    ],
    ['always', ['always @1:1'], []],
    ['true', [], []],
    ['output.$returns.value', ['output $returns value @1:1'], []],
    ['{(context.key): context.value}', ['context key @1:3', 'context value @1:17'], []],
  ])('%s', async (expression, references, imports) => {
    const parsed = await engine.parse(expression);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
    expect(parsed.references.map((r) => `${r.segments.join(' ')} @${r.line}:${r.column}`)).toEqual(
      references,
    );
    expect(parsed.imports).toEqual(imports);
  });

  test.each([
    ['status.a &&', { kind: 'syntax' }],
    [
      'status.my-step.failed',
      { kind: 'evaluation', hint: 'a name with a hyphen needs quotes: status["my-step"].failed' },
    ],
    ['status.a-b-c.failed == true', { hint: 'a name with a hyphen needs quotes: status["a-b-c"].failed' }],
    ['import "nope/x"\nx.a', { kind: 'import', at: { line: 1, column: 8 } }],
  ])('%s is refused', async (expression, fault) => {
    expect(await engine.parse(expression)).toMatchObject({ ok: false, faults: [fault] });
  });

  test('a subtraction of numbers is left alone', async () => {
    expect(await engine.parse('inputs.a-inputs.b > 3')).toMatchObject({ ok: true });
  });
});
