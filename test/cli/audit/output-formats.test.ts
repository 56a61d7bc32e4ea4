import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readReport } from '../../../src/gate/reports/read-report.ts';
import { realCli, type RealEnd } from '../real-cli.ts';
import { deployment, widget } from './manifests.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-audit-formats-'));
  await writeFile(join(stateDir, 'web.yaml'), deployment({ image: 'web' }) + widget);
});

async function audit(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['audit', '-f', 'web.yaml', ...words], { stateDir });
}

async function auditWith(exemption: string, ...words: readonly string[]): Promise<RealEnd> {
  await writeFile(join(stateDir, 'ignore.yaml'), `exemptions:\n  - ${exemption}\n`);
  return audit('--ignore', 'ignore.yaml', ...words);
}

const day = (offset: number): string =>
  new Date(Date.now() + offset * 24 * 3_600_000).toISOString().slice(0, 10);
const exemption = `{ rule: ImageTagMutable, name: "w*", reason: in review, owner: web, expires: "${day(30)}" }`;

test.each(['json', 'yaml'])('-o %s', async (format) => {
  const { stdout } = await audit('-o', format);
  expect(format === 'json' ? JSON.parse(stdout) : parse(stdout)).toMatchObject({
    summary: {
      score: 92,
      mean: 97,
      objects: 3,
      worst: 'medium',
      counts: { critical: 0, high: 0, medium: 1, low: 0, info: 0 },
      findings: 1,
    },
    findings: [{ id: 'ImageTagMutable', place: { file: 'web.yaml', line: 17, column: 11 } }],
    scores: [
      { score: 92, object: { name: 'web' }, explanation: [{ item: 'ImageTagMutable', points: 8 }] },
      {},
      {},
    ],
    notCovered: [{ kind: 'Widget', name: 'w' }],
    notJudged: [],
    images: { scanned: [], notScanned: [], leftOut: 'no-trivy' },
  });
});

test('-o sarif is a log of its own category that a gate can read', async () => {
  const { stdout, stderr } = await audit('-o', 'sarif');
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ automationDetails: { id: 'sluice/audit/' } }] });
  const read = readReport('sarif', stdout);
  expect(read).toMatchObject({
    ok: true,
    report: { findings: [{ rule: 'ImageTagMutable', place: 'web.yaml:17' }] },
  });
  expect(stderr).toContain('no rule is about the kind Widget\n');
});

describe('-o junit', () => {
  const suitesOf = ({ stdout }: RealEnd): readonly unknown[] =>
    (parseXml(stdout).root?.children ?? []).flatMap((each) =>
      each instanceof XmlElement ? [each.attributes] : [],
    );

  test('has a suite for each object, and one for what was not judged', async () => {
    expect(suitesOf(await audit('-o', 'junit'))).toEqual([
      { name: 'Deployment web', tests: '1', failures: '1', errors: '0', skipped: '0' },
      { name: 'NetworkPolicy web', tests: '1', failures: '0', errors: '0', skipped: '0' },
      { name: 'PodDisruptionBudget web', tests: '1', failures: '0', errors: '0', skipped: '0' },
      { name: 'not judged', tests: '1', failures: '0', errors: '0', skipped: '1' },
    ]);
  });

  test('skips what is below --fail-on, and what is exempted', async () => {
    expect(suitesOf(await audit('-o', 'junit', '--fail-on', 'high'))[0]).toMatchObject({
      failures: '0',
      skipped: '1',
    });
    expect(suitesOf(await auditWith(exemption, '-o', 'junit'))).toContainEqual({
      name: 'exempted',
      tests: '1',
      failures: '0',
      errors: '0',
      skipped: '1',
    });
  });
});

test('-o markdown', async () => {
  const { stdout } = await audit('-o', 'markdown');
  expect(stdout).toContain('### audit: score 92 of 100, the worst of 3 objects (mean 97): 1 medium\n');
  expect(stdout).toContain('| medium | Deployment web (92) | ImageTagMutable | Image');
  expect(stdout).toContain('web.yaml:17');
  expect(stdout).toContain('- not judged: Widget w: no rule is about the kind Widget');
});

describe('exemptions', () => {
  test('take a finding out of list, score and exit code, and are counted', async () => {
    const { code, stdout } = await auditWith(exemption, '--fail-on', 'info', '--min-score', '100');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `3 objects without findings
not judged: Widget w: no rule is about the kind Widget
exempted until ${day(30)}: ImageTagMutable (1 finding): in review (web)
images were not scanned: trivy is not on PATH
score 100 of 100, the worst of 3 objects (mean 100): no findings
`,
    });
  });

  test('stand in -o json with their reason and end', async () => {
    expect(JSON.parse((await auditWith(exemption, '-o', 'json')).stdout)).toMatchObject({
      exemptions: {
        exempted: [
          { finding: { id: 'ImageTagMutable' }, reason: 'in review', owner: 'web', expires: day(30) },
        ],
      },
    });
  });

  test('that are over, or cover nothing, are told', async () => {
    const over = await auditWith(
      `{ rule: ImageTagMutable, reason: r, expires: "${day(-2)}" }`,
      '--fail-on',
      'medium',
    );
    expect(over).toMatchObject({ code: 1, stdout: expect.stringContaining('has expired') as string });
    const unused = await auditWith(`{ rule: HostNetwork, reason: r, expires: "${day(2)}" }`);
    expect(unused.stdout).toContain('exemption of HostNetwork at ignore.yaml:2:5 covers nothing here');
  });

  test('of a rule that is not there are refused', async () => {
    const { code, stderr } = await auditWith(`{ rule: HostNetwrk, reason: r, expires: "${day(2)}" }`);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('there is no rule "HostNetwrk" (did you mean HostNetwork?)') as string,
    });
  });
});
