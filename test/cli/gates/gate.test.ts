import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { isObject, parseJson, type JsonObject } from '../../../src/api/json.ts';
import { readReport } from '../../../src/gate/reports/read-report.ts';
import { cli as fakeCli } from '../cli-process.ts';
import { realCli, type RealEnd } from '../real-cli.ts';

const gate = `apiVersion: sluice.dev/v1alpha1
kind: Gate
metadata:
  name: release
spec:
  subject: web
  values:
    errors: 3
  objectives:
    - id: errors
      value:
        cue: values.errors
      pass:
        op: <=
        value: 10
`;
const manifest = `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  a: b
`;
const closed = gate.replace('errors: 3', 'errors: 30');
const undecided = closed.replace(
  '      pass:\n',
  '      fail:\n        op: ">"\n        value: 100\n      pass:\n',
);

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'sluice-gate-'));
});

async function cli(words: readonly string[], files: Readonly<Record<string, string>> = {}): Promise<RealEnd> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(stateDir, name), text);
  return realCli(words, { stateDir });
}

function verdictOf(text: string): JsonObject {
  const json = parseJson(text);
  return isObject(json) && isObject(json['verdict']) ? json['verdict'] : {};
}

describe('gate -f', () => {
  test.each([
    ['opens', gate, 0, 'gate release  pass, open\n  score 100 of 100 needed'],
    ['does not open', closed, 3, 'gate release  fail, not open\n  score 0 of 100 needed'],
    ['is undecided, and nobody is there', undecided, 3, 'gate release  inconclusive, not open'],
    ['only observes', closed.replace('spec:', 'spec:\n  mode: observe'), 0, 'gate release  fail, observing'],
  ])('%s', async (_name, text, code, expected) => {
    const end = await cli(['gate', '-f', 'gate.yaml'], { 'gate.yaml': text });
    expect([end.code, end.stdout]).toEqual([code, expect.stringContaining(expected)]);
    expect(end.stdout).toMatch(/^ {2}\w+ +errors +30? +value <= 10 /m);
  });

  test('refuses a policy with faults at their lines, and measures nothing', async () => {
    const { code, stdout, stderr } = await cli(['gate', '-f', 'gate.yaml'], {
      'gate.yaml': gate.replace('op: <=', 'op: <<'),
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^gate\.yaml:14:9: error InvalidParameter spec\.objectives\[0\]\.pass/m);
  });

  test('judges manifests that are given, and names their digest', async () => {
    const files = { 'gate.yaml': gate, 'web.yaml': manifest };
    const { code, stdout } = await cli(
      ['gate', '-f', 'gate.yaml', '--subject', 'web.yaml', '-o', 'json'],
      files,
    );
    expect(code).toBe(0);
    expect(verdictOf(stdout)).toMatchObject({
      gate: 'release',
      outcome: 'pass',
      subject: { kind: 'ConfigMap', objects: [{ name: 'web', digest: expect.stringMatching(/^sha256:/) }] },
    });
  });

  test('counts findings of a report that is given', async () => {
    const text = gate
      .replace('cue: values.errors', 'findings:\n          from: scan')
      .replace('value: 10', 'value: 0');
    const junit =
      '<testsuite><testcase name="a"/><testcase name="b"><failure message="no"/></testcase></testsuite>';
    const files = { 'gate.yaml': text, 'scan.xml': junit };
    const words = ['gate', '-f', 'gate.yaml', '--report', 'scan=scan.xml'];
    expect((await cli(words, files)).code).toBe(3);
    const good = junit.replace('<failure message="no"/>', '');
    expect((await cli(words, { ...files, 'scan.xml': good })).code).toBe(0);
    const missing = await cli(['gate', '-f', 'gate.yaml'], files);
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringContaining('spec.objectives[0].value.findings'),
    ]);
  });

  test('takes the step of a run, without the steps before it', async () => {
    const step = gate.slice(gate.indexOf('  subject')).replaceAll(/^/gm, '          ').trimEnd();
    const run = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata:
  name: release
spec:
  workflowSpec:
    steps:
      - name: wait
        type: suspend
      - name: check
        type: gate
        if: status.wait.succeeded
        properties:
${step}
`;
    const { code, stdout, stderr } = await cli(['gate', '-f', 'run.yaml', '--step', 'check'], {
      'run.yaml': run,
    });
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringContaining('gate check  pass, open'),
      expect.anything(),
    ]);
    const all = await cli(['gate', '-f', 'run.yaml']);
    expect([all.code, all.stderr]).toEqual([2, expect.stringContaining('error: run.yaml holds no gate\n')]);
    const none = await cli(['gate', '-f', 'run.yaml', '--step', 'no']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('error NoSuchStep')]);
  });

  test('a step that gives no verdict opens nothing', async () => {
    const text =
      gate.slice(0, gate.indexOf('  subject')) + '  type: print-message-in-status\n  message: pass\n';
    const { code, stdout, stderr } = await cli(['gate', '-f', 'gate.yaml'], { 'gate.yaml': text });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('no verdict: step release of type print-message-in-status gave none\n');
  });

  test('chooses among several by name', async () => {
    const files = { 'gate.yaml': `${gate}---\n${gate.replace('name: release', 'name: other')}` };
    const { code, stderr } = await cli(['gate', '-f', 'gate.yaml'], files);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Choose one with --name: release, other\n')]);
    expect((await cli(['gate', '-f', 'gate.yaml', '--name', 'other'])).stdout).toContain('gate other  pass');
  });

  test.each([
    ['json', (text: string) => verdictOf(text)['outcome'], 'fail'],
    ['yaml', (text: string) => /^ {2}outcome: (.*)$/m.exec(text)?.[1], 'fail'],
    ['sarif', (text: string) => found('sarif', text), ['gate high', 'errors high']],
    ['junit', (text: string) => found('junit', text), ['gate high', 'errors high']],
    ['markdown', (text: string) => text.split('\n')[0], '### Gate release: fail, not open'],
    ['slsa', (text: string) => /"verificationResult": "(.*)"/.exec(text)?.[1], 'FAILED'],
  ])('-o %s', async (format, read, expected) => {
    const { code, stdout } = await cli(['gate', '-f', 'gate.yaml', '-o', format], { 'gate.yaml': closed });
    expect([code, read(stdout)]).toEqual([3, expected]);
  });

  test('writes reports with the verdict, at the line of the gate', async () => {
    await cli(['gate', '-f', 'gate.yaml', '--junit', 'a.xml', '--sarif', 'a.sarif', '--summary', 'a.md'], {
      'gate.yaml': closed,
    });
    const read = (name: string): Promise<string> => readFile(join(stateDir, name), 'utf8');
    expect(found('junit', await read('a.xml'))).toEqual(['release high', 'gate high', 'errors high']);
    expect(await read('a.sarif')).toContain('"id": "sluice/gate/release/"');
    // GitHub makes an alert of every result, so there are only problems.
    const kinds = (await read('a.sarif')).match(/"kind": "\w+"/g);
    expect(kinds).toEqual(['"kind": "fail"', '"kind": "fail"']);
    expect(await read('a.md')).toContain('### Gate release: fail, not open');
  });

  test('a dry run shows what a model would see, the evidence that was given among it, and judges nothing', async () => {
    const asking = `${gate.slice(0, gate.indexOf('  subject'))}  subject: web
  criteria:
    - id: calm
      question: Is the log of the service calm?
`;
    const files = {
      'gate.yaml': asking,
      'web.yaml': manifest,
      'app.log': 'the service started\nerror: no route to 10.1.2.3\n',
    };
    const words = [
      'gate',
      '-f',
      'gate.yaml',
      '--subject',
      'web.yaml',
      '--evidence',
      'app.log',
      '--dry-run-prompt',
    ];
    const { code, stdout } = await cli(words, files);
    expect([code, stdout]).toEqual([0, expect.stringContaining('error: no route to <ip:')]);
    expect((await cli(['gate', 'list'])).stdout).toBe('');
    await writeFile(join(stateDir, 'app.log'), new Uint8Array([0xff, 0xfe, 0x00, 0xd8]));
    const broken = await cli(words);
    expect([broken.code, broken.stderr]).toEqual([
      2,
      expect.stringContaining('app.log as evidence: it is no UTF-8 text'),
    ]);
  });

  test('a value for the context reaches its expressions', async () => {
    const text = gate.replace('cue: values.errors', 'cue: context.limit');
    const words = ['gate', '-f', 'gate.yaml', '--set'];
    expect((await cli([...words, 'context.limit=1'], { 'gate.yaml': text })).code).toBe(0);
    expect((await cli([...words, 'context.limit=99'])).code).toBe(3);
  });
});

describe('verdicts that are kept', () => {
  const idOf = (stdout: string): string => /^ {2}verdict +(\w+)/m.exec(stdout)?.[1] ?? 'no id';

  test('are listed, shown and exported', async () => {
    expect((await cli(['gate', 'list'])).stderr).toContain('no verdicts in default');
    const id = idOf((await cli(['gate', '-f', 'gate.yaml'], { 'gate.yaml': closed })).stdout);
    const list = await cli(['gate', 'list', '--gate', 'release']);
    expect(list.stdout).toMatch(
      new RegExp(`^${id} +release +fail, not open +0/100 +release-\\w{5} +release +`, 'm'),
    );
    expect(parseJson((await cli(['gate', 'list', '-o', 'json'])).stdout)).toMatchObject([
      { id, outcome: 'fail' },
    ]);
    expect((await cli(['gate', 'show', id])).stdout).toContain('gate release  fail, not open');
    expect((await cli(['gate', 'show', id, '-o', 'slsa'])).stdout).toContain('"FAILED"');
    const none = await cli(['gate', 'show', 'nothing']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining(`The newest are: ${id}; -n`)]);
  });

  test('are no measure any more once they are invalid', async () => {
    const id = idOf((await cli(['gate', '-f', 'gate.yaml'], { 'gate.yaml': gate })).stdout);
    const end = await cli(['gate', 'invalidate', id, '--why', 'an outage']);
    expect([end.code, end.stdout]).toEqual([0, `verdict ${id} is no measure for later ones any more\n`]);
    expect((await cli(['gate', 'invalidate', id, '--why', ' '])).code).toBe(2);
  });

  const override = ['--reason', 'hotfix', '--role', 'sre', '--for', '1h'];
  test('are opened in a name, with a reason and for a time; the run goes on', async () => {
    await writeFile(join(stateDir, 'gate.yaml'), undecided);
    const terminal = await realCli(['gate', '-f', 'gate.yaml'], { stateDir, columns: 100 });
    expect(terminal.code).toBe(5);
    const run =
      /^open it: sluice gate override (release-\w{5}) release /m.exec(terminal.stderr)?.[1] ?? 'no run';
    const end = await cli(['gate', 'override', run, 'release', ...override]);
    expect(end.stderr).toMatch(/gate release \(inconclusive\) is opened by someone until \d{4}/);
    expect([end.code, end.stdout]).toEqual([
      0,
      expect.stringContaining(`workflowrun default/${run} succeeded`),
    ]);
    const shown = await cli(['gate', 'list', '--run', run]);
    expect(shown.stdout).toContain('inconclusive, open by someone');
    const again = await cli(['gate', 'override', run, 'release', ...override]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('was opened before, by someone')]);
  });

  test.each([
    ['without a reason', ['--reason', ' ', '--role', 'sre', '--for', '1h'], 'an override needs a reason'],
    ['without a role', ['--reason', 'x', '--for', '1h'], "required option '--role <group>' not specified"],
    [
      'for no time',
      ['--reason', 'x', '--role', 'sre', '--for', '0s'],
      '--for 0s: expected a duration above zero',
    ],
    ['without a name', [...override, '--by', ' '], 'an override needs who overrides'],
  ])('are not opened %s', async (_name, words, expected) => {
    const id = idOf((await cli(['gate', '-f', 'gate.yaml'], { 'gate.yaml': closed })).stdout);
    const { code, stderr } = await cli(['gate', 'override', id, ...words]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
  });

  test('of a run that is over stay opened for audit, and start nothing', async () => {
    const id = idOf((await cli(['gate', '-f', 'gate.yaml'], { 'gate.yaml': closed })).stdout);
    const { code, stdout } = await cli(['gate', 'override', id, ...override]);
    expect([code, stdout]).toEqual([0, '']);
    expect((await cli(['gate', 'show', id])).stdout).toContain('override    by someone (sre)');
  });

  test('of a cluster cannot be opened from here', async () => {
    const { code, stderr } = await cli(['gate', 'override', 'x', ...override, '--context', 'prod']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('gates of a cluster cannot be opened from here'),
    ]);
  });
});

describe('gate compile', () => {
  const compile = async (
    words: readonly string[],
    files: Readonly<Record<string, string>>,
  ): Promise<RealEnd> => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(stateDir, name), text);
    return fakeCli(words, {}, { cwd: stateDir });
  };
  const policy =
    'Every container has a readiness probe.\n- no image is named by `latest`\n- limits and requests are set\n';
  test('splits a policy into criteria', async () => {
    const { code, stdout, stderr } = await compile(['gate', 'compile', '-f', 'policy.md'], {
      'policy.md': policy,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^criteria:\n {2}- id: policy-1\n {4}question: /);
    expect(stdout.match(/^ {2}- id: /gm)).toHaveLength(3);
    expect(stderr).toContain('note: criteria[2].question: ask one thing');
  });
  test('of a gate', async () => {
    const text = `kind: Gate\nspec:\n  policy: |\n${policy.replaceAll(/^/gm, '    ')}`;
    const { stdout } = await compile(['gate', 'compile', '-f', 'gate.yaml', '-o', 'json'], {
      'gate.yaml': text,
    });
    expect(parseJson(stdout)).toMatchObject({ criteria: { length: 3 } });
  });
  test.each([
    ['gate.yaml', 'kind: Gate\n', 'gate.yaml holds no gate with a `policy`'],
    ['empty.md', '# a heading\n', 'empty.md: the policy says nothing that could be judged'],
  ])('refuses %s', async (name, text, expected) => {
    const { code, stderr } = await compile(['gate', 'compile', '-f', name], { [name]: text });
    expect([code, stderr]).toEqual([2, expect.stringContaining(expected)]);
  });
});

function found(format: 'junit' | 'sarif', text: string): readonly string[] {
  const report = readReport(format, text);
  if (!report.ok) throw new Error(report.message);
  return report.report.findings.map(({ rule, severity }) => `${rule} ${severity}`);
}
