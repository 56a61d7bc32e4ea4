import { describe, expect, test } from 'vitest';
import { SluiceError } from '../../src/api/errors.ts';
import type { LogRecord } from '../../src/store/port.ts';
import { cli } from './cli-process.ts';
import { runResult, runView, stepView, type FakeRun } from './fake-session.ts';

const stdin = 'kind: WorkflowRun\n';
const log = (step: string, text: string): LogRecord => ({ step, key: 'k', timeMs: 1200, kind: 'log', text });

const succeeded: FakeRun = {
  result: runResult(
    runView({ steps: [stepView({ name: 'apply', type: 'apply-deployment' }), stepView({ name: 'chat' })] }),
  ),
  logs: [log('chat', 'The image cannot be pulled.\n- fix its name')],
};

const failed: FakeRun = {
  result: runResult(
    runView({
      name: 'bad',
      phase: 'failed',
      steps: [stepView({ name: 'apply', phase: 'failed', reason: 'Timeout', message: 'not ready' })],
    }),
  ),
};

describe('run', () => {
  test('ends with the steps, what they said, and one sentence on standard output', async () => {
    const { code, stdout, stderr } = await cli(['run', '-'], { runs: [succeeded] }, { stdin });
    expect(stdout).toBe(
      [
        '✓ apply  succeeded  0.5s',
        '✓ chat  succeeded  0.5s',
        '',
        '    The image cannot be pulled.',
        '    - fix its name',
        '',
        'workflowrun default/demo succeeded in 1.2s',
        '',
      ].join('\n'),
    );
    expect(stderr.split('\n')[0]).toBe('local engine: in-memory cluster, state in /state');
    expect(code).toBe(0);
  });

  test('names the step that made it fail', async () => {
    const { code, stdout } = await cli(['run', '-'], { runs: [failed] }, { stdin });
    expect(stdout).toContain('✗ apply  failed (Timeout)  0.5s\n    not ready\n');
    expect(stdout).toMatch(
      /workflowrun default\/bad failed in 1\.2s: apply failed \(Timeout\): not ready\n$/,
    );
    expect(code).toBe(1);
  });

  test('prints one line a change where nobody looks', async () => {
    const waiting = stepView({ name: 'apply', phase: 'running', endedAtMs: undefined });
    const views = [
      runView({ phase: 'executing', endedAtMs: undefined, steps: [waiting] }),
      runView({ phase: 'executing', endedAtMs: undefined, steps: [waiting] }),
    ];
    const { stderr } = await cli(['run', '-'], { runs: [{ ...succeeded, views }] }, { stdin });
    expect(stderr.split('\n').slice(1)).toEqual([
      '   2.0s  apply (request) running',
      '   0.5s  apply (apply-deployment) succeeded',
      '   0.5s  chat (request) succeeded',
      '',
    ]);
  });

  test('-o json holds the object alone', async () => {
    const { stdout, stderr } = await cli(['run', '-', '-o', 'json'], { runs: [failed] }, { stdin });
    expect(JSON.parse(stdout)).toEqual(failed.result.object);
    expect(stderr).toMatch(/workflowrun default\/bad failed in 1\.2s: .*\n$/);
  });

  test('-o json holds a list of several', async () => {
    const runs = [succeeded, failed];
    const { code, stdout } = await cli(['run', '-', '-o', 'json'], { runs }, { stdin });
    const list = JSON.parse(stdout) as { kind: string; items: unknown[] };
    expect([list.kind, list.items]).toEqual(['List', runs.map(({ result }) => result.object)]);
    expect(code).toBe(1);
  });

  test('runs nothing when a file has an error', async () => {
    const fault = {
      file: '-',
      line: 1,
      column: 7,
      path: 'kind',
      code: 'BadKind',
      severity: 'error',
      message: 'no',
    } as const;
    const { code, stdout, stderr, world } = await cli(
      ['run', '-'],
      { runs: [succeeded], faults: [fault] },
      { stdin },
    );
    expect([code, stdout, world.calls]).toEqual([2, '', ['close']]);
    expect(stderr).toContain('-:1:7: error BadKind kind: no\n    1 | kind: WorkflowRun\n      |       ^\n');
  });

  test('goes on with the next run when one is refused', async () => {
    const refused = {
      ...failed,
      error: new SluiceError('invalid', 'RunExists', 'it exists', { hint: 'Do that.' }),
    };
    const { code, stderr, world } = await cli(['run', '-'], { runs: [refused, succeeded] }, { stdin });
    expect(world.calls).toEqual(['execute bad', 'execute demo', 'close']);
    expect(stderr).toContain('error: it exists\nDo that.\n');
    expect(code).toBe(2);
  });

  test('starts no further run when the machine gives out', async () => {
    const broken = { ...failed, error: new SluiceError('environment', 'DiskFull', 'the disk is full') };
    const { code, world } = await cli(['run', '-'], { runs: [broken, succeeded] }, { stdin });
    expect([code, world.calls]).toEqual([6, ['execute bad', 'close']]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s stops it cleanly and says how to go on', async (signal, expected) => {
    const { code, stdout, world } = await cli(
      ['run', '-'],
      { runs: [{ ...succeeded, isEndless: true }, failed] },
      { stdin, onListening: (send) => queueMicrotask(() => send(signal)) },
    );
    expect(code).toBe(expected);
    expect(stdout).toContain('demo was stopped and can go on: sluice workflow resume demo\n');
    expect(world.calls).toEqual(['execute demo', 'close']);
  });

  test('a second signal ends the process at once', async () => {
    const { exits } = await cli(
      ['run', '-'],
      { runs: [{ ...succeeded, isEndless: true }] },
      { stdin, onListening: (send) => queueMicrotask(() => (send('SIGINT'), send('SIGINT'))) },
    );
    expect(exits).toEqual([130]);
  });

  test('passes on what the options say', async () => {
    const { world } = await cli(
      [
        'run',
        '-',
        '--set',
        'context.n=3',
        '--set',
        'context.a.b="3"',
        '--set',
        'parameters.image=a:1',
        '--require',
        'a,b',
        '--require',
        'c',
      ].concat(['--timeout', '1m30s', '--strict']),
      { runs: [succeeded] },
      { stdin },
    );
    expect(world.requests[0]).toMatchObject({
      context: [
        { path: ['n'], value: 3 },
        { path: ['a', 'b'], value: '3' },
        { path: ['image'], value: 'a:1', field: 'parameters' },
      ],
      require: ['a', 'b', 'c'],
      timeoutMs: 90_000,
      strict: true,
    });
  });

  test.each([
    [['--timeout', '5'], '--timeout 5: expected a duration above zero'],
    [['--set', 'env=x'], '--set env=x: expected context.KEY=VALUE'],
    [['--set', 'context'], '--set context: expected context.KEY=VALUE'],
    [['--set', 'context.__proto__.x=1'], 'expected context.KEY=VALUE'],
    [['-o', 'xml'], "option '-o, --output <format>' argument 'xml' is invalid"],
    [['no-such.yaml'], 'cannot read no-such.yaml: there is no such file or directory'],
  ])('refuses %j', async (words, message) => {
    const { code, stderr, world } = await cli(['run', '-', ...words], { runs: [succeeded] }, { stdin });
    expect([code, world.calls]).toEqual([2, []]);
    expect(stderr).toContain(message);
  });
});
