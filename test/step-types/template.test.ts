import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import type { OpSpec } from '../../src/api/op-spec.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { context, drive, ending } from './drive.ts';
import { noCue, stepTypeOf } from './sample.ts';

const open = 'parameters: {properties: {open: {type: object, description: a}}}';

describe('entries', () => {
  test('are taken in order, those whose if: is false are passed over', async () => {
    const stepType = await stepTypeOf(`
${open}
ops:
  - {id: a, op: log, with: {data: 1}}
  - {id: b, op: log, if: false, with: {data: 2}}
  - {id: c, op: log, if: "\${ parameter.open.c }", with: {data: 3}}
  - {id: d, op: message, if: true, with: {message: "x"}}`);
    expect((await drive(stepType, { open: { c: false } })).trace).toEqual(['log a', 'message d']);
    expect((await drive(stepType, { open: { c: true } })).trace).toEqual(['log a', 'log c', 'message d']);
  });

  test('a template knows nothing but what is recorded', async () => {
    const stepType = await stepTypeOf(
      'ops: [{id: a, op: log, with: {data: 1}}, {id: b, op: log, with: {data: 2}}]',
    );
    const recorded = [{ path: 'a', op: 'log', style: 'inline', result: {} }] as const;
    const input = { parameter: {}, context, recorded };
    expect(await stepType.template.next(input)).toEqual(await stepType.template.next(input));
    expect(await stepType.template.next({ ...input, recorded: [] })).toMatchObject({ path: 'a' });
    const unknown = [{ ...recorded[0], path: 'gone' }];
    expect(await stepType.template.next({ ...input, recorded: unknown })).toMatchObject({ path: 'a' });
  });

  test('fields without a value are left out where the author said so, and only there', async () => {
    const stepType = await stepTypeOf(`
${open}
ops:
  - id: a
    op: log
    with:
      data:
        kept: 1
        one?: \${ parameter.open.one }
        two?: x\${ parameter.open.two }
        three?: \${ parameter.open.three & "x" }
  - id: b
    op: log
    with: {data: "\${ parameter.open.one }"}`);
    const driven = await drive(stepType, { open: {} });
    expect(driven.params('a')).toEqual({ data: { kept: 1 } });
    expect(ending(driven)).toBe('error: op "b": with.data: parameter.open has no field one');
    const full = await drive(stepType, { open: { one: null, two: 2, three: 'y' } });
    expect(full.params('a')).toEqual({ data: { kept: 1, one: null, two: 'x2', three: 'yx' } });
    const wrong = await drive(stepType, { open: { three: 3 } });
    expect(ending(wrong)).toContain('error: op "a": with.data.three: & needs strings, got a number');
  });

  test('values are computed anew from what a wait read again', async () => {
    const stepType = await stepTypeOf(`
ops:
  - id: other
    op: read
    with: {value: {apiVersion: v1, kind: Secret, metadata: {name: a}}}
  - id: object
    op: read
    with: {value: {apiVersion: v1, kind: Secret, metadata: {name: b}}}
  - {id: phase, value: "\${ object.value.phase }"}
  - {id: shown, value: "phase \${ phase }"}
  - id: bad
    op: fail
    if: \${ phase = "Failed" }
    with: {message: "\${ shown }"}
  - id: ready
    op: wait
    with: {continue: "\${ phase = 'Ready' }", message: "\${ shown }"}`);
    const phases = (...names: string[]): JsonObject[] => names.map((phase) => ({ value: { phase } }));
    const done = await drive(
      stepType,
      {},
      { other: { value: {} }, object: phases('Pending', 'Starting', 'Ready') },
    );
    expect(done.trace).toEqual(['read other', 'read object', 'wait ready', 'wait ready', 'wait ready']);
    expect(ending(done)).toBe('done');
    const failed = await drive(stepType, {}, { other: { value: {} }, object: phases('Pending', 'Failed') });
    expect(ending(failed)).toBe('fail: phase Failed');
    // Only what the wait reads, through values, can end it.
    const input = { parameter: {}, context };
    const recorded = [
      { path: 'other', op: 'read', style: 'inline', result: { value: {} } },
      { path: 'object', op: 'read', style: 'inline', result: { value: { phase: 'Pending' } } },
    ] as const;
    expect(await stepType.template.next({ ...input, recorded })).toMatchObject({
      op: 'wait',
      params: { continue: false, message: 'phase Pending' },
      deps: ['object'],
    });
  });

  test.for<readonly [string, string]>([
    [
      '{op: wait, with: {continue: "${ parameter.open.x }"}}',
      'op "a": with.continue: must be a boolean, got a string',
    ],
    [
      '{op: fail, with: {message: "${ parameter.open.n }"}}',
      'op "a": with.message: must be a string, got a number',
    ],
    [
      '{op: suspend, with: {duration: "${ parameter.open.n }"}}',
      'op "a": with.duration: must be a string, got a number',
    ],
  ])('what the engine decides itself is checked before it does: %s', async ([entry, expected]) => {
    const stepType = await stepTypeOf(`${open}\nops:\n  - ${entry.replace('{', '{id: a, ')}`);
    expect(ending(await drive(stepType, { open: { x: 'true', n: 3 } }))).toBe(`error: ${expected}`);
  });

  test('a step type is a gate when one of its ops gives a verdict', async () => {
    const judge: OpSpec = {
      name: 'judge',
      cue: [],
      description: 'Judges.',
      params: { type: 'object', properties: {}, additionalProperties: false },
      result: { type: 'object', properties: {}, additionalProperties: false },
      needs: 'network',
      onUnknown: () => 'retry',
      pure: true,
    };
    const isGate = async (spec: OpSpec): Promise<boolean> => {
      const ops = new Map([...opSpecs, ['judge', spec] as const]);
      return (await stepTypeOf(`${open}\nops: [{id: a, op: judge, with: {}}]`, noCue, ops)).isGate;
    };
    expect(await isGate({ ...judge, givesVerdict: true })).toBe(true);
    expect(await isGate(judge)).toBe(false);
  });

  test('a call to a model is known as one', async () => {
    const calls = async (fields: string): Promise<boolean> =>
      (await stepTypeOf(`${open}\nops: [{id: a, op: http, with: {${fields}}}]`)).callsModel;
    expect(await calls('url: "http://127.0.0.1", model: true')).toBe(true);
    expect(await calls('url: "${ parameter.open.x }", model: true')).toBe(true);
    expect(await calls('url: "https://api.openai.com/v1/models"')).toBe(true);
    expect(await calls('url: "https://api.openai.com/v1/${ parameter.open.x }"')).toBe(true);
    expect(await calls('url: "https://api.openai.com.example/v1/"')).toBe(false);
    expect(await calls('url: "http://127.0.0.1", model: false')).toBe(false);
  });
});

describe('what would take too long or too much', () => {
  const doubled = (count: number, first: string, step: (name: string) => string): string =>
    Array.from({ length: count }, (_, index) =>
      index === 0
        ? `  - {id: v0, value: ${first}}`
        : `  - {id: v${index}, value: ${JSON.stringify(step(`v${index - 1}`))}}`,
    ).join('\n');
  const log = (name: string): string => `\n  - {id: shown, op: log, with: {data: "${name}"}}`;

  test.for<readonly [string, string, string]>([
    [
      'a text that doubles',
      doubled(60, '"xxxxxxxxxx"', (name) => `\${ ${name} & ${name} }`) + log('x'),
      'a text would be longer than',
    ],
    [
      'a text that doubles in text',
      doubled(60, '"xxxxxxxxxx"', (name) => `\${ ${name} }\${ ${name} }`) + log('x'),
      'a text would be longer than',
    ],
    [
      'an object that doubles',
      doubled(60, '{a: 1}', (name) => `\${ {"a": ${name}, "b": ${name}} }`) + log('${ v59 }'),
      'a value is larger than',
    ],
    [
      'a comparison of what doubles',
      doubled(60, '{a: 1}', (name) => `\${ {"a": ${name}, "b": ${name}} }`) + log('${ v59 = v59 }'),
      'a value is larger than',
    ],
    [
      'JSON of what doubles',
      doubled(60, '[1]', (name) => `\${ [${name}, ${name}] }`) + log('${ $json(v59) }'),
      'a value is larger than',
    ],
    [
      'a list that doubles',
      doubled(60, '[1, 2, 3, 4]', (name) => `\${ $append(${name}, ${name}) }`) + log('x'),
      'a text would be longer than',
    ],
    [
      'a value that nests',
      doubled(90, '[1]', (name) => `\${ [[${name}]] }`) + log('${ v89 }'),
      'nests deeper than 100 levels',
    ],
    [
      'JSON that nests',
      `  - {id: v, value: "\${ $parseJson($join($split('${'['.repeat(200)}', 'x')) & '${']'.repeat(200)}') }"}` +
        log('x'),
      'nests deeper than 100 levels',
    ],
    [
      'a search for a long text in a long one',
      `${doubled(22, '"a"', (name) => `\${ ${name} & ${name} }`)}\n  - {id: w, value: "\${ $contains(v21 & 'b', v20 & 'b') }"}${log('x')}`,
      'takes too much work',
    ],
  ])('%s', async ([, ops, expected]) => {
    const driven = await drive(await stepTypeOf(`ops:\n${ops}`), {});
    expect(driven.last).toMatchObject({ kind: 'error', faults: [{ kind: 'runaway' }] });
    expect(ending(driven)).toContain(expected);
  });
});
