import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../src/api/json.ts';
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
