import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/api/fault.ts';
import { cli } from './cli-process.ts';
import { runResult, runView, stepView, type FakeRun } from './fake-session.ts';

const finished: FakeRun = {
  result: runResult(runView({ steps: [stepView({ name: 'a' })] })),
  logs: [
    { step: 'a', key: '1', timeMs: 0, kind: 'log', text: 'one\ntwo' },
    { step: 'b', key: '1', timeMs: 1000, kind: 'log', text: 'three' },
  ],
};
const live: FakeRun = {
  result: runResult(runView({ name: 'live', phase: 'executing', endedAtMs: undefined })),
  isLive: true,
};
const orphan: FakeRun = { ...live, isLive: false };
const warning: Fault = {
  file: '-',
  line: 1,
  column: 1,
  path: 'kind',
  code: 'Odd',
  severity: 'warning',
  message: 'odd',
};
const error: Fault = { ...warning, severity: 'error', suggestion: 'even' };

describe('vet', () => {
  test.each([
    [[], 0, 'ok: 1 run, 1 step\n'],
    [[warning], 0, '-:1:1: warning Odd kind: odd\n    1 | kind: X\n      | ^\n1 warning\n'],
    [[error, warning], 2, '1 error, 1 warning\n'],
  ])('of %# faults', async (faults, code, expected) => {
    const end = await cli(['vet', '-'], { runs: [finished], faults }, { stdin: 'kind: X\n' });
    expect(end.code).toBe(code);
    expect(end.stdout.endsWith(expected)).toBe(true);
    expect(end.world.calls).toEqual(['close']);
  });

  test('-o json is the list of faults', async () => {
    const { stdout, code } = await cli(['vet', '-', '-o', 'json'], { faults: [error] }, { stdin: '' });
    expect([JSON.parse(stdout), code]).toEqual([[error], 2]);
  });

  test('annotates in GitHub Actions', async () => {
    const env = { GITHUB_ACTIONS: 'true' };
    const { stderr } = await cli(['vet', '-'], { faults: [error] }, { stdin: '', env });
    expect(stderr).toContain('::error file=stdin,line=1,col=1,title=Odd::kind: odd (did you mean even?)\n');
  });
});

describe('workflow', () => {
  test('list is a table', async () => {
    const { stdout } = await cli(['wf', 'ls'], { runs: [finished, live] });
    expect(stdout.replaceAll(/ {2,}/g, ' ')).toBe(
      'NAME NAMESPACE PHASE STEPS AGE DURATION\ndemo default succeeded 1/1 2s 1.2s\nlive default executing 0/0 2s 2.0s\n',
    );
  });

  test('list without runs says how to start one, and leaves standard output empty', async () => {
    const { stdout, stderr } = await cli(['workflow', 'list']);
    expect([stdout, stderr.includes('sluice run FILE')]).toEqual(['', true]);
  });

  test('status shows the steps', async () => {
    const { stdout } = await cli(['workflow', 'status', 'demo'], { runs: [finished] });
    expect(stdout).toContain('  ✓ a  request   0.5s\n');
  });

  test('status -o yaml is the object', async () => {
    const { stdout } = await cli(['workflow', 'status', 'demo', '-o', 'yaml'], { runs: [finished] });
    expect(stdout).toBe(
      'kind: WorkflowRun\nmetadata:\n  name: demo\n  namespace: default\nstatus:\n  status: succeeded\n',
    );
  });

  test('status --watch ends with the run', async () => {
    const { code, stdout } = await cli(['workflow', 'status', 'demo', '--watch'], { runs: [finished] });
    expect([code, stdout.includes('phase     succeeded')]).toEqual([0, true]);
  });

  test.each([
    [[], 'a │ one\na │ two\nb │ three\n'],
    [['--step', 'a'], 'a │ one\na │ two\n'],
    [['-o', 'raw'], 'one\ntwo\nthree\n'],
    [['-t', '-s', 'a'], '1970-01-01T00:00:00.000Z a │ one\n1970-01-01T00:00:00.000Z a │ two\n'],
  ])('logs %j', async (words, expected) => {
    const { stdout } = await cli(['workflow', 'logs', 'demo', ...words], { runs: [finished] });
    expect(stdout).toBe(expected);
  });

  test('logs end with what gates and models have to say, but for programs', async () => {
    const models = { calls: 1, cached: 0, inputTokens: 10, outputTokens: 2, microDollars: null };
    const view = runView({ steps: [stepView({ name: 'a', notes: { models } }), stepView({ name: 'b' })] });
    const run = { ...finished, result: { ...finished.result, view } };
    const of = async (...words: readonly string[]): Promise<string> =>
      (await cli(['workflow', 'logs', 'demo', ...words], { runs: [run] })).stdout;
    expect(await of()).toBe('a │ one\na │ two\nb │ three\na │ model: 1 call, 12 tokens, cost unknown\n');
    expect(await of('-s', 'b')).toBe('b │ three\n');
    expect(await of('-o', 'raw')).toBe('one\ntwo\nthree\n');
  });

  test('logs -o json is one object a line', async () => {
    const { stdout } = await cli(['workflow', 'logs', 'demo', '-o', 'json'], { runs: [finished] });
    const [first] = stdout
      .split('\n')
      .map((line) => (line === '' ? undefined : (JSON.parse(line) as unknown)));
    expect(first).toEqual({
      message: 'one\ntwo',
      namespace: 'default',
      run: 'demo',
      step: 'a',
      time: '1970-01-01T00:00:00.000Z',
      kind: 'log',
    });
  });

  test('logs of a step that is not there name those that are', async () => {
    const { code, stderr } = await cli(['workflow', 'logs', 'demo', '-s', 'z'], { runs: [finished] });
    expect([code, stderr.includes('there is no step z in demo\nIts steps are: a')]).toEqual([2, true]);
  });

  test.each([
    [['suspend', 'live'], 'suspend live', 'Successfully suspend workflow: live\n'],
    [['suspend', 'live', '-s', 'a'], 'suspend live a', 'Successfully suspend workflow: live from step a\n'],
    [['terminate', 'live'], 'terminate live', 'Successfully terminate workflow: live\n'],
    [['resume', 'live'], 'resume live', 'Successfully resume workflow: live\n'],
    [['delete', 'live'], 'delete live', 'workflowrun default/live deleted\n'],
  ])('%j', async (words, call, expected) => {
    const { code, stdout, world } = await cli(['workflow', ...words], { runs: [live] });
    expect([code, stdout, world.calls]).toEqual([0, expected, [call, 'close']]);
  });

  test('delete looks up every name before it deletes one', async () => {
    const { code, world } = await cli(['workflow', 'delete', 'live', 'nope'], { runs: [live] });
    expect([code, world.calls]).toEqual([2, ['close']]);
  });

  test('resume drives a run that no process drives, to its end', async () => {
    const { code, stdout, stderr, world } = await cli(['workflow', 'resume', 'live'], {
      runs: [{ ...orphan, result: runResult(runView({ name: 'live', phase: 'failed' })) }],
    });
    expect(world.calls).toEqual(['resume live', 'close']);
    expect(stderr).toContain('Successfully resume workflow: live\n');
    expect(stdout).toMatch(/workflowrun default\/live failed in 1\.2s\n$/);
    expect(code).toBe(1);
  });

  test('resume of one step of a run that no process drives shows where it stands then', async () => {
    const { code, stdout, stderr, world } = await cli(['workflow', 'resume', 'live', '-s', 'a'], {
      runs: [orphan],
    });
    expect(world.calls).toEqual(['resume live a', 'close']);
    expect(stderr).toContain('Successfully resume workflow: live from step a\n');
    expect(stdout).toContain('workflowrun default/live waits for a person');
    expect(code).toBe(5);
  });

  test('restart drives the run from the step', async () => {
    const { code, stderr, world } = await cli(['workflow', 'restart', 'demo', '-s', 'a'], {
      runs: [{ ...finished, views: [runView()] }],
    });
    expect([code, world.calls]).toEqual([0, ['restart demo a', 'close']]);
    expect(stderr).toContain('Successfully restart workflow: demo from step a\n');
  });

  test('debug shows what is known of each step', async () => {
    const debug = [
      { path: 'a', type: 'request', phase: 'running', attempt: 2, recorded: [] },
      { path: 'b', type: 'request', phase: 'pending', cue: 'x: 1' },
    ] as const;
    const all = await cli(['workflow', 'debug', 'demo'], { runs: [finished], debug });
    expect(all.stdout).toBe(
      'a\n  type: request\n  phase: running\n  attempt: 2\n  recorded: []\nb\n  type: request\n  phase: pending\n  x: 1\n',
    );
    const one = await cli(['workflow', 'debug', 'demo', '-s', 'b', '-o', 'json'], {
      runs: [finished],
      debug,
    });
    expect(JSON.parse(one.stdout)).toEqual([debug[1]]);
    const none = await cli(['workflow', 'debug', 'demo', '-s', 'c'], { runs: [finished], debug });
    expect([none.code, none.stderr.includes('Its steps are: a, b')]).toEqual([2, true]);
  });

  test('run takes files with -f', async () => {
    const { code, world } = await cli(
      ['workflow', 'run', '-f', '-'],
      { runs: [finished] },
      { stdin: 'a: 1' },
    );
    expect([code, world.calls]).toEqual([0, ['execute demo', 'close']]);
  });
});

describe('a command pointed at a cluster', () => {
  test.each([
    [['workflow', 'list', '--context', 'prod'], {}],
    [['workflow', 'status', 'live', '--kubeconfig', 'f'], {}],
    [['def', 'list'], { env: { SLUICE_CONTEXT: 'prod' } }],
    [['workflow', 'list'], { programName: 'kubectl-sluice' }],
  ])('%j opens that cluster alone', async (words, options) => {
    const { code, stderr, stateDirs, clusters } = await cli(words, { runs: [live] }, options);
    expect([code, stateDirs, clusters.length]).toEqual([0, [], 1]);
    expect(stderr.split('\n')[0]).toBe('cluster: context main, namespace default');
  });

  test.each([
    [['--context', 'prod', '--kubeconfig', 'f'], { context: 'prod', kubeconfig: 'f' }],
    [['--context', 'prod', '-n', 'team'], { context: 'prod', namespace: 'team' }],
    [['--kubeconfig', 'f'], { kubeconfig: 'f' }],
  ])('%j says which', async (words, expected) => {
    const { clusters } = await cli(['workflow', 'list', ...words]);
    expect(clusters).toEqual([expect.objectContaining(expected)]);
  });

  test.each([
    [['suspend', 'live'], 'suspend live', 'Successfully suspend workflow: live\n'],
    [['resume', 'live', '-s', 'a'], 'resume live a', 'Successfully resume workflow: live from step a\n'],
    [['terminate', 'live'], 'terminate live', 'Successfully terminate workflow: live\n'],
    [['restart', 'live', '-s', 'a'], 'restart live a', 'Successfully restart workflow: live from step a\n'],
  ])('%j asks and does not drive', async (words, call, expected) => {
    const end = await cli(['workflow', ...words, '--context', 'x'], { runs: [live] });
    expect([end.code, end.stdout, end.world.calls]).toEqual([0, expected, [call, 'close']]);
  });

  test('status of a run names who drives it', async () => {
    const run: FakeRun = { ...live, driver: "by Sluice's controller" };
    const { stdout } = await cli(['workflow', 'status', 'live', '--context', 'x'], { runs: [run] });
    expect(stdout).toContain("driven    by Sluice's controller\n");
  });

  describe('workflow run', () => {
    const words = ['workflow', 'run', '-', '--context', 'x'];
    const stdin = 'kind: WorkflowRun\n';

    test('creates the runs and is done', async () => {
      const { code, stdout, world } = await cli(words, { runs: [live] }, { stdin });
      expect([code, stdout, world.calls]).toEqual([
        0,
        'workflowrun live created\n',
        ['create live', 'close'],
      ]);
    });

    test('-o json is the object alone', async () => {
      const { stdout } = await cli([...words, '-o', 'json'], { runs: [live] }, { stdin });
      expect(JSON.parse(stdout)).toMatchObject({ kind: 'WorkflowRun', metadata: { name: 'live' } });
    });

    test('creates nothing when there is a fault, and says what it leaves out', async () => {
      const notes = ['the step type mine is not installed here'];
      const end = await cli(words, { runs: [live], faults: [error], notes }, { stdin });
      expect([end.code, end.world.calls]).toEqual([2, ['close']]);
      expect(end.stderr).toContain('note: the step type mine is not installed here\n');
    });

    test.each([
      [runView({ name: 'live' }), 0, 'live succeeded in 1.2s'],
      [runView({ name: 'live', phase: 'failed' }), 1, 'live failed in 1.2s'],
      [runView({ name: 'live', unmet: ['apply'] }), 3, 'required but not passed: apply'],
      [runView({ name: 'live', phase: 'failed', isOverdue: true }), 4, 'its deadline passed'],
      [
        runView({ name: 'live', phase: 'suspending', endedAtMs: undefined }),
        5,
        'go on with: sluice workflow resume live -n default --context x\n',
      ],
    ])('--wait %#', async (view, code, line) => {
      const end = await cli([...words, '--wait'], { runs: [{ result: runResult(view) }] }, { stdin });
      expect([end.code, end.stdout.includes(line)]).toEqual([code, true]);
      expect(end.stderr).toContain('workflowrun live created\n');
    });

    test('a signal leaves the run running and says how to look at it', async () => {
      const end = await cli(
        [...words, '--wait'],
        { runs: [{ ...live, isEndless: true }] },
        { stdin, onListening: (send) => send('SIGINT') },
      );
      expect(end.code).toBe(130);
      expect(end.stdout).toContain(
        'live goes on and is executing; look at it: sluice workflow status live -n default --context x\n',
      );
    });

    test.each(['--defs=d', '--offline', '--cluster-file=f', '--ca-file=f'])(
      '%s is refused: the controller would not see it',
      async (flag) => {
        const { code, stderr, clusters } = await cli([...words, flag], {}, { stdin });
        expect([code, clusters]).toEqual([2, []]);
        expect(stderr).toContain('has no meaning for the runs of a cluster');
      },
    );
  });

  test('kubectl sluice is what hints call it', async () => {
    const result = runResult(runView({ name: 'live', phase: 'suspending', endedAtMs: undefined }));
    const { stdout } = await cli(
      ['workflow', 'run', '-', '--wait'],
      { runs: [{ result }] },
      { stdin: 'kind: WorkflowRun\n', programName: 'kubectl-sluice' },
    );
    expect(stdout).toContain('go on with: kubectl sluice workflow resume live -n default\n');
  });

  test('KUBECONFIG alone changes nothing, and run takes a context', async () => {
    const env = { KUBECONFIG: '/some/file' };
    expect((await cli(['workflow', 'list'], {}, { env })).code).toBe(0);
    expect((await cli(['run', '-', '--context', 'x'], { runs: [finished] }, { stdin: 'a: 1' })).code).toBe(0);
  });
});

describe('config', () => {
  test('remembers a context of the kubeconfig, refuses another, and forgets it', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
    const kubeconfig = join(dir, 'kubeconfig');
    await writeFile(kubeconfig, 'contexts:\n- name: prod\n- name: staging\n');
    const env = { SLUICE_STATE_DIR: join(dir, 'state'), KUBECONFIG: kubeconfig };
    const wrong = await cli(['config', 'use-context', 'prd'], {}, { env });
    expect([wrong.code, wrong.stderr]).toEqual([
      2,
      'error: there is no context prd in the kubeconfig\nDid you mean prod?\n',
    ]);
    expect((await cli(['config', 'use-context', 'prod'], {}, { env })).code).toBe(0);
    expect((await cli(['config', 'current'], {}, { env })).stdout).toBe('prod\n');
    expect((await cli(['workflow', 'list'], {}, { env })).clusters).toMatchObject([{ context: 'prod' }]);
    expect((await cli(['config', 'unset'], {}, { env })).code).toBe(0);
    expect((await cli(['config', 'view'], {}, { env })).stdout).toBe('');
    expect((await cli(['workflow', 'list'], {}, { env })).code).toBe(0);
    expect(JSON.parse(await readFile(join(dir, 'state', 'config.json'), 'utf8'))).toEqual({});
  });

  test('a damaged file is trouble of the machine', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
    await writeFile(join(dir, 'config.json'), '{');
    const { code, stderr } = await cli(['config', 'current', '--state-dir', dir]);
    expect([code, stderr.includes(`cannot use ${dir}/config.json`)]).toEqual([6, true]);
  });
});

describe('def', () => {
  test.each([
    ['vet', [], 0, 'ok: 1 step type\n'],
    ['vet', [error], 2, '1 error\n'],
    ['apply', [], 0, 'WorkflowStepDefinition mine created\n'],
    ['apply', [error], 2, ''],
  ])('%s with %j', async (verb, faults, code, ending) => {
    const end = await cli(['def', verb, '-'], { faults }, { stdin: 'kind: X\n' });
    expect([end.code, end.stdout.endsWith(ending)]).toEqual([code, true]);
  });

  test.each(['vet', 'apply'])('%s without a file says how it is used', async (verb) => {
    const { code, stderr } = await cli(['def', verb]);
    expect([code, stderr.includes(`sluice def ${verb} my-step.yaml`)]).toEqual([2, true]);
  });

  test('delete of a type that is not installed', async () => {
    const { code, stderr } = await cli(['def', 'delete', 'nope']);
    expect([code, stderr.includes('no step type nope is installed')]).toEqual([1, true]);
  });
});

describe('cluster get', () => {
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 's', namespace: 'default' },
    data: { a: 'b' },
  };
  test.each([
    [['secret', 's', '-o', 'json'], 0, secret],
    [
      ['secrets', '-o', 'json'],
      0,
      { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: [secret] },
    ],
    [
      ['pods', '-o', 'json'],
      0,
      { apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: [] },
    ],
  ])('%j', async (words, code, expected) => {
    const end = await cli(['cluster', 'get', ...words], { objects: [secret] });
    expect([end.code, JSON.parse(end.stdout)]).toEqual([code, expected]);
  });

  test.each([
    [['secret', 'nope'], 1, 'There is no Secret nope in namespace default.'],
    [['secret', 'nope', '-o', 'json', '--cluster', 'prod'], 1, 'in namespace default of cluster prod.'],
    [['pods'], 0, 'There is no Pod in namespace default.'],
    [['frobs'], 2, 'there is no kind frobs'],
  ])('%j finds nothing', async (words, code, message) => {
    const end = await cli(['cluster', 'get', ...words], { objects: [secret] });
    expect([end.code, end.stdout, end.stderr.includes(message)]).toEqual([code, '', true]);
  });
});

describe('wrong use', () => {
  test.each([
    [['rnu'], "unknown command 'rnu'\n(Did you mean run?)"],
    [['workflow', 'statsu', 'x'], "unknown command 'statsu'\n(Did you mean status?)"],
    [['run', '-', '--stirct'], "unknown option '--stirct'\n(Did you mean --strict?)"],
    [['run'], "missing required argument 'files'"],
    [['workflow', 'status', 'a', 'b'], 'too many arguments'],
  ])('%j', async (words, message) => {
    const { code, stderr, stdout } = await cli(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  test.each([[[]], [['--help']], [['run', '--help']], [['help', 'workflow']]])(
    '%j shows help',
    async (words) => {
      const { code, stdout } = await cli(words);
      expect([code, stdout.includes('Usage: sluice')]).toEqual([0, true]);
    },
  );
});

describe('the state directory', () => {
  const home = '/home/someone/.local/state/sluice';
  test.each([
    [[], {}, home],
    [[], { XDG_STATE_HOME: '/xdg' }, '/xdg/sluice'],
    [[], { XDG_STATE_HOME: 'relative' }, home],
    [[], { XDG_STATE_HOME: '/xdg', SLUICE_STATE_DIR: 'own' }, '/nowhere/own'],
    [['--state-dir', '/given'], { SLUICE_STATE_DIR: '/own' }, '/given'],
    [[], { SLUICE_STATE_DIR: '' }, home],
  ])('with %j and %j', async (words, env, expected) => {
    expect((await cli(['workflow', 'list', ...words], {}, { env })).stateDirs).toEqual([expected]);
  });
});
