import { afterAll, describe, expect, test } from 'vitest';
import { opSpecs } from '../../src/ops/registry.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import type { StepType } from '../../src/step-types/step-type.ts';
import { context, drive } from './drive.ts';
import { noCue, stepTypeOf } from './sample.ts';

const engine = openCueEngine({ ops: opSpecs });
afterAll(() => engine.close());

const schematic = `
parameters: {properties: {open: {type: object, description: a}, count: {type: integer, default: 3, description: a}}}
ops:
  - id: object
    op: read
    with: {value: {apiVersion: v1, kind: Secret, metadata: {name: a}}}
  - id: bad
    op: fail
    if: \${ object.value.bad ?? false }
    with: {message: bad}
  - {id: score, value: "\${ object.value.score }"}
outputs:
  output:
    description: The object, twice.
    value: {value: "\${ object.value }", $returns: {value: "\${ object.value }"}}
  score: {description: A number., schema: {type: integer, minimum: 0}, value: "\${ score }"}
  early: {description: Not known before the end., value: {known: 1, late: "\${ score }"}}`;

async function value(stepType: StepType, valueFrom: string, object: object): Promise<unknown> {
  const driven = await drive(stepType, { open: {} }, { object: { value: object } as never });
  const result = await stepType.template.value(driven.input, valueFrom);
  return result.ok
    ? result.value
    : result.faults.map(({ message, hint }) => `${message}${hint === undefined ? '' : `; ${hint}`}`);
}

describe('a plain path needs no CUE', async () => {
  const stepType = await stepTypeOf(schematic, noCue);
  test.for<readonly [string, unknown]>([
    ['output.value.metadata.name', 'a'],
    ['output.$returns.value.list[1]', 'y'],
    [' score\n', 7],
    ['parameter.count', 3],
    ['context.stepName', 'deploy'],
    ['early', { known: 1, late: 7 }],
  ])('%s', async ([valueFrom, expected]) => {
    expect(await value(stepType, valueFrom, { score: 7, metadata: { name: 'a' }, list: ['x', 'y'] })).toEqual(
      expected,
    );
  });

  test.for<readonly [string, object, string]>([
    ['score', {}, 'score has no value: op "it": value'],
    ['score', { bad: true, score: 9 }, 'score has no value: the step got no further than op "bad"'],
    ['early.late', { bad: true, score: 9 }, 'early.late has no value: the step got no further than op "bad"'],
    ['score', { score: 'high' }, 'must be a whole number, got the string "high"'],
    ['score', { score: -1 }, 'must be at least 0, got -1'],
    ['score', { score: null }, 'must be a whole number, got null'],
  ])('%s of %j has no value', async ([valueFrom, object, expected]) => {
    const [message] = (await value(stepType, valueFrom, object)) as string[];
    expect(message).toContain(
      expected.replace('op "it": value', 'op "score": value: object.value has no field score'),
    );
  });

  test('what is known is there, also where the rest is not', async () => {
    expect(await value(stepType, 'early', { bad: true })).toEqual({ known: 1 });
    expect(await value(stepType, 'output.value.bad', { bad: true })).toBe(true);
  });
});

describe('anything else is CUE over the outputs', async () => {
  const stepType = await stepTypeOf(schematic, openCueCompiler(engine));
  test.for<readonly [string, object, unknown]>([
    ['score + 1', { score: 7 }, 8],
    ['import "strconv"\nstrconv.FormatInt(score, 10)', { score: 7 }, '7'],
    [
      '"\\(output.value.name)-\\(context.stepName)-\\(parameter.count)"',
      { score: 7, name: 'x' },
      'x-deploy-3',
    ],
    ['{a: score}', { score: 7 }, { a: 7 }],
  ])('%s', async ([valueFrom, object, expected]) => {
    expect(await value(stepType, valueFrom, object)).toEqual(expected);
  });

  test('what has no value is named', async () => {
    const [message] = (await value(stepType, 'score + 1', { bad: true, score: 9 })) as string[];
    expect(message).toContain('score has no value: the step got no further than op "bad"');
  });
});

test('the schema of what a valueFrom sees is known, declared or not', async () => {
  const { resultSchema } = await stepTypeOf(schematic);
  expect(resultSchema).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: {
      output: {
        description: 'The object, twice.',
        properties: { value: {}, $returns: { properties: { value: {} } } },
      },
      score: { type: 'integer', minimum: 0, description: 'A number.' },
      early: { properties: { known: { const: 1 } } },
    },
  });
});

test('a step that never started has the parameter it was given', async () => {
  const stepType = await stepTypeOf(schematic);
  const input = { parameter: { count: 'x' }, context, recorded: [] };
  expect(await stepType.template.value(input, 'parameter.count')).toEqual({ ok: true, value: 'x' });
});
