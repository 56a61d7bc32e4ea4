import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { gateSchema } from '../../src/gate/policy/policy-schema.ts';
import { builtIn } from './built-in.ts';
import { drive, ending, type Answers } from './drive.ts';

const gate = await builtIn('gate');
const parameter: JsonObject = { subject: 'web', objectives: [{ id: 'a', value: { cue: '1' } }] };

function measured(done: boolean, after = '0'): Json {
  return {
    startedMs: 0,
    window: {},
    history: [],
    objectives: {},
    errors: [],
    done,
    after,
    message: 'a: 0 of 1',
  };
}

function verdict(open: boolean, next: string): JsonObject {
  const outcome = open ? 'pass' : 'inconclusive';
  const whole = { subject: { objects: [] } };
  return {
    verdict: whole,
    id: 'id-1',
    open,
    outcome,
    score: 50,
    next,
    message: 'too little',
    table: 'a table',
  };
}

test('the parameters of the step type are those that the policy is read from', () => {
  const { description: _description, ...schema } = gateSchema;
  expect(gate.parameterSchema).toEqual(schema);
});

describe('what a gate does', () => {
  const rows: readonly (readonly [string, Answers, readonly string[], string])[] = [
    [
      'measured at once, and open',
      { measured: measured(true), given: verdict(true, 'open') },
      ['measure measured', 'wait wait', 'verdict given', 'log table'],
      'done',
    ],
    [
      'measured again until it is done',
      {
        measured: [measured(false, '30s'), measured(false, '30s'), measured(true)],
        given: verdict(true, 'open'),
      },
      ['measure measured', 'wait wait', 'wait wait', 'wait wait', 'verdict given', 'log table'],
      'done',
    ],
    [
      'shut',
      { measured: measured(true), given: verdict(false, 'block') },
      ['measure measured', 'wait wait', 'verdict given', 'log table', 'fail shut'],
      'fail: too little',
    ],
    [
      'only observing',
      { measured: measured(true), given: verdict(false, 'none') },
      ['measure measured', 'wait wait', 'verdict given', 'log table'],
      'done',
    ],
    [
      'resumed without a decision',
      { measured: measured(true), given: verdict(false, 'suspend'), reconsidered: verdict(false, 'suspend') },
      [
        'measure measured',
        'wait wait',
        'verdict given',
        'log table',
        'suspend ask',
        'override reconsidered',
        'fail shut',
      ],
      'fail: too little',
    ],
    [
      'opened by a person',
      { measured: measured(true), given: verdict(false, 'suspend'), reconsidered: verdict(true, 'open') },
      ['measure measured', 'wait wait', 'verdict given', 'log table', 'suspend ask', 'override reconsidered'],
      'done',
    ],
  ];
  test.each(rows)('%s', async (_name, answers, trace, end) => {
    const driven = await drive(gate, parameter, answers);
    expect(driven.trace).toEqual(trace);
    expect(ending(driven)).toBe(end);
  });

  test('a wait looks again when the next measurement is due, and says what it waits for', async () => {
    const driven = await drive(gate, parameter, {
      measured: [measured(false, '90s'), measured(true)],
      given: verdict(true, 'open'),
    });
    expect(driven.params('wait')).toMatchObject({ after: '0', message: 'a: 0 of 1' });
    expect(driven.params('given')).toMatchObject({ policy: parameter, measured: measured(true) });
  });
});
