import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { realCli, type RealEnd } from '../real-cli.ts';
import { waitingPod } from './objects.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-accepted-'));
  await writeFile(join(stateDir, 'pods.yaml'), waitingPod('old') + waitingPod('new'));
});

async function analyze(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['analyze', '--from', 'pods.yaml', '--filter', 'Pod', ...words], { stateDir });
}

/** Writes what the files hold now as the baseline, then has `text` judged. */
async function withBaseline(text: string, ...words: readonly string[]): Promise<RealEnd> {
  const { stdout } = await analyze('-o', 'json');
  await writeFile(join(stateDir, 'baseline.json'), stdout);
  await writeFile(join(stateDir, 'pods.yaml'), text);
  return analyze('--baseline', 'baseline.json', ...words);
}

async function withExemptions(entries: string, ...words: readonly string[]): Promise<RealEnd> {
  await writeFile(join(stateDir, 'ignore.yaml'), `exemptions:\n${entries}`);
  return analyze('--ignore', 'ignore.yaml', ...words);
}

const nextMonth = new Date(Date.now() + 30 * 24 * 3_600_000).toISOString().slice(0, 10);

test('of a baseline only what is new is shown and counts, and what is gone is counted', async () => {
  const { code, stdout } = await withBaseline(waitingPod('old') + waitingPod('third'), '--fail-on', 'high');
  expect(code).toBe(1);
  expect(stdout).toContain('Pod default/third');
  expect(stdout).not.toContain('Pod default/old');
  expect(stdout).toContain('1 problem known from the baseline, 1 gone\n1 new problem found in 2 objects\n');
});

test('nothing new passes --fail-on', async () => {
  const { code, stdout } = await withBaseline(waitingPod('old'), '--fail-on', 'info', '-o', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [],
    baseline: { known: 1, gone: [{ kind: 'Pod', namespace: 'default', name: 'new', id: 'ErrImagePull' }] },
  });
});

test('another reason of the same container is new', async () => {
  const { stdout } = await withBaseline(waitingPod('old', 'InvalidImageName'), '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [{ id: 'InvalidImageName' }],
    baseline: { known: 0 },
  });
});

test('of what was not looked at nothing is said to be gone', async () => {
  const { stdout } = await withBaseline(waitingPod('old'), '-n', 'shop', '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ baseline: { known: 0, gone: [] } });
});

test.each([
  ['no JSON', 'kind: ['],
  ['another shape', '{"results": []}'],
  ['a finding without a name', '{"findings": [{"id": "X"}]}'],
])('a baseline that is %s is refused', async (_, text) => {
  await writeFile(join(stateDir, 'baseline.json'), text);
  const { code, stdout, stderr } = await analyze('--baseline', 'baseline.json');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('cannot use the baseline baseline.json');
});

test('an exempted problem does not count, and is counted', async () => {
  const entry = `  - { rule: ErrImagePull, name: "o*", reason: known, expires: "${nextMonth}" }\n`;
  const { code, stdout } = await withExemptions(entry, '-o', 'json', '--fail-on', 'info');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [{ object: { name: 'new' } }],
    exemptions: {
      exempted: [{ finding: { name: 'old' }, exemption: 'ignore.yaml:2:5', reason: 'known' }],
      expired: [],
      unused: [],
    },
  });
});

test('an exemption that has expired or covers nothing is told', async () => {
  const { stdout } = await withExemptions(
    `  - { rule: ErrImagePull, name: old, reason: known, expires: 2020-01-01 }
  - { rule: NoSuchReason, reason: known, expires: "${nextMonth}" }
`,
  );
  expect(stdout).toContain(`no problem exempted
exemption of ErrImagePull at ignore.yaml:2:5 has expired (2020-01-01): 1 problem it covered
exemption of NoSuchReason at ignore.yaml:3:5 covers nothing here
2 problems found in 2 objects
`);
});

test('what exemptions did is told beside output that has no place for it', async () => {
  const entry = `  - { rule: ErrImagePull, reason: known, expires: "${nextMonth}" }\n`;
  const { stdout, stderr } = await withExemptions(entry, '-o', 'k8sgpt');
  expect(JSON.parse(stdout)).toMatchObject({ status: 'OK' });
  expect(stderr).toContain('2 problems exempted\n');
});

test('an exemption without an end is refused before anything is looked at', async () => {
  const { code, stdout, stderr } = await withExemptions('  - { rule: ErrImagePull, reason: known }\n');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('ignore.yaml:2:5');
});

test('exemptions come before the baseline: what is exempted is neither new, known nor gone', async () => {
  await analyze('-o', 'json').then(({ stdout }) => writeFile(join(stateDir, 'b.json'), stdout));
  const entry = `  - { rule: ErrImagePull, name: old, reason: known, expires: "${nextMonth}" }\n`;
  const { stdout } = await withExemptions(entry, '--baseline', 'b.json', '-o', 'json');
  expect(JSON.parse(stdout)).toMatchObject({ findings: [], baseline: { known: 1, gone: [] } });
  expect(await readFile(join(stateDir, 'b.json'), 'utf8')).toContain('"old"');
});
