import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { functions } from '../../src/step-types/expression/functions.ts';
import { drive } from './drive.ts';
import { compileText, definition, stepTypeOf, withExpression } from './sample.ts';

const runs = { numRuns: 150 };

const operators =
  'parameter context asked . [ ] ( ) { } ? : ?? ?: & + - * / % ** ^ @ # $ $$ ~> | := , ; .. = != < <= in and or';
const words =
  '$exists( $json( $length( function($x){ λ /a+/ "s" \'s\' `q` 1 -2.5 1e9 null true text open list 0 $eval( /* */';
const oddities = ['"', '\\', '${', '}', '\n', ' ', 'é', '\u0000', '__proto__', 'constructor'];
const token = fc.constantFrom(...operators.split(' '), ...words.split(' '), ...oddities);
const expression = fc.array(token, { maxLength: 25 }).map((parts) => parts.join(''));

test('any text compiles or is a fault with a place', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: 'binary', maxLength: 100 })),
      async (text) => {
        const compiled = await compileText(text);
        if (compiled.ok) return;
        for (const { line, column } of compiled.faults) {
          expect(line).toBeGreaterThan(0);
          expect(column).toBeGreaterThan(0);
        }
        expect(compiled.faults.length).toBeGreaterThan(0);
      },
    ),
    runs,
  );
});

test('any value under sluice: compiles or is a fault', async () => {
  const word = fc.constantFrom(
    'parameters',
    'ops',
    'outputs',
    'properties',
    'type',
    'id',
    'op',
    'if',
    'with',
    'value',
    'http',
    'items',
    'a',
    '${ a }',
  );
  const tree = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 6 },
      word,
      fc.constantFrom<Json>(null, true, 1, -1, 'object', 'string', '${ parameter.a }'),
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(word, tie('node'), { maxKeys: 5 }),
    ),
  })).node;
  await fc.assert(
    fc.asyncProperty(tree, async (sluice) => {
      const text = JSON.stringify({
        apiVersion: 'core.oam.dev/v1beta1',
        kind: 'WorkflowStepDefinition',
        metadata: { name: 'sample' },
        spec: { schematic: { sluice } },
      });
      const compiled = await compileText(text);
      expect(compiled.ok || compiled.faults.length > 0).toBe(true);
    }),
    runs,
  );
});

test('any expression is refused, or comes to a value or a fault', async () => {
  await fc.assert(
    fc.asyncProperty(expression, async (text) => {
      const compiled = await compileText(definition(withExpression(text)));
      if (!compiled.ok) return;
      const driven = await drive(compiled.stepType, { open: { list: [1] }, text: 's' }, {});
      expect(['done', 'error']).toContain(driven.last.kind);
    }),
    runs,
  );
});

test('an expression that is accepted comes to a value or a fault, whatever the values are', async () => {
  const leaves =
    '1|-2.5|"x"|"87"|null|true|[1, "a"]|{"a": 1}|context.name|parameter.text|parameter.open.a|parameter.open.b[0].c';
  const leaf = fc.constantFrom(
    ...leaves.split('|'),
    'asked',
    '(parameter.count ?? 1)',
    '$json(parameter.open)',
  );
  const holding = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.oneof(
      leaf,
      fc
        .tuple(
          inner,
          fc.constantFrom('+', '/', '%', '=', '!=', '<', '>=', '&', 'and', 'or', 'in', '??'),
          inner,
        )
        .map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
      fc.tuple(inner, inner, inner).map(([a, b, c]) => `(${a}) ? (${b}) : (${c})`),
      fc
        .tuple(fc.constantFrom(...functions), inner, inner, inner)
        .map(([[name, { params }], ...args]) => `$${name}(${args.slice(0, params.length).join(', ')})`),
      inner.map((a) => `(${a}).a[-1]`),
    );
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(holding(holding(leaf)), fc.jsonValue(), fc.jsonValue(), async (text, a, b) => {
      const compiled = await compileText(definition(withExpression(text)));
      if (!compiled.ok) return;
      accepted++;
      const parameter = { open: { a, b }, text: 's' } as JsonObject;
      const driven = await drive(compiled.stepType, parameter);
      expect(['done', 'error']).toContain(driven.last.kind);
    }),
    { numRuns: 200 },
  );
  expect(accepted).toBeGreaterThan(20);
});

test('whatever an answer is, an if: over it is a boolean or stops the step', async () => {
  const stepType = await stepTypeOf(`
ops:
  - id: asked
    op: http
    with: {url: "http://127.0.0.1/"}
  - id: closed
    op: fail
    if: \${ ($parseJson(asked.response.body).score ?? 0) <= 60 }
    with: {message: closed}
  - {id: opened, op: log, with: {data: opened}}`);
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, isScore) => {
      const body = JSON.stringify(isScore ? { score: value } : value);
      const driven = await drive(
        stepType,
        {},
        { asked: { response: { statusCode: 200, body, header: {}, trailer: {} } } },
      );
      const isOpen = driven.trace.includes('log opened');
      expect(isOpen).toBe(isScore && typeof value === 'number' && value > 60);
    }),
    runs,
  );
});

test('whatever schema is accepted, any value can be checked against it', async () => {
  const name = fc.constantFrom('a', 'constructor', 'toString', 'a-b', 'a.b', '%', "'", '\n', '${a}', '');
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom(0, 1, -1.5, '', 'x', [], {}));
  const type = fc.constantFrom('string', 'integer', 'number', 'boolean', 'object', 'array', 'null');
  const leaf = fc.record(
    {
      type: fc.oneof(type, fc.constant(['string', 'object'])),
      enum: fc.array(value, { minLength: 1, maxLength: 3 }),
      const: value,
      default: value,
      format: fc.constantFrom('go-duration', 'http-url'),
      sensitive: fc.boolean(),
      minimum: fc.integer(),
      minLength: fc.nat(5),
      minProperties: fc.nat(2),
      maxProperties: fc.nat(2),
      multipleOf: fc.constantFrom(0.1, 2),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const holding = (inner: fc.Arbitrary<object>): fc.Arbitrary<object> =>
    fc.oneof(
      leaf,
      fc.record({
        properties: fc.dictionary(name, inner, { maxKeys: 3 }),
        required: fc.array(name, { maxLength: 1 }),
      }),
      fc.record({ properties: fc.dictionary(name, inner, { maxKeys: 3 }), default: value }),
      fc.record({ items: inner, type: fc.constantFrom('array', 'object') }),
      fc.record({ additionalProperties: fc.oneof(fc.boolean(), inner) }),
      fc.record({ anyOf: fc.array(inner, { minLength: 1, maxLength: 2 }), default: value }),
      fc.record({ oneOf: fc.array(inner, { minLength: 1, maxLength: 2 }) }),
    );
  const schema = holding(holding(leaf));
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, schema, { maxKeys: 3 }),
      fc.dictionary(name, value),
      async (properties, parameter) => {
        const compiled = await compileText(
          definition(JSON.stringify({ parameters: { type: 'object', properties } })),
        );
        if (!compiled.ok) return;
        const { stepType } = compiled;
        const faults = await stepType.checkParameter(parameter as JsonObject);
        const { last } = await drive(stepType, parameter as JsonObject);
        expect(last.kind).toBe(faults.length === 0 ? 'done' : 'error');
      },
    ),
    runs,
  );
});
