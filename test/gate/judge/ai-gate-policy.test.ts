import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/api/json.ts';
import { aiGateWarnings } from '../../../src/gate/policy/check-ai-gate.ts';
import { limit } from '../fixtures.ts';
import { aiGate, aiGateFaultsOf, aiPolicyOf } from './ai-gate-fixtures.ts';

const { criteria: _criteria, ...unasked } = aiGate();
const one = { id: 'a', question: 'Is it small?' };

describe('what is wrong with an ai-gate', () => {
  test.each<readonly [string, JsonObject, readonly string[]]>([
    ['nothing', aiGate(), []],
    ['a policy in words', { ...unasked, policy: 'It is small.' }, []],
    ['neither criteria nor policy', unasked, [' NotOneQuestion']],
    ['both', aiGate({ policy: 'It is small.' }), [' NotOneQuestion']],
    ['no criteria', aiGate({ criteria: [] }), ['criteria']],
    ['a policy that says nothing', { ...unasked, policy: '---' }, ['policy PolicyNotSplit']],
    ['threshold 0', aiGate({ threshold: 0 }), ['threshold']],
    ['half of the votes', aiGate({ votes: { count: 4, need: 2 } }), ['votes.need BadVotes']],
    ['more votes needed than cast', aiGate({ votes: { count: 3, need: 4 } }), ['votes.need BadVotes']],
    [
      'a key without weight, and an id twice',
      aiGate({ criteria: [one, { ...one, key: true, weight: 0 }] }),
      ['criteria[1].id DuplicateId', 'criteria[1].key KeyWithoutWeight'],
    ],
    [
      'an id like that of an anchor',
      aiGate({ criteria: [{ ...one, id: 'anchor/pass' }] }),
      ['criteria[0].id BadId'],
    ],
    ['the id of a rule', aiGate({ criteria: [one], rules: [limit('a')] }), ['criteria[0].id DuplicateId']],
    [
      'a rule that cannot fail',
      aiGate({ rules: [limit('r', { samples: { count: 1, failureLimit: 1 } })] }),
      ['rules[0].samples.failureLimit CannotFail'],
    ],
    ['no anchors', aiGate({ anchors: 'none' }), ['anchors AnchorsOff']],
    ['no anchors while observing', aiGate({ anchors: 'none', mode: 'observe' }), []],
    ['no evidence', aiGate({ evidence: { maxBytes: 2048 } }), ['evidence NoEvidence']],
    [
      'a calibration that is required and not there',
      aiGate({ calibration: { required: true } }),
      ['calibration.set NoCalibration'],
    ],
    ['onError that lets pass', aiGate({ onError: 'pass' }), ['onError']],
    ['no time', aiGate({ deadline: '0s', validFor: '0' }), ['validFor NoTime', 'deadline NoTime']],
    ['a field that there is not', aiGate({ treshold: 80 }), ['treshold']],
  ])('%s', (_name, parameters, expected) => {
    const faults = aiGateFaultsOf(parameters);
    expect(faults).toHaveLength(expected.length);
    expected.forEach((each, index) => {
      const { path, code } = faults[index] ?? { path: '', code: '' };
      expect(`${path} ${code}`).toContain(each);
    });
  });
});

test('what is allowed and unwise is a warning', () => {
  const codes = (parameters: JsonObject): readonly string[] =>
    aiGateWarnings(parameters, () => false).map(({ path, code }) => `${path} ${code}`);
  expect(codes(aiGate())).toEqual([' JudgeAlone']);
  expect(codes(aiGate({ rules: [limit('r')] }))).toEqual([]);
  expect(
    codes(
      aiGate({
        rules: [limit('r')],
        votes: { count: 3, need: 2 },
        criteria: [{ id: 'a', question: 'Is it small and fast?' }],
      }),
    ),
  ).toEqual(['votes.need NotUnanimous', 'criteria[0].question SeveralClaims']);
});

test('what a verdict keeps of an ai-gate holds no key, no subject and no evidence', () => {
  const { text, judge } = aiPolicyOf({
    judge: { model: 'm-1', token: { value: 'hunter2hunter2' }, baseUrl: 'http://localhost/v1' },
    values: { big: 'x' },
  });
  expect(JSON.stringify(text)).not.toMatch(/hunter2|a plan|"big"/);
  expect(text['judge']).toMatchObject({ model: 'm-1' });
  expect(judge.model).toBe('m-1');
});

test('all votes are needed unless the author says otherwise', () => {
  expect(aiPolicyOf({ votes: { count: 5 } }).votes).toEqual({ n: 5, need: 5 });
  expect(aiPolicyOf()).toMatchObject({ votes: { n: 3, need: 3 }, threshold: 100, onError: 'block' });
});
