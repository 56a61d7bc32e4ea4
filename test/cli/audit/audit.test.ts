import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { realCli, type RealEnd } from '../real-cli.ts';
import { daemonSet, deployment, service, widget } from './manifests.ts';

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-audit-'));
});

async function audit(text: string, ...words: readonly string[]): Promise<RealEnd> {
  await writeFile(join(stateDir, 'web.yaml'), text);
  return realCli(['audit', '-f', 'web.yaml', ...words], { stateDir });
}

interface Output {
  readonly summary: {
    readonly score: number;
    readonly counts: Record<string, number>;
    readonly worst: string;
  };
  readonly findings: readonly { readonly id: string; readonly place?: object; readonly object: object }[];
  readonly scores: readonly {
    readonly score: number;
    readonly explanation: readonly { readonly points: number }[];
  }[];
  readonly exemptions?: object;
  readonly notJudged: readonly { readonly rules: readonly string[]; readonly reason: string }[];
}

const json = (end: RealEnd): Output => JSON.parse(end.stdout) as Output;

test('a finding has its points, its line, what is wrong and what to do', async () => {
  const { code, stdout } = await audit(service('web') + deployment({ image: 'web' }));
  expect(code).toBe(0);
  expect(stdout).toContain(`Deployment web  score 92 of 100
  -8  medium  ImageTagMutable  web.yaml:22:11 spec.template.spec.containers[0].image
      Image "web" of container "web" has no tag, which means latest: what runs can change with every restart, and cannot be rolled back to.
      fix: Pin the image: give spec.template.spec.containers[0].image a version tag, and better its digest (NAME:TAG@sha256:…).
`);
  expect(stdout).toContain('score 92 of 100, the worst of 4 objects (mean 98): 1 medium');
});

test('the points of an object add up to what it lost, whatever was given back', async () => {
  const { stdout } = await audit(daemonSet, '-o', 'json');
  const { scores } = JSON.parse(stdout) as Output;
  expect(scores).toHaveLength(1);
  for (const { score, explanation } of scores)
    expect(explanation.reduce((sum, { points }) => sum + points, score)).toBe(100);
  const lines = (await audit(daemonSet)).stdout
    .split('\n')
    .filter((line) => /^ {0,3}[-+]?\d+ {2}/.test(line));
  expect(lines.reduce((sum, line) => sum - Number.parseInt(line, 10), 0)).toBe(100 - (scores[0]?.score ?? 0));
});

test('a rule that several containers break is told once, with each place', async () => {
  const { stdout } = await audit(daemonSet);
  expect(stdout.split('  PrivilegedContainer  ')).toHaveLength(2);
  expect(stdout).toContain(
    '      also at web.yaml:18:30 spec.template.spec.containers[1].securityContext.privileged\n',
  );
});

test('what no rule is about, and what is no object, is said', async () => {
  const { stdout } = await audit(`${widget}---\na: 1\n`);
  expect(stdout).toBe(`not judged: Widget w: no rule is about the kind Widget
not judged: 1 document without a kind, so no object of Kubernetes
images were not scanned: trivy is not on PATH
nothing was judged
`);
});

test('an object that is given alone is not judged by what is around it', async () => {
  const end = json(await audit(deployment({}), '-o', 'json', 'deploy/web'));
  expect(end.notJudged).toEqual([]);
  const [, alone = ''] = deployment({}).split('---\n');
  const { notJudged } = json(await audit(alone, '-o', 'json'));
  expect(notJudged).toMatchObject([{ reason: 'NotGiven' }]);
  expect(notJudged[0]?.rules).toContain('NoNetworkPolicy');
});

describe('one object of several', () => {
  test('is judged by the others', async () => {
    const text = deployment({}) + service('other');
    const { stdout } = await audit(text, 'svc/web', '-o', 'json');
    expect(json({ stdout, code: 0, stderr: '' }).findings).toMatchObject([
      { id: 'ServiceSelectsNothing', object: { kind: 'Service' } },
    ]);
  });

  test.each([
    ['deploy/absent', 'there is no Deployment absent'],
    ['web', 'cannot tell which object web is'],
    ['deplyo/web', 'there is no kind deplyo that sluice knows'],
  ])('%s is refused', async (name, said) => {
    const { code, stderr } = await audit(deployment({}), name);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(said) as string });
  });

  test('of a kind of their own', async () => {
    const { code, stdout } = await audit(widget + deployment({}), 'example.com/v1/Widget/w');
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Widget w') as string,
    });
  });
});

describe('exit codes', () => {
  const bad = deployment({ image: 'web' });
  test.each([
    ['findings alone', bad, [], 0],
    ['a finding as bad as --fail-on', bad, ['--fail-on', 'medium'], 1],
    ['no finding as bad as that', bad, ['--fail-on', 'high'], 0],
    ['a score below --min-score', bad, ['--min-score', '93'], 1],
    ['the score itself', bad, ['--min-score', '92'], 0],
    ['nothing judged, and no wish', widget, [], 0],
    ['nothing judged, and a wish', widget, ['--min-score', '1'], 2],
    ['a file that is not YAML', `${bad}\n---\n{`, [], 2],
    ['a score that is none', bad, ['--min-score', '101'], 2],
  ])('%s', async (_, text, words, expected) => {
    expect((await audit(text, ...words)).code).toBe(expected);
  });

  test('nothing named', async () => {
    const { code, stderr } = await realCli(['audit'], { stateDir });
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('-f DIR') as string });
  });
});

test('manifests on standard input', async () => {
  const stdin = deployment({ image: 'web' });
  const { stdout } = await realCli(['audit', '-f', '-'], { stateDir, stdin });
  expect(stdout).toContain('ImageTagMutable');
});
