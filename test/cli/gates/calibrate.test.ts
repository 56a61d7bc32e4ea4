import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { parseJson } from '../../../src/api/json.ts';
import { readCalibration } from '../../../src/gate/judge/calibration/calibration-record.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

const gate = `apiVersion: sluice.dev/v1alpha1
kind: Gate
metadata:
  name: review
spec:
  subject: web
  criteria:
    - id: memory
      question: Does every container set a memory limit?
`;

function caseOf(label: string, resources: string): string {
  return `label: ${label}
objects:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec:
          containers:
            - { name: web, image: 'example/web:1.2', resources: ${resources} }
`;
}

const limited = '{ limits: { memory: 64Mi } }';
let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-calibrate-'));
  await mkdir(join(stateDir, 'cases'));
  await writeFile(join(stateDir, 'gate.yaml'), gate);
});

async function calibrate(
  cases: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<RealEnd> {
  for (const [name, text] of Object.entries(cases)) await writeFile(join(stateDir, 'cases', name), text);
  return realCli(['gate', 'calibrate', '-f', 'gate.yaml', '--cases', 'cases', ...words], { stateDir });
}

test('labelled cases give a record, and say which of them were missed', async () => {
  const cases = {
    'a.yaml': caseOf('good', limited),
    'b.yaml': `${caseOf('bad', '{}')}---\n${caseOf('bad', '{}')}`,
    'c.yaml': caseOf('bad', limited),
  };
  const { code, stdout, stderr } = await calibrate(cases, '--write', 'record.json');
  expect([code, stderr]).toEqual([
    0,
    expect.stringContaining('good  a: pass\nbad   b-1: fail\nbad   b-2: fail\n'),
  ]);
  expect(stdout).toMatch(/^c +bad +pass/m);
  expect(stdout).toContain('4 cases, 1 good and 3 bad\nspecificity (bad cases that stay shut): 66.7 %');
  const record = readCalibration(parseJson(await readFile(join(stateDir, 'record.json'), 'utf8')));
  expect(record).toMatchObject({ ok: true, record: { bad: { cases: 3, refused: 2 } } });
  const json = await calibrate({}, '-o', 'json');
  expect(parseJson(json.stdout)).toMatchObject({ record: { good: { cases: 1 } }, results: { length: 4 } });
});

test.each([
  [
    'what is no case',
    { 'a.yaml': 'label: ugly\n' },
    /a\.yaml:1:1: error BadCase: a: `label` must be good or bad/,
  ],
  [
    'cases of one name',
    { 'a.yaml': caseOf('good', '{}'), 'a.json': caseOf('bad', '{}') },
    /two cases named a/,
  ],
  ['no cases', {}, /cases holds no \.yaml, \.yml or \.json file/],
])('%s is refused before anybody is asked', async (_name, cases, expected) => {
  const { code, stderr } = await calibrate(cases);
  expect([code, stderr]).toEqual([2, expect.stringMatching(expected)]);
});

test('a record that cannot be written is refused before anybody is asked', async () => {
  const { code, stderr } = await calibrate({ 'a.yaml': caseOf('bad', '{}') }, '--write', 'no/record.json');
  expect([code, stderr]).toEqual([2, expect.stringContaining('cannot write --write no/record.json')]);
  expect(stderr).not.toContain('bad   a');
});

test('cases of which none got a verdict give no record', async () => {
  const text = 'label: bad\nitems:\n  - { kind: text, ref: x, text: thin }\n';
  const { code, stdout, stderr } = await calibrate({ 'a.yaml': text });
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^a +bad +error/m)]);
  expect(stderr).toContain('error: no case got a verdict: ');
});
