import { afterAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { parsePlain } from '../../src/cue/plain-expression.ts';
import { openCuePool } from '../../src/cue/open-pool.ts';
import { narrowScope } from '../../src/cue/narrow-scope.ts';

const pool = openCuePool();
afterAll(() => pool.close());

const scope: JsonObject = {
  status: {
    apply: { phase: 'failed', failed: true, message: 'm' },
    'my-step': { failed: true, phase: 'failed' },
    other: { phase: 'succeeded' },
  },
  inputs: { list: [{ a: 1, b: 2 }, 3], text: 'apply', json: { x: 1, y: 2 } },
  context: { name: 'run', spanID: 'changes' },
  time: { now: 1 },
};

describe('of its scope an expression gets what it names', () => {
  test.each<[string, JsonObject]>([
    ['1 + 1', {}],
    ['status.apply.failed', { status: { apply: { failed: true } } }],
    ['status["my-step"].failed', { status: { 'my-step': { failed: true } } }],
    [
      'status.apply.failed && status.other.phase == context.name',
      { status: { apply: { failed: true }, other: { phase: 'succeeded' } }, context: { name: 'run' } },
    ],
    ['status.apply == status.apply.phase', { status: { apply: (scope['status'] as JsonObject)['apply']! } }],
    ['inputs.list[0].a > 0', { inputs: { list: (scope['inputs'] as JsonObject)['list']! } }],
    ['len(status) > 2', { status: scope['status']! }],
    ['[for name, each in status if each.failed {name}]', { status: scope['status']! }],
    ['status[inputs.text].failed', { status: scope['status']!, inputs: { text: 'apply' } }],
    ['status.nope.failed', { status: scope['status']! }],
    ['status.apply.nope', { status: { apply: (scope['status'] as JsonObject)['apply']! } }],
    ['time.now > 0', { time: { now: 1 } }],
  ])('%s', async (expression, narrow) => {
    const { references = [] } = await pool.ask({ fn: 'parse', expr: expression });
    const narrowed = narrowScope(scope, expression, references);
    expect(narrowed).toEqual(narrow);
    const all = await pool.ask({ fn: 'eval', scope, expr: expression });
    expect(await pool.ask({ fn: 'eval', scope: narrowed, expr: expression })).toEqual(all);
  });
});

test('a field of any name is a field', () => {
  const hostile = JSON.parse('{"status": {"__proto__": {"failed": true, "x": 1}}}') as JsonObject;
  const parsed = parsePlain('status["__proto__"].failed');
  const narrowed = narrowScope(hostile, 'status', parsed?.references ?? []);
  expect(JSON.stringify(narrowed)).toBe('{"status":{"__proto__":{"failed":true}}}');
});
