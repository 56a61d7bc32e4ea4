import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/api/fault.ts';
import { isObject, parseJson, type Json } from '../../src/api/json.ts';
import { SluiceError } from '../../src/api/errors.ts';
import { readReport } from '../../src/gate/reports/read-report.ts';
import { cli, type CliEnd } from './cli-process.ts';
import { runResult, runView, stepView, type FakeRun, type FakeWorld } from './fake-session.ts';

const hostile = '<b>@team | `x`\u001B[31m]]>" \u0000 \uD800\n::error::no\r\n# boo https://evil.example';
const at = (line: number, path: string): { file: string; line: number; column: number; path: string } => {
  return { file: 'runs/a b.yaml', line, column: 9, path };
};
const error: Fault = { ...at(3, 'spec'), code: 'BadField', severity: 'error', message: 'no' };
const warning: Fault = { ...at(4, 'metadata'), code: 'Odd', severity: 'warning', message: hostile };

const failed: FakeRun = {
  result: runResult(
    runView({
      phase: 'failed',
      unmet: ['prod'],
      steps: [
        stepView({ name: 'apply', phase: 'failed', reason: 'Timeout', message: `100% ${hostile}` }),
        stepView({ name: 'group', subSteps: [stepView({ name: 'in', path: 'group/in' })] }),
        stepView({ name: 'prod', phase: 'skipped', reason: 'Skip', message: 'if: false' }),
        stepView({ name: 'never', phase: 'pending', startedAtMs: undefined, endedAtMs: undefined }),
      ],
    }),
  ),
  places: new Map([['apply', at(7, 'spec.workflowSpec.steps[0]')]]),
};

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'sluice-reports-'));
  await writeFile(join(cwd, 'run.yaml'), 'kind: WorkflowRun\n');
});
const read = (name: string): Promise<string> => readFile(join(cwd, name), 'utf8');
const run = (
  words: readonly string[],
  world: Partial<FakeWorld> = { runs: [failed] },
  env: Readonly<Record<string, string>> = {},
): Promise<CliEnd> => cli(['run', 'run.yaml', ...words], world, { cwd, env });

/** What another program reads out of a report. */
function findings(format: 'junit' | 'sarif', text: string): readonly string[] {
  const report = readReport(format, text);
  if (!report.ok) throw new Error(report.message);
  return report.report.findings.map(({ rule, severity }) => `${rule} ${severity}`);
}

describe('--junit', () => {
  test('has a case for each step, with its time, what it says and whether it was required', async () => {
    const { code } = await run(['--junit', 'out.xml']);
    const text = await read('out.xml');
    expect([code, findings('junit', text)]).toEqual([3, ['apply high', 'prod high']]);
    expect(text).toContain(
      '<testsuite name="default/demo" tests="5" failures="2" errors="0" skipped="1" time="1.200" timestamp="1970-01-01T00:00:01.000Z">',
    );
    expect(text).toContain('<testcase classname="default/demo" name="group/in" time="0.500"></testcase>');
    expect(text).toContain('<failure type="Timeout" message="Timeout: 100%');
    expect(text).toContain('<failure type="Required" message="required, and skipped: if: false"/>');
    expect(text).toContain('name="never"><skipped message="never began"/>');
  });

  test('says that a run did not pass also where no step failed', async () => {
    const refused = runResult(runView({ phase: 'failed', isRefused: true, message: 'a reason' }));
    await run(['--junit', 'out.xml'], { runs: [{ result: refused }] });
    expect(await read('out.xml')).toContain('name="workflowrun"><failure message="workflowrun default/demo');
  });

  test('of vet has a case for each file', async () => {
    await cli(
      ['vet', 'run.yaml', '--junit', 'out.xml'],
      { faults: [{ ...error, file: 'run.yaml' }] },
      { cwd },
    );
    expect(await read('out.xml')).toContain(
      '<testcase classname="vet" name="run.yaml"><failure type="BadField" message="3:9 BadField spec: no"/>',
    );
  });
});

describe('SARIF', () => {
  const runsOf = (text: string): readonly Json[] => {
    const log = parseJson(text);
    return isObject(log) && Array.isArray(log['runs']) ? log['runs'] : [];
  };
  test('vet -o sarif has a rule for each code and the place of each fault', async () => {
    const { code, stdout } = await cli(
      ['vet', '-', '-o', 'sarif'],
      { faults: [warning, error] },
      { stdin: '' },
    );
    expect(code).toBe(2);
    expect(findings('sarif', stdout)).toEqual(['BadField high', 'Odd medium']);
    expect(runsOf(stdout)).toMatchObject([
      {
        tool: { driver: { name: 'sluice', rules: [{ id: 'BadField' }, { id: 'Odd' }] } },
        automationDetails: { id: 'sluice/vet/' },
        columnKind: 'utf16CodeUnits',
        results: [
          {
            ruleId: 'BadField',
            ruleIndex: 0,
            level: 'error',
            message: { text: 'spec: no' },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'runs/a%20b.yaml' },
                  region: { startLine: 3, startColumn: 9 },
                },
                logicalLocations: [{ fullyQualifiedName: 'spec' }],
              },
            ],
          },
          { ruleIndex: 1, level: 'warning' },
        ],
      },
    ]);
  });

  test('of a run has its failed steps at their lines, in a run of their own', async () => {
    await run(['--sarif', 'out.sarif']);
    const [vet, steps] = runsOf(await read('out.sarif'));
    expect(vet).toMatchObject({ results: [] });
    expect(steps).toMatchObject({
      automationDetails: { id: 'sluice/run/' },
      results: [
        {
          ruleId: 'StepFailed/Timeout',
          locations: [{ physicalLocation: { region: { startLine: 7 } } }],
        },
      ],
    });
  });

  test('keeps what a reader of it takes, errors first, and says what it left out', async () => {
    const faults = [...Array.from({ length: 6000 }, () => warning), error];
    const { stdout } = await cli(['vet', '-', '-o', 'sarif'], { faults }, { stdin: '' });
    expect(runsOf(stdout)).toMatchObject([
      {
        results: { length: 5000, 0: { ruleId: 'BadField' } },
        invocations: [
          {
            toolExecutionNotifications: [
              { message: { text: '1001 more findings are not part of this log' } },
            ],
          },
        ],
      },
    ]);
  });

  test.each([
    ['a file above the checkout', '../x.yaml', /^file:\/\/\//],
    ['a name like an address', 'http://x/y.yaml', /^http%3A\/x\/y.yaml$/],
  ])('%s', async (_name, file, expected) => {
    const { stdout } = await cli(
      ['vet', '-', '-o', 'sarif'],
      { faults: [{ ...error, file }] },
      { stdin: '', cwd },
    );
    expect(/"uri": "(.*)"/.exec(stdout)?.[1]).toMatch(expected);
  });
});

describe('--summary', () => {
  test('has the run, its sentence and a row for each step, with hostile text as text', async () => {
    await run(['--summary', 'out.md'], { runs: [failed], faults: [warning] });
    const text = await read('out.md');
    expect(text).toContain('### vet: 1 warning');
    expect(text).toContain('## default/demo: not passed');
    expect(text).toContain('| group/in | request | succeeded | 0.5s |');
    const rows = text.split('\n').filter((line) => line.startsWith('| '));
    for (const row of rows) expect(row.split(/(?<!\\)\|/).length).toBeOneOf([6, 7]);
    for (const bad of ['<b>', '@team', 'https://', '\u001B']) expect(text).not.toContain(bad);
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toHaveLength(2);
  });

  test('is appended, and stays within what GitHub takes', async () => {
    const steps = Array.from({ length: 20_000 }, (_, index) =>
      stepView({ name: `step-${index}`, type: 'x'.repeat(40) }),
    );
    const runs = [{ result: runResult(runView({ steps })) }];
    await writeFile(join(cwd, 'out.md'), 'before\n');
    await run(['--summary', 'out.md'], { runs });
    const text = await read('out.md');
    expect(text.startsWith('before\n\n## default/demo: succeeded\n')).toBe(true);
    expect(text).toContain('The summary was cut here');
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024 * 1024);
    await run(['--summary', 'out.md'], { runs });
    expect(Buffer.byteLength(await read('out.md'))).toBeLessThanOrEqual(1024 * 1024);
  });
});

describe('report files', () => {
  test.each([
    ['a directory that is not there', 'no/out.xml', 'its directory does not exist'],
    ['a directory', 'folder', 'it is a directory'],
    ['a path through a file', 'run.yaml/out.xml', 'a part of its path is no directory'],
  ])('%s is refused before anything runs', async (_name, file, why) => {
    await mkdir(join(cwd, 'folder'));
    const { code, stderr, world } = await run(['--junit', file]);
    expect([code, world.calls]).toEqual([2, []]);
    expect(stderr).toContain(`error: cannot write --junit ${file}: ${why}\nNothing was run.`);
  });

  test('two reports in one file are refused', async () => {
    const { code, stderr } = await run(['--junit', 'x', '--sarif', './x']);
    expect([code, stderr]).toEqual([2, 'error: two reports would be written to ./x\n']);
  });

  test('of a cluster need somebody who waits for the end', async () => {
    const on = (...words: readonly string[]): Promise<CliEnd> =>
      cli(
        ['workflow', 'run', 'run.yaml', '--context', 'c', '--junit', 'a.xml', ...words],
        { runs: [failed] },
        { cwd },
      );
    const { code, stderr } = await on();
    expect([code, stderr]).toEqual([2, 'error: --junit needs --wait: it tells how the run ended\n']);
    expect((await on('--wait')).code).toBe(3);
    expect(findings('junit', await read('a.xml'))).toEqual(['apply high', 'prod high']);
  });

  test('are written when the files are refused, when a run breaks off, and when a file cannot be read', async () => {
    await run(['--junit', 'a.xml', '--sarif', 'a.sarif', '--summary', 'a.md'], {
      faults: [error],
      runs: [failed],
    });
    expect(findings('sarif', await read('a.sarif'))).toEqual(['BadField high']);
    expect(await read('a.md')).toContain('### vet: 1 error');
    const broken = { ...failed, error: new SluiceError('environment', 'DiskFull', 'the disk is full') };
    await run(['--junit', 'b.xml'], { runs: [broken] });
    expect(findings('junit', await read('b.xml'))).toEqual(['error 1 high']);
    await cli(['run', 'no.yaml', '--summary', 'c.md'], {}, { cwd });
    expect(await read('c.md')).toContain(
      '**error:** cannot read no.yaml: there is no such file or directory',
    );
  });

  test('replace the old text at once, also behind a link, and leave nothing beside it', async () => {
    await mkdir(join(cwd, 'real'));
    await writeFile(join(cwd, 'real/out.xml'), 'old');
    await symlink(join(cwd, 'real/out.xml'), join(cwd, 'link.xml'));
    await run(['--junit', 'link.xml']);
    expect(await read('real/out.xml')).toContain('<testsuites>');
    expect([await readdir(join(cwd, 'real')), (await readdir(cwd)).toSorted()]).toEqual([
      ['out.xml'],
      ['link.xml', 'real', 'run.yaml'],
    ]);
  });

  test.each([
    ['a good run a bad one', runResult(runView()), 6],
    ['no difference to a bad one', failed.result, 3],
  ])('that cannot be written any more make %s', async (_name, result, expected) => {
    await mkdir(join(cwd, 'gone'));
    const { code, stderr } = await cli(
      ['run', 'run.yaml', '--junit', 'gone/out.xml'],
      { runs: [{ result }] },
      { cwd, onListening: () => rmSync(join(cwd, 'gone'), { recursive: true }) },
    );
    expect(stderr).toContain('error: cannot write gone/out.xml: ');
    expect(code).toBe(expected);
  });
});

describe('in GitHub Actions', () => {
  const env = { GITHUB_ACTIONS: 'true' };
  test('failed steps are annotated at their lines, relative to the checkout', async () => {
    const places = new Map([['apply', { ...at(7, 'x'), file: 'sub/run.yaml' }]]);
    const { stderr } = await run(
      [],
      { runs: [{ ...failed, places }] },
      {
        ...env,
        GITHUB_WORKSPACE: join(cwd, '..'),
      },
    );
    const [folder] = cwd.split('/').slice(-1);
    expect(stderr).toContain(
      `::error file=${folder}/sub/run.yaml,line=7,col=9,title=step apply failed::Timeout: 100%25 `,
    );
    expect(stderr).toContain('::error title=workflowrun demo::workflowrun default/demo failed');
  });

  test('ten of a level are shown, as GitHub does', async () => {
    const faults = Array.from({ length: 12 }, (_, line) => ({ ...error, line: line + 1 }));
    const { stderr } = await cli(['vet', '-'], { faults }, { stdin: '', env });
    expect(stderr.match(/^::error /gm)).toHaveLength(10);
  });

  test('the job summary is written without being asked for, once', async () => {
    const job = join(cwd, 'job.md');
    await writeFile(job, '');
    await run([], { runs: [failed] }, { ...env, GITHUB_STEP_SUMMARY: job });
    const once = await read('job.md');
    expect(once).toContain('## default/demo: not passed');
    await writeFile(job, '');
    await run(['--summary', job], { runs: [failed] }, { ...env, GITHUB_STEP_SUMMARY: job });
    expect(await read('job.md')).toBe(once);
  });

  test('text of others gives the runner no commands', async () => {
    const logs = [
      { step: 'apply', key: 'k', timeMs: 0, kind: 'log', text: '::add-mask::x\n##[group]' } as const,
    ];
    const { stdout, stderr } = await run([], { runs: [{ ...failed, logs }] }, env);
    const lines = [...stdout.split('\n'), ...stderr.split('\n')];
    expect(lines.filter((line) => /^\s*::(?!error )|##\[/.test(line))).toEqual([]);
    expect(stdout).toContain(':\u200B:add-mask::x');
  });
});
