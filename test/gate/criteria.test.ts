import { describe, expect, test } from 'vitest';
import { checkCriteria, lintQuestions, type CriteriaRules } from '../../src/gate/judge/criteria.ts';
import { splitPolicy } from '../../src/gate/judge/split-policy.ts';
import { fold, isQuoted } from '../../src/gate/judge/find-quote.ts';
import { ask, criteriaRules, criterion, policy, vote, votes } from './judge-fixtures.ts';
import { judge, limit, policyOf } from './fixtures.ts';

const two = (rest: object): CriteriaRules => criteriaRules(rest);

describe('votes', () => {
  const majority = { votes: { n: 3, need: 2 }, minAgreement: { key: 100, others: 67 } };
  const loose = { votes: { n: 3, need: 2 }, minAgreement: { key: 100, others: 66 } };
  const rows: readonly (readonly [string, CriteriaRules, readonly string[], string, string, number])[] = [
    ['all right', two({}), ['yy', 'yy', 'yy'], 'pass', 'score', 1],
    ['one sure no', two({}), ['yy', 'yn', 'yy'], 'fail', 'votes', 0.66],
    ['one unknown', two({}), ['yy', 'yu', 'yy'], 'inconclusive', 'votes', 0.66],
    ['all unknown', two({}), ['uu', 'uu', 'uu'], 'inconclusive', 'votes', 1],
    ['all wrong', two({}), ['nn', 'nn', 'nn'], 'fail', 'score', 1],
    ['an invented quote is no yes', two({}), ['yq', 'yq', 'yq'], 'inconclusive', 'score', 1],
    ['two of three agree too little', two(majority), ['yy', 'yn', 'yy'], 'inconclusive', 'votes', 0.66],
    ['two of three where that is enough', two(loose), ['yy', 'yn', 'yy'], 'pass', 'votes', 0.66],
    [
      'but not for a key',
      two({ ...loose, criteria: [criterion('a'), criterion('b', { key: true })] }),
      ['yy', 'yn', 'yy'],
      'inconclusive',
      'votes',
      0.66,
    ],
    ['half of the weight is enough', two({ threshold: 50 }), ['yn', 'yn', 'yn'], 'pass', 'score', 1],
    [
      'a key vetoes it',
      two({ threshold: 50, criteria: [criterion('a'), criterion('b', { key: true })] }),
      ['yn', 'yn', 'yn'],
      'fail',
      'key',
      1,
    ],
    [
      'no is right where it is asked for',
      two({ criteria: [criterion('a', { pass: 'no' })] }),
      ['n', 'n', 'n'],
      'pass',
      'score',
      1,
    ],
    ['a sure no may end the voting', two({}), ['yn'], 'fail', 'score', 0.33],
    ['but not where it could still be outvoted', two(loose), ['yn'], 'error', 'votes', 0.33],
    ['nothing else may', two({}), ['yy', 'yy'], 'error', 'votes', 0.66],
    ['one vote too many', two({}), ['yy', 'yy', 'yy', 'yy'], 'error', 'votes', 1],
  ];
  test.each(rows)('%s', (_name, rules, letters, outcome, decidedBy, confidence) => {
    const verdict = ask({ votes: votes(...letters) }, rules);
    expect([verdict.outcome, verdict.decidedBy, verdict.confidence]).toEqual([
      outcome,
      decidedBy,
      confidence,
    ]);
    expect(verdict.open).toBe(outcome === 'pass');
  });

  test('the same vote is not counted twice', () => {
    expect(ask({ votes: [vote(1, 'yy'), vote(1, 'yy'), vote(1, 'yy')] }).outcome).toBe('error');
  });

  test('evidence that was cut leaves key criteria unknown, and others as they are', () => {
    const evidence = [{ ref: 'object/web', text: 'readinessProbe is set', truncated: true }];
    expect(ask({ evidence }).outcome).toBe('pass');
    const rules = two({ criteria: [criterion('a', { key: true }), criterion('b')] });
    expect(ask({ evidence }, rules)).toMatchObject({ outcome: 'inconclusive', decidedBy: 'key' });
  });

  test('a quote from evidence that was not shown is unknown', () => {
    expect(
      ask({ evidence: [{ ref: 'object/other', text: 'readinessProbe is set', truncated: false }] }).outcome,
    ).toBe('inconclusive');
  });

  test('rules come first: with one that does not pass, nothing the judge says is looked at', () => {
    for (const [value, outcome] of [
      [99, 'fail'],
      [15, 'inconclusive'],
    ] as const) {
      const ruleChecks = judge(policyOf([limit('r', { key: true, warn: { op: '<=', value: 20 } })]), {
        r: value,
      }).checks;
      const verdict = ask({ ruleChecks }, criteriaRules(), { ...policy, onWarn: 'pass' });
      expect(verdict).toMatchObject({ outcome, decidedBy: 'rule', open: false });
      expect(verdict.checks.map(({ id }) => id)).toEqual(['r']);
    }
  });

  test('what it says about the judge', () => {
    expect(
      ask({
        suspicion: [{ evidenceRef: 'object/web', pattern: 'ignore previous', offset: 3 }],
        cost: '0.0123',
      }),
    ).toMatchObject({
      tokens: 30,
      cost: '0.0123',
      judge: {
        agreement: 100,
        anchors: { shown: 6, right: 6 },
        calibration: 'uncalibrated',
        votes: [{ n: 1, answers: { a: 'yes', b: 'yes' } }, {}, {}],
      },
      suspicion: [{ pattern: 'ignore previous' }],
    });
    expect(ask({}).cost).toBeNull();
  });
});

describe('quotes', () => {
  const text = fold('the  container\n\truns as ROOT: true, image "x/y:1"');
  test.each([
    ['container runs as', true],
    [' container\r\nruns ', true],
    ['as root', false],
    ['as RООT', false],
    [':', false],
    ['x/y', false],
    ['', false],
    ['container  runs as ROOT: true, image "x/y:1"', true],
  ])('%j: %s', (quote, isFound) => {
    expect(isQuoted(quote, text)).toBe(isFound);
  });
});

test('what is wrong with criteria, all at once', () => {
  const rules = {
    criteria: [criterion('a', { weight: 0, key: true }), criterion('a', { question: ' ', weight: 0.5 })],
    threshold: 0,
    votes: { n: 4, need: 2 },
    minAgreement: { key: 101, others: 0 },
  };
  expect(checkCriteria(rules).map(({ path, code }) => `${path} ${code}`)).toEqual([
    'criteria[0].key KeyWithoutWeight',
    'criteria[1].id DuplicateId',
    'criteria[1].weight BadWeight',
    'criteria[1].question NoQuestion',
    'threshold BadThreshold',
    'votes.need BadVotes',
    'minAgreement BadAgreement',
  ]);
  expect(ask({}, rules)).toMatchObject({ outcome: 'error', decidedBy: 'rule', open: false });
  expect(checkCriteria({ ...rules, criteria: [] })[0]?.code).toBe('NoCriteria');
  expect(ask({}, criteriaRules({ criteria: [] }))).toMatchObject({ outcome: 'error', open: false });
  expect(
    lintQuestions([
      criterion('a', { question: 'Is it small and fast?' }),
      criterion('b', { question: 'Is it a sandbox?' }),
    ]),
  ).toHaveLength(1);
});

describe('a policy in plain text', () => {
  const questions = (text: string): readonly string[] => {
    const split = splitPolicy(text);
    return split.ok
      ? split.criteria.map(({ question }) => question.replace('Does this hold: ', ''))
      : [split.message];
  };
  test.each<readonly [string, string, readonly string[]]>([
    [
      'sentences',
      'No secrets in env. Images, e.g. the web one, by digest! Is it small?',
      ['No secrets in env.', 'Images, e.g. the web one, by digest!', 'Is it small?'],
    ],
    [
      'list items',
      '# Policy\nAll of this must hold:\n\n- no secrets\n  in env\n* by digest\n2. small',
      ['no secrets in env', 'by digest', 'small'],
    ],
    ['a sentence beside a list', 'Never on Fridays.\n\n- small', ['Never on Fridays.', 'small']],
    ['another script', '镜像必须固定。不得包含密钥。', ['镜像必须固定。', '不得包含密钥。']],
    ['nothing', ' \n---\n# Title\n...', ['the policy says nothing that could be judged']],
    ['too much', '- a\n'.repeat(51), ['the policy has 51 statements; at most 50 are judged']],
  ])('%s', (_name, text, expected) => {
    expect(questions(text)).toEqual(expected);
  });
  test('gives criteria that may be used as they are, without keys', () => {
    const split = splitPolicy('One. Two.');
    if (!split.ok) throw new Error(split.message);
    expect(checkCriteria(criteriaRules({ criteria: split.criteria }))).toEqual([]);
    expect(split.criteria.map(({ id, key }) => [id, key])).toEqual([
      ['policy-1', false],
      ['policy-2', false],
    ]);
  });
});
