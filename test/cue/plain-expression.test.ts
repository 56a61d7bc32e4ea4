import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openCuePool } from '../../src/cue/open-pool.ts';
import { evaluatePlain, isPlain, parsePlain } from '../../src/cue/plain-expression.ts';

// CUE itself, past the short cut.
const cue = openCuePool();
afterAll(() => cue.close());

const scope: JsonObject = {
  status: {
    a: { failed: true, succeeded: false, phase: 'failed', message: '' },
    'my-step': { failed: false, succeeded: true, phase: 'succeeded', message: 'na\u00efve "quoted"' },
  },
  inputs: {
    score: 61,
    'chat-result': 47,
    text: '61',
    none: null,
    half: 0.5,
    list: [1],
    big: 9007199254740991,
  },
  context: { name: 'run', deep: { 'a b': { c: 'x' } } },
  parameter: { image: 'nginx', replicas: 0, minus: -3 },
};

async function byCue(expression: string): Promise<unknown> {
  const { value, problems } = await cue.ask({ fn: 'eval', scope, expr: expression });
  return problems === undefined ? value : 'a fault';
}

describe('what is plain', () => {
  test.each<readonly [string, unknown]>([
    ['true', true],
    ['status.a.failed', true],
    ['!status.a.failed', false],
    ['status["my-step"].phase == "succeeded"', true],
    ['status.a.phase != "failed"', false],
    ['inputs["chat-result"] > 60', false],
    ['inputs.score > 60', true],
    ['inputs.score >= 61 && status.a.failed', true],
    ['(status.a.failed || status.a.succeeded) && !status["my-step"].failed', true],
    ['  context.deep["a b"].c == "x"  ', true],
    ['parameter.minus < 0', true],
    ['inputs.big > 999999999999999', true],
    ['!status.a.failed == status.a.succeeded', true],
  ])('%s', async (expression, expected) => {
    expect(evaluatePlain(expression, scope)).toEqual({ ok: true, value: expected });
    expect(await byCue(expression)).toBe(expected);
  });
});

test.each([
  'status.a.phase == 1',
  'inputs.text > 60',
  'inputs.none == "x"',
  'inputs.half > 0',
  'inputs.list == 1',
  'status.nope.failed',
  'status.a.failed && status.nope.failed',
  'false && status.nope.failed',
  'status.a',
  'status.a.phase',
  'len(status.a.phase) > 0',
  'status.my-step.failed',
  'status["a"]',
  'status.a.phase =~ "f.*"',
  'status.a.phase !~ "f.*"',
  'inputs.score == 61.0',
  'inputs.score == 0x3d',
  'inputs.score == 6_1',
  'inputs.score > -1',
  'status.a.phase == "fail\\u0065d"',
  'status.a.phase == "\\(context.name)"',
  "status.a.phase == 'failed'",
  'status.a.failed == true == true',
  'status.a.failed // why',
  'status.a.failed &&',
  '',
  'null == null',
  'inputs.if == 1',
  '_|_ != true',
  'status . a . failed',
  '"""a""" == "a"',
])('left to CUE: %s', (expression) => {
  expect(evaluatePlain(expression, scope)).toBeUndefined();
});

const space = fc.constantFrom('', ' ', '  ', '\t');
const booleans = ['status.a.failed', 'status["my-step"].succeeded', 'status.nope.failed', 'true', 'false'];
const texts = [
  'status.a.phase',
  'status["my-step"].message',
  'context.name',
  'inputs.text',
  '"failed"',
  '""',
  '"run"',
];
const numbers = ['inputs.score', 'inputs["chat-result"]', 'parameter.minus', 'inputs.half', '0', '60', '61'];
/** Mostly of one type on both sides; now and then not. */
const comparison = fc
  .tuple(fc.constantFrom(booleans, texts, numbers, [...booleans, ...texts, ...numbers]), space)
  .chain(([operands, gap]) =>
    fc
      .tuple(
        fc.constantFrom(...operands),
        fc.constantFrom('==', '!=', ...(operands === numbers ? ['<', '<=', '>', '>='] : [])),
        fc.constantFrom(...operands),
      )
      .map(([left, operator, right]) => `${left}${gap}${operator}${gap}${right}`),
  );
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    comparison,
    fc.constantFrom(...booleans),
    fc.tuple(space, tie('expression')).map(([gap, of]) => `!${gap}(${of})`),
    fc.constantFrom(...booleans).map((of) => `!${of}`),
    fc
      .tuple(tie('expression'), space, fc.constantFrom('&&', '||'), space, tie('expression'))
      .map(([left, before, operator, after, right]) => `${left}${before}${operator}${after}${right}`),
  ),
}));

test('agrees with CUE wherever it answers at all', async () => {
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(expression, expression, fc.constantFrom(' && ', ' || ', '==')),
      async ([one, two, join]) => {
        const text = `${one}${join}${two}`;
        const plain = evaluatePlain(text, scope);
        if (plain === undefined) return;
        answered += 1;
        expect(await byCue(text)).toBe(plain.ok ? plain.value : undefined);
      },
    ),
    { numRuns: 600 },
  );
  expect(answered).toBeGreaterThan(50);
});

test('finds the references that CUE finds, where CUE finds them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.tuple(space, expression), async ([gap, body]) => {
      const text = gap + body;
      const plain = parsePlain(text);
      if (plain === undefined) return;
      const { references, imports, problems } = await cue.ask({ fn: 'parse', expr: text });
      expect({ references: references ?? [], imports: imports ?? [], problems }).toEqual({
        references: plain.references,
        imports: [],
        problems: undefined,
      });
    }),
    { numRuns: 300 },
  );
});

test('is decided in linear time', () => {
  expect(isPlain('('.repeat(1000))).toBe(false);
  expect(isPlain(`${'!'.repeat(900)}true`)).toBe(false);
  expect(isPlain(`status${'.a'.repeat(490)}`)).toBe(true);
});
