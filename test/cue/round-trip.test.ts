import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { compileText, context, openTestEngine } from './drive.ts';

const engine = openTestEngine();
afterAll(() => engine.close());

// CUE normalises labels (NFC).
const key = fc.oneof(
  fc.string({ unit: 'binary' }).map((name) => name.normalize('NFC')),
  fc.constantFrom(
    '#do',
    '#provider',
    '$params',
    '$returns',
    '_x',
    '__x',
    'if',
    'for',
    'let',
    'true',
    'a-b',
    'a.b',
    '"',
    '',
  ),
);
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 80n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
  fc.boolean(),
  fc.constant(null),
);
const json = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf as fc.Arbitrary<Json>,
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).node;

// A counterexample is not shrunk for ever: each step asks the engine.
const bounded = (numRuns: number) => ({ numRuns, interruptAfterTimeLimit: 12_000 });

test('any data passes through an expression unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(json, async (data) => {
      expect(await engine.evaluate({ data }, 'data')).toEqual({ ok: true, value: data });
    }),
    bounded(100),
  );
});

test('any data in a parameter, the context or a result is data: never an op, never an error', async () => {
  const { template } = await compileText(
    engine,
    `import "vela/op"
    cm: op.#Read & {value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "x"}}
    given: parameter.content
    found: cm.value
    parameter: content: _`,
  );
  await fc.assert(
    fc.asyncProperty(json, fc.dictionary(key, json, { maxKeys: 4 }), async (data, value) => {
      const parameter: JsonObject = { content: data };
      const own = { ...context, more: data };
      const recorded = [
        {
          path: 'cm',
          op: 'read',
          style: 'inline' as const,
          result: { value: { metadata: { name: 'x' }, data: value } },
        },
      ];
      const input = { parameter, context: own, recorded };
      expect(await template.next(input)).toEqual({ kind: 'done' });
      expect(await template.value(input, '[given, found.data, context.more]')).toEqual({
        ok: true,
        value: [data, value, data],
      });
    }),
    bounded(60),
  );
});

test('any text is an answer or a fault, never a crash', async () => {
  const words =
    'a status . " \\( ( ) [ ] { } : , & | * =~ != _|_ # """ import for in if let 1 - + ? ... @a() len close strings. null //';
  const token = fc.constantFrom('\n', ' ', ...words.split(' '));
  await fc.assert(
    fc.asyncProperty(fc.array(token, { maxLength: 12 }), async (tokens) => {
      const text = tokens.join('');
      const evaluated = await engine.evaluate({ a: 1, status: { a: true } }, text);
      if (!evaluated.ok) expect(evaluated.faults.map(({ kind }) => kind)).not.toContain('bug');
      const parsed = await engine.parse(text);
      if (!parsed.ok) expect(parsed.faults.map(({ kind }) => kind)).not.toContain('bug');
      const compiled = await engine.compile({ name: 't', source: text, file: 't' });
      if (!compiled.ok) expect(compiled.faults.map(({ kind }) => kind)).not.toContain('bug');
      await engine.readDefinitionFile(`x: {type: "workflow-step"}\ntemplate: {${text}}`, 'x');
    }),
    bounded(100),
  );
});
