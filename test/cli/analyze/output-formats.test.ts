import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { realCli, type RealEnd } from '../real-cli.ts';
import { waitingPod } from './objects.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-formats-'));
  await writeFile(join(stateDir, 'pods.yaml'), waitingPod('one') + waitingPod('two'));
});

async function analyze(...words: readonly string[]): Promise<RealEnd> {
  return realCli(['analyze', '--from', 'pods.yaml', '--filter', 'Pod,Service', ...words], { stateDir });
}

interface Log {
  readonly version: string;
  readonly runs: readonly { readonly results: readonly Result[] }[];
}
interface Result {
  readonly ruleId: string;
  readonly locations: readonly unknown[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

async function sarifResults(): Promise<readonly Result[]> {
  const log = JSON.parse((await analyze('-o', 'sarif')).stdout) as Log;
  expect(log.version).toBe('2.1.0');
  return log.runs.flatMap(({ results }) => results);
}

test('-o sarif points at the line of each problem', async () => {
  const [first, second] = await sarifResults();
  expect(first).toMatchObject({
    ruleId: 'ErrImagePull',
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'pods.yaml' },
          region: { startLine: 7, startColumn: 7 },
        },
        logicalLocations: [{ fullyQualifiedName: 'Pod default/one spec.containers{c}' }],
      },
    ],
  });
  expect(second).toMatchObject({ locations: [{ physicalLocation: { region: { startLine: 19 } } }] });
});

test('a fingerprint of -o sarif stays where the line has moved, and differs between objects', async () => {
  const before = (await sarifResults()).map(({ partialFingerprints }) => partialFingerprints);
  await writeFile(join(stateDir, 'pods.yaml'), `# moved\n\n${waitingPod('two')}${waitingPod('one')}`);
  const after = (await sarifResults()).map(({ partialFingerprints }) => partialFingerprints);
  expect(after).toEqual(before);
  expect(new Set(after.map((each) => JSON.stringify(each))).size).toBe(2);
});

test('-o junit has a suite for each kind and a case for each problem', async () => {
  const { root } = parseXml((await analyze('-o', 'junit')).stdout);
  const suites = (root?.children ?? []).filter((each) => each instanceof XmlElement);
  expect(suites.map(({ attributes }) => attributes)).toEqual([
    { name: 'Pod', tests: '3', failures: '2', errors: '0', skipped: '0' },
    { name: 'Service', tests: '1', failures: '0', errors: '0', skipped: '0' },
  ]);
  const [, problem] = (suites[0]?.children ?? []).filter((each) => each instanceof XmlElement);
  expect(problem?.attributes).toEqual({
    classname: 'Pod',
    name: 'default/one ErrImagePull spec.containers{c}',
  });
});

test('with --fail-on, -o junit skips what is less bad', async () => {
  const { code, stdout } = await analyze('-o', 'junit', '--fail-on', 'critical');
  expect(code).toBe(0);
  expect(stdout).toContain('failures="0" errors="0" skipped="2"');
});

test('-o markdown is a table that hostile text cannot leave', async () => {
  const { stdout } = await analyze('-o', 'markdown');
  expect(stdout).toBe(`### analyze: 2 problems found in 2 objects

| severity | object | problem | says | fix |
|---|---|---|---|---|
| high | Pod default/one | ErrImagePull | Container c does not start: no &lt;such&gt; image \\| or so (pods.yaml:7) | Correct what the message names: image, its registry, or what the container refers to. |
| high | Pod default/two | ErrImagePull | Container c does not start: no &lt;such&gt; image \\| or so (pods.yaml:19) | Correct what the message names: image, its registry, or what the container refers to. |
`);
});

test('-o markdown of thousands of problems fits a comment', async () => {
  const names = Array.from({ length: 300 }, (_, index) => `pod-${index}`);
  await writeFile(join(stateDir, 'pods.yaml'), names.map((name) => waitingPod(name)).join(''));
  const { stdout } = await analyze('-o', 'markdown');
  expect(stdout).toContain('### analyze: 300 problems found in 300 objects');
  expect(stdout).toContain('and 240 more rows');
  expect(stdout.length).toBeLessThan(65_536);
});

test('-o sarif and -o junit of nothing wrong are whole documents, too', async () => {
  await writeFile(join(stateDir, 'pods.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\n');
  expect(await sarifResults()).toEqual([]);
  expect((await analyze('-o', 'junit')).stdout).toContain(
    '<testsuite name="Service" tests="2" failures="0" errors="0" skipped="1"',
  );
});

test.each(['text', 'json', 'yaml', 'sarif', 'junit', 'markdown', 'k8sgpt'])(
  'the order of the documents does not change -o %s but for lines',
  async (format) => {
    const lines = /(:\d+(?::\d+)?\b|"?(?:line|column|startLine|startColumn)"?: \d+)/g;
    const [one, again] = [await analyze('-o', format), await analyze('-o', format)];
    expect(again).toEqual(one);
    await writeFile(join(stateDir, 'pods.yaml'), waitingPod('two') + waitingPod('one'));
    const other = await analyze('-o', format);
    expect(other.stdout.replace(lines, '')).toBe(one.stdout.replace(lines, ''));
  },
);
