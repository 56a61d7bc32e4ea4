import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Category, Finding, Severity } from '../../src/analyze/finding.ts';
import { auditObject } from '../../src/analyze/audit.ts';
import { score } from '../../src/analyze/score.ts';
import { bareDeployment, soundDeployment } from './kube-fixtures.ts';

function finding(id: string, severity: Severity, category: Category = 'isolation'): Finding {
  const object = { cluster: '', apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  return { id, severity, category, object, text: `${id} is wrong.`, fix: 'Change it.', evidence: [] };
}

describe('the table', () => {
  test.each<[string, readonly Finding[], number]>([
    ['nothing', [], 100],
    ['one low', [finding('A', 'low')], 97],
    ['one medium', [finding('A', 'medium')], 92],
    ['one high', [finding('A', 'high')], 85],
    ['one critical', [finding('A', 'critical')], 60],
    ['info takes nothing', [finding('A', 'info')], 100],
    ['a rule counts once', [finding('A', 'medium'), finding('A', 'medium')], 92],
    ['and by its worst', [finding('A', 'low'), finding('A', 'high')], 85],
    [
      'minor findings of one category are capped',
      ['A', 'B', 'C', 'D'].map((id) => finding(id, 'medium')),
      80,
    ],
    [
      'of two categories not together',
      [...['A', 'B', 'C'].map((id) => finding(id, 'medium')), finding('D', 'medium', 'image')],
      72,
    ],
    ['high ones are not capped', ['A', 'B', 'C'].map((id) => finding(id, 'high')), 55],
    ['never below 0', ['A', 'B', 'C'].map((id) => finding(id, 'critical')), 0],
    ['broken now: at most 20', [finding('A', 'critical', 'runtime')], 20],
    ['partly broken: at most 35', [finding('A', 'high', 'runtime')], 35],
    ['not proven to run: at most 50', [finding('A', 'medium', 'runtime')], 50],
  ])('%s', (_name, findings, wanted) => {
    expect(score(findings).score).toBe(wanted);
  });
});

test('the explanation adds up to the score, and names each rule', () => {
  const findings = [
    finding('A', 'critical', 'runtime'),
    finding('B', 'medium'),
    finding('C', 'medium'),
    finding('D', 'medium'),
  ];
  const result = score(findings);
  expect(100 - result.explanation.reduce((sum, line) => sum + line.points, 0)).toBe(result.score);
  expect(result.explanation.map((line) => line.item)).toEqual([
    'A',
    'B',
    'C',
    'D',
    'cap:isolation',
    'ceiling',
  ]);
});

const scoreOf = (object: ReturnType<typeof bareDeployment>): number => {
  const audit = auditObject(object);
  return audit.kind === 'audited' ? score(audit.findings).score : Number.NaN;
};

test('a hardened Deployment scores at least 90, one that sets nothing far less', () => {
  const image = 'registry.example.com/shop/web:1.4.2';
  expect(scoreOf(soundDeployment())).toBe(100);
  expect(
    scoreOf(soundDeployment({ container: { image, resources: { limits: { cpu: null } } } })),
  ).toBeGreaterThanOrEqual(90);
  expect(scoreOf(bareDeployment())).toBeLessThan(60);
  expect(scoreOf(bareDeployment())).toBeGreaterThan(30);
});

describe('for any findings', () => {
  const findings = fc.array(
    fc.record({
      id: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'),
      severity: fc.constantFrom<Severity>('critical', 'high', 'medium', 'low', 'info'),
      category: fc.constantFrom<Category>(
        'runtime',
        'isolation',
        'secrets',
        'image',
        'resources',
        'availability',
      ),
    }),
    { maxLength: 12 },
  );

  test('the score is an integer from 0 to 100, whatever their order', () => {
    fc.assert(
      fc.property(findings, (records) => {
        const list = records.map((record) => finding(record.id, record.severity, record.category));
        const result = score(list).score;
        expect(Number.isInteger(result) && result >= 0 && result <= 100).toBe(true);
        expect(score(list.toReversed()).score).toBe(result);
      }),
      { numRuns: 300 },
    );
  });

  test('one more never raises it', () => {
    fc.assert(
      fc.property(findings, fc.nat(), (records, at) => {
        fc.pre(records.length > 0);
        const list = records.map((record) => finding(record.id, record.severity, record.category));
        const fewer = list.toSpliced(at % list.length, 1);
        expect(score(list).score).toBeLessThanOrEqual(score(fewer).score);
      }),
      { numRuns: 500 },
    );
  });
});
