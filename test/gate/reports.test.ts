import { describe, expect, test } from 'vitest';
import { readAnyReport } from '../../src/gate/reports/read-any-report.ts';
import { readReport, reportFormats, type ReportFormat } from '../../src/gate/reports/read-report.ts';
import { sampleOfReport, type ToolRun } from '../../src/gate/reports/report.ts';
import { judge, nowMs, policyOf } from './fixtures.ts';
import * as texts from './report-texts.ts';

function read(format: ReportFormat, text: string, run?: ToolRun): ReturnType<typeof readReport> {
  return readReport(format, text, run);
}

function outcomeOf(format: ReportFormat, text: string, run?: ToolRun): string {
  const policy = policyOf(
    [{ id: 'f', value: { findings: { from: 'tool' } }, pass: { op: '==', value: 0 } }],
    {
      reports: { tool: { text: '-' } },
    },
  );
  const result = read(format, text, run);
  const sample = result.ok
    ? sampleOfReport(result.report, 'info', nowMs - 1)
    : { atMs: nowMs - 1, values: [], error: result.message };
  const verdict = judge(policy, { f: [sample] });
  return `${verdict.outcome} ${verdict.checks[0]?.result}`;
}

describe('what each tool found', () => {
  const rows: readonly (readonly [ReportFormat, string, number, readonly string[]])[] = [
    [
      'sarif',
      texts.sarif(texts.sarifResults),
      2,
      ['critical CVE-1 a.yaml:7 x1', 'high R2  x1', 'low R3  x1', 'medium R4  x1'],
    ],
    ['junit', texts.junit, 3, ['high bad api.Login x1', 'high worse api.Login x1']],
    ['kube-linter', texts.kubeLinter, 1, ['medium no-read-only-root-fs Deployment shop/web x1']],
    ['kube-linter', texts.kubeLinterOld, 1, ['medium x Deployment shop/web x1']],
    ['kube-score', texts.kubeScore, 1, ['high container-resources Deployment shop/web x1']],
    [
      'polaris',
      texts.polaris,
      1,
      ['high hostPID Deployment shop/web x1', 'medium cpu Deployment shop/web x1'],
    ],
    [
      'policy-report',
      texts.policyReport,
      2,
      [
        'medium tags/no-latest Pod shop/web-1 x1',
        'low tags/digest Deployment shop/web x1',
        'high unlisted  x3',
      ],
    ],
    [
      'gatekeeper',
      texts.gatekeeper,
      2,
      ['high K8sRequiredLabels owner Namespace shop x1', 'high K8sRequiredLabels owner  x2'],
    ],
    ['gatekeeper', texts.gator, 1, ['medium K8sRequiredLabels owner Namespace shop x1']],
    [
      'trivy',
      texts.trivy,
      2,
      [
        'critical CVE-2026-0001 openssl 3.0.1 x1',
        'info CVE-2026-0002 zlib 1 x1',
        'medium KSV001 web.yaml x1',
        'high aws-key web.yaml x1',
      ],
    ],
  ];
  test.each(rows)('%s', (format, text, checked, findings) => {
    const result = read(format, text);
    if (!result.ok) throw new Error(result.message);
    expect(
      result.report.findings.map((each) => `${each.severity} ${each.rule} ${each.place} x${each.count}`),
    ).toEqual(findings);
    expect(result.report.checkedObjects).toBe(checked);
  });

  test('counts at or above a severity, and what was cut from a list', () => {
    const result = read('policy-report', texts.policyReport);
    if (!result.ok) throw new Error(result.message);
    expect(sampleOfReport(result.report, 'high', nowMs).values).toEqual([3]);
    expect(sampleOfReport(result.report, 'info', nowMs).values).toEqual([5]);
  });
});

describe('no findings, and still not fine', () => {
  const audited = (status: object): string =>
    JSON.stringify({
      apiVersion: 'constraints.gatekeeper.sh/v1beta1',
      kind: 'K',
      metadata: { name: 'n' },
      status,
    });
  const rows: readonly (readonly [string, ReportFormat, string, ToolRun, string])[] = [
    ['nothing found in two files', 'sarif', texts.sarif([]), {}, 'pass pass'],
    ['no file was looked at', 'sarif', texts.sarif([], { artifacts: [] }), {}, 'fail missing'],
    [
      'the caller knows what was handed over',
      'sarif',
      texts.sarif([], { artifacts: [] }),
      { checkedObjects: 3 },
      'pass pass',
    ],
    ['no run', 'sarif', '{"version":"2.1.0","runs":[]}', {}, 'fail missing'],
    ['a run without results', 'sarif', texts.sarif(null), {}, 'error error'],
    [
      'a run that failed',
      'sarif',
      texts.sarif([], { invocations: [{ executionSuccessful: false }] }),
      {},
      'error error',
    ],
    ['exit 2 and no finding', 'sarif', texts.sarif([]), { exit: 2 }, 'error error'],
    ['killed', 'sarif', texts.sarif([]), { exit: 137 }, 'error error'],
    [
      'suppressed in the judged file',
      'sarif',
      texts.sarif([{ ruleId: 'R', message: { text: 'x' }, suppressions: [{ kind: 'inSource' }] }]),
      {},
      'fail fail',
    ],
    [
      'all tests skipped',
      'junit',
      '<testsuite><testcase name="a"><skipped/></testcase></testsuite>',
      {},
      'fail missing',
    ],
    ['no tests', 'junit', '<testsuites/>', {}, 'fail missing'],
    [
      'more failures than are listed',
      'junit',
      '<testsuite failures="2"><testcase name="a"/></testsuite>',
      {},
      'error error',
    ],
    ['one test', 'junit', '<testsuite><testcase name="a"/></testsuite>', {}, 'pass pass'],
    ['nobody knows what was linted', 'kube-linter', texts.kubeLinterClean, { exit: 0 }, 'fail missing'],
    [
      'eight objects were linted',
      'kube-linter',
      texts.kubeLinterClean,
      { exit: 0, checkedObjects: 8 },
      'pass pass',
    ],
    ['no checks were on', 'kube-linter', '{"Checks":[],"Reports":[]}', { checkedObjects: 8 }, 'fail missing'],
    [
      'failed and lists nothing',
      'kube-linter',
      '{"Checks":[{}],"Summary":{"ChecksStatus":"Failed"}}',
      { checkedObjects: 8 },
      'error error',
    ],
    ['no object', 'kube-score', '[]', {}, 'fail missing'],
    [
      'every object excuses itself',
      'kube-score',
      '[{"checks":[{"check":{"id":"a"},"grade":1,"skipped":true}]}]',
      {},
      'fail missing',
    ],
    [
      '100 of 100 over nothing',
      'polaris',
      '{"PolarisOutputVersion":"1.0","Results":null,"Score":100}',
      {},
      'fail missing',
    ],
    [
      'a rule that broke',
      'policy-report',
      '{"kind":"PolicyReport","results":[{"policy":"p","result":"error"}]}',
      {},
      'error error',
    ],
    ['no results', 'policy-report', '{"kind":"PolicyReport"}', {}, 'fail missing'],
    [
      'all skipped',
      'policy-report',
      '{"kind":"PolicyReport","results":[{"policy":"p","result":"skip"}]}',
      {},
      'fail missing',
    ],
    ['never audited', 'gatekeeper', audited({}), { checkedObjects: 5 }, 'error error'],
    [
      'audited, and how many is known',
      'gatekeeper',
      audited({ auditTimestamp: 'T', totalViolations: 0 }),
      { checkedObjects: 5 },
      'pass pass',
    ],
    ['nothing from gator', 'gatekeeper', 'null', {}, 'fail missing'],
    ['an image without packages', 'trivy', '{"SchemaVersion":2,"ArtifactName":"i"}', {}, 'fail missing'],
    [
      'a sound image',
      'trivy',
      '{"SchemaVersion":2,"ArtifactName":"i","Results":[{"Target":"i"}]}',
      {},
      'pass pass',
    ],
  ];
  test.each(rows)('%s', (_name, format, text, run, outcome) => {
    expect(outcomeOf(format, text, run)).toBe(outcome);
  });
});

describe('what cannot be read is an error that names the place', () => {
  const rows: readonly (readonly [string, ReportFormat, string, string])[] = [
    ['empty', 'sarif', ' ', 'it is empty'],
    ['cut off', 'sarif', texts.sarif([]).slice(0, -1), 'it is not JSON'],
    ['two values', 'kube-score', '[] []', 'it is not JSON (line 1, column 4)'],
    ['another version', 'sarif', '{"version":"1.0","runs":[]}', 'version must be 2.1'],
    ['a result that is none', 'sarif', texts.sarif([7]), 'runs[0].results[0]: it must be an object'],
    [
      'a level nobody knows',
      'sarif',
      texts.sarif([{ level: 'fine', message: {} }]),
      'runs[0].results[0]: level must be',
    ],
    ['results twice', 'sarif', '{"version":"2.1.0","runs":[],"runs":[]}', 'the key "runs" twice'],
    [
      'results twice, one escaped',
      'sarif',
      String.raw`{"version":"2.1.0","runs":[],"\u0072uns":[]}`,
      'the key "runs" twice',
    ],
    ['a prototype', 'polaris', '{"__proto__":{"PolarisOutputVersion":"1"}}', 'key "__proto__"'],
    ['an escaped prototype', 'polaris', String.raw`{"\u005f_proto__":{}}`, 'key "__proto__"'],
    ['deep JSON', 'kube-score', '['.repeat(1e6), 'deeper than 64'],
    ['deep JSON of long numbers', 'kube-score', `${'['.repeat(1e5)}12345678901234567890`, 'deeper than 64'],
    [
      'a grade of its own',
      'kube-score',
      '[{"checks":[{"check":{},"grade":100}]}]',
      '[0].checks[0]: grade must be',
    ],
    [
      'no success',
      'polaris',
      '{"PolarisOutputVersion":"1","Results":[{"Results":{"a":{"Severity":"danger"}}}]}',
      'Results[0].Results.a: Success is missing',
    ],
    ['another kind', 'policy-report', '{"kind":"Pod"}', 'kind must be PolicyReport'],
    [
      'another result',
      'policy-report',
      '{"kind":"PolicyReport","results":[{"result":"great"}]}',
      'results[0]: result must be',
    ],
    ['no constraint', 'gatekeeper', '{"apiVersion":"v1","kind":"Pod"}', 'no constraint'],
    ['not of kube-linter', 'kube-linter', '{}', 'no report of kube-linter'],
    ['another schema', 'trivy', '{"SchemaVersion":1,"ArtifactName":"i"}', 'SchemaVersion must be 2'],
    [
      'a severity nobody knows',
      'trivy',
      texts.trivy.replace('CRITICAL', 'AWFUL'),
      'Results[0].Vulnerabilities[0]: Severity must be',
    ],
    ['not XML', 'junit', '<testsuite>', 'it is not XML (line 1, column'],
    [
      'an entity of its own',
      'junit',
      '<!DOCTYPE a [<!ENTITY b "c">]><testsuite name="&b;"/>',
      'it is not XML',
    ],
    ['deep XML', 'junit', '<testsuite>'.repeat(1e5), 'nested too deeply'],
    ['XML at the edge', 'junit', `${'<testsuite>'.repeat(80)}${'</testsuite>'.repeat(80)}`, 'deeper than 64'],
    ['another root', 'junit', '<html/>', 'the root must be testsuites'],
    ['too large', 'junit', `<testsuite>${' '.repeat(17e6)}</testsuite>`, 'larger than'],
    ['too large JSON', 'kube-score', `[${' '.repeat(17e6)}]`, 'larger than'],
  ];
  test.each(rows)('%s', (_name, format, text, message) => {
    const result = read(format, text);
    expect(result.ok ? 'read' : result.message).toContain(message);
    expect(outcomeOf(format, text)).toBe('error error');
  });

  test('entities that multiply are not expanded', () => {
    const bomb = `<!DOCTYPE a [<!ENTITY a "${'x'.repeat(1000)}"><!ENTITY b "${'&a;'.repeat(1000)}">]><testsuite><testcase name="&b;"/></testsuite>`;
    expect(read('junit', bomb).ok).toBe(false);
  });

  test('any JSON, in every format, is read or refused', () => {
    for (const format of reportFormats)
      for (const text of [
        'null',
        '1',
        '"x"',
        '[]',
        '{}',
        '[1]',
        '[[]]',
        '{"runs":1,"version":"2.1.0"}',
        '{"kind":5}',
        '{"Results":[1],"PolarisOutputVersion":1}',
      ])
        expect(outcomeOf(format, text)).not.toContain('pass');
  });
});

describe('a report whose format nobody said', () => {
  test.each<readonly [ReportFormat, string]>([
    ['sarif', texts.sarif(texts.sarifResults)],
    ['junit', texts.junit],
    ['kube-linter', texts.kubeLinter],
    ['kube-score', texts.kubeScore],
    ['polaris', texts.polaris],
    ['policy-report', texts.policyReport],
    ['gatekeeper', texts.gatekeeper],
    ['trivy', texts.trivy],
  ])('is read as the only one that it can be: %s', (format, text) => {
    expect(readAnyReport(undefined, text, {})).toEqual(readReport(format, text));
  });
  test.each([
    ['what is of no format', '{"a":1}', /none of the formats/],
    ['what could be of several', '[]', /say by `format`/],
  ])('is refused: %s', (_name, text, says) => {
    const result = readAnyReport(undefined, text, {});
    expect(result.ok ? '' : result.message).toMatch(says);
  });
});
