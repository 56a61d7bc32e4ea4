import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { verdictJunit } from '../../src/gate/export/junit-text.ts';
import { verdictSarif } from '../../src/gate/export/sarif-log.ts';
import { verificationSummary } from '../../src/gate/export/slsa.ts';
import { verdictMarkdown } from '../../src/gate/export/table.ts';
import { readVerdictJson, verdictJson } from '../../src/gate/export/verdict-json.ts';
import { overrideVerdict } from '../../src/gate/override.ts';
import { refusePolicy } from '../../src/gate/evaluate/evaluate-gate.ts';
import { readReport, type ReportFormat } from '../../src/gate/reports/read-report.ts';
import { subjectOf } from '../../src/gate/subject.ts';
import type { Verdict } from '../../src/gate/verdict.ts';
import { verdictSchema } from '../../src/gate/verdict-schema.ts';
import { context, failing, judge, limit, nowMs, policyOf, sample } from './fixtures.ts';
import { ask } from './judge-fixtures.ts';

const until = new Date(nowMs + 1000).toISOString();
const policy = policyOf(
  [
    limit('a', { key: true, unit: 'ms' }),
    limit('b', { warn: { op: '<=', value: 20 } }),
    limit('c'),
    limit('m'),
    { id: 'i', value: { cue: 'i' }, info: true },
  ],
  {
    mute: [{ id: 'm', why: 'known', until }],
    freeze: { windows: [{ rrule: 'FREQ=DAILY;BYHOUR=1', duration: '1h' }] },
  },
);
const failed = judge(policy, {
  a: 99,
  b: 15,
  c: [failing('<b>@team | `x` https://evil.example [y](z)\n# boo')],
  m: 99,
  i: 3,
});
const passed = judge(policyOf([limit('a')]), { a: 1 });
const opened = overrideVerdict(
  failed,
  { by: 'ana', groups: ['sre'], reason: 'hotfix', expires: until },
  nowMs,
);
const all: readonly (readonly [string, Verdict])[] = [
  ['failed', failed],
  ['passed', passed],
  ['overridden', opened.ok ? opened.verdict : failed],
  ['judged', ask({})],
  ['refused', refusePolicy([], context, nowMs)],
  ['without a clock', judge(policy, { a: 1 }, { at: Number.NaN })],
  [
    'with a window',
    judge(policyOf([limit('a')]), { a: 1 }, { context: { window: { fromMs: nowMs - 5000, toMs: nowMs } } }),
  ],
];

function findings(format: ReportFormat, text: string): readonly string[] {
  const read = readReport(format, text);
  if (!read.ok) throw new Error(read.message);
  return read.report.findings.map(({ rule, severity }) => `${rule} ${severity}`);
}

test.each(all)('%s: meets the schema, and is read back as it was', (_name, verdict) => {
  const check = new Ajv({ strict: true, allowUnionTypes: true }).compile(verdictSchema);
  expect([check(verdict), check.errors]).toEqual([true, null]);
  const text = verdictJson(verdict);
  expect(readVerdictJson(text)).toMatchObject({ ok: true, verdict });
});

test('a verdict that was changed is not read', () => {
  const text = verdictJson(failed);
  for (const each of [
    text.replace('"open": false', '"open": true'),
    text.replace(/"digest": "sha256:.*?"/, '"digest": "x"'),
    '{}',
    'null',
    `${text}{}`,
    text.slice(0, -3),
    '{"verdict":{"version":"sluice.gate/v2"}}',
  ])
    expect(readVerdictJson(each).ok).toBe(false);
});

describe('readers of other formats see what the gate says', () => {
  test('JUnit', () => {
    expect(findings('junit', verdictJunit(failed))).toEqual(['gate high', 'a high', 'b high', 'c high']);
    expect(findings('junit', verdictJunit(passed))).toEqual([]);
    expect(verdictJunit(failed)).toContain('tests="7" failures="3" errors="1" skipped="2"');
  });
  test('JUnit with what XML has no form for', () => {
    const verdict = judge(policyOf([limit('a')]), { a: [failing('\u0000\uD800 "<&>" \u001B[31m]]>')] });
    expect(findings('junit', verdictJunit(verdict))).toEqual(['gate high', 'a high']);
  });
  test('SARIF', () => {
    const text = JSON.stringify(verdictSarif(failed, { uri: 'gate.yaml' }));
    expect(findings('sarif', text)).toEqual(['gate high', 'a high', 'b medium', 'c high', 'm high']);
    expect(text).toContain('"suppressions"');
    expect(findings('sarif', JSON.stringify(verdictSarif(passed, { uri: 'gate.yaml' })))).toEqual([]);
  });
});

test('a SLSA summary passes only for a pass of its own', () => {
  const result = (verdict: Verdict): unknown => verificationSummary(verdict)['predicate'];
  expect(result(passed)).toMatchObject({ verificationResult: 'PASSED', timeVerified: passed.at });
  for (const [name, verdict] of all)
    if (!['passed', 'judged', 'with a window'].includes(name))
      expect(result(verdict)).toMatchObject({ verificationResult: 'FAILED' });
  const subject = subjectOf('Objects', 'web', [], [{ name: 'web', digest: 'sha256:1' }, { name: 'by-tag' }]);
  expect(verificationSummary({ ...passed, subject })['subject']).toEqual([
    { name: 'Objects/web', digest: { sha256: subject.digest.slice(7) } },
    { name: 'web', digest: { sha256: '1' } },
  ]);
});

describe('a table for the job summary', () => {
  const text = verdictMarkdown(failed);
  test('has every check, worst first, and says what decided', () => {
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(1);
    expect(rows.map((row) => row.split(' | ').slice(0, 2).join(' '))).toEqual([
      '| fail a',
      '| fail (muted) m',
      '| error c',
      '| warn b',
      '| pass freeze',
      '| info i',
    ]);
    expect(text).toContain('### Gate release: fail, not open');
    expect(text).toContain('decided by key');
    expect(text).toContain('99 ms');
    expect(verdictMarkdown(ask({}))).toContain('(uncalibrated), 3 votes, agreement 100%, anchors 6 of 6');
    if (opened.ok) expect(verdictMarkdown(opened.verdict)).toContain('Overridden by ana');
  });
  test('shows hostile text as text', () => {
    const [line = ''] = text.split('\n').filter((each) => each.startsWith('| error'));
    expect(line.split(/(?<!\\)\|/)).toHaveLength(8);
    for (const bad of ['<b>', '@team', 'https://', '[y](z)']) expect(line).not.toContain(bad);
    expect(text.split('\n').filter((each) => each.startsWith('#'))).toHaveLength(1);
  });
  test('cuts long text', () => {
    const long = judge(policyOf([limit('a')]), { a: [sample('x'.repeat(1e5)), failing('y'.repeat(1e5))] });
    expect(verdictMarkdown(long).length).toBeLessThan(2000);
  });
});
