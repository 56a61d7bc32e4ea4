import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newStateDir, spawnCli } from './spawned.ts';

function runFile(name: string, ...steps: readonly string[]): string {
  return [
    'apiVersion: core.oam.dev/v1alpha1',
    'kind: WorkflowRun',
    `metadata: {name: ${name}}`,
    'spec:',
    '  workflowSpec:',
    '    steps:',
    ...steps.map((step) => `      - ${step}`),
  ].join('\n');
}

const say = '{name: say, type: print-message-in-status, properties: {message: hello}}';
const approve = '{name: approve, type: suspend}';
const never = '{name: apply, type: apply-deployment, properties: {image: invalid}}';

// Each test starts several processes, on a machine that may have other things to do.
const timeout = 60_000;

describe('a process', { timeout }, () => {
  test('runs a file and shows what the model said', async () => {
    const stateDir = await newStateDir();
    const { code, stdout, stderr } = await spawnCli(['run', 'examples/chat-gpt-audit.yaml'], { stateDir })
      .ended;
    expect(stderr).toMatch(/^local engine: in-memory cluster, state in /);
    expect(stdout).toMatch(/✓ chat-audit {2}succeeded.*\n {4}model: offline engine\n/);
    expect(stdout).toMatch(/workflowrun default\/chat-gpt-audit succeeded in \S+\n$/);
    expect(code).toBe(0);

    const got = await spawnCli(['cluster', 'get', 'deploy', 'apply', '-o', 'json'], { stateDir }).ended;
    expect(JSON.parse(got.stdout)).toMatchObject({ kind: 'Deployment', status: { readyReplicas: 1 } });
    const logs = await spawnCli(['workflow', 'logs', 'chat-gpt-audit', '--follow', '-o', 'raw'], { stateDir })
      .ended;
    expect([logs.code, logs.stdout.includes('Security misconfigurations')]).toEqual([0, true]);
  });

  test('refuses a file with every fault and its place, and keeps standard output clean', async () => {
    const stdin = runFile('bad', '{name: a, type: suspnd}', '{name: a, type: suspend}');
    const { code, stdout, stderr } = await spawnCli(['run', '-', '-o', 'json'], {
      stateDir: await newStateDir(),
      stdin,
    }).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/-:7:\d+: error UnknownStepType spec\.workflowSpec\.steps\[0\]\.type: .*suspend/);
    expect(stderr).toMatch(/-:8:\d+: error \w+ spec\.workflowSpec\.steps\[1\]\.name: /);
  });

  test('leaves a run that waits for a person with 5 and the command that goes on', async () => {
    const stateDir = await newStateDir();
    const { code, stdout } = await spawnCli(['run', '-'], { stateDir, stdin: runFile('ask', approve, say) })
      .ended;
    expect(code).toBe(5);
    expect(stdout).toMatch(/waits for a person at approve; go on with: sluice workflow resume ask\n$/);

    const resumed = await spawnCli(['workflow', 'resume', 'ask'], { stateDir }).ended;
    expect([resumed.code, resumed.stdout.includes('workflowrun default/ask succeeded')]).toEqual([0, true]);
  });

  test('waits for the person with --wait-suspended, who may be in another process', async () => {
    const stateDir = await newStateDir();
    const run = spawnCli(['run', '-', '--wait-suspended'], { stateDir, stdin: runFile('ask', approve, say) });
    await run.hasSaid('waits for a person');
    const resumed = await spawnCli(['workflow', 'resume', 'ask'], { stateDir }).ended;
    expect([resumed.code, resumed.stdout]).toEqual([0, 'Successfully resume workflow: ask\n']);
    expect((await run.ended).code).toBe(0);
  });

  test('stops at SIGINT, keeps the run, and another process ends it', async () => {
    const stateDir = await newStateDir();
    const run = spawnCli(['run', '-'], { stateDir, stdin: runFile('long', never) });
    await run.hasSaid('replicas of Deployment');
    run.child.kill('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/was stopped and can go on: sluice workflow resume long\n$/);

    const ended = await spawnCli(['workflow', 'terminate', 'long'], { stateDir }).ended;
    expect([ended.code, ended.stdout]).toEqual([0, 'Successfully terminate workflow: long\n']);
    const status = await spawnCli(['workflow', 'status', 'long', '-o', 'json'], { stateDir }).ended;
    expect(JSON.parse(status.stdout)).toMatchObject({ status: { status: 'terminated' } });
  });

  test('stops at SIGTERM with its own code', async () => {
    const run = spawnCli(['run', '-'], { stateDir: await newStateDir(), stdin: runFile('long', never) });
    await run.hasSaid('replicas of Deployment');
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(143);
  });

  test('ends quietly when nobody reads', async () => {
    const run = spawnCli(['completion', 'bash'], { stateDir: await newStateDir() });
    run.child.stdout?.destroy();
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('says what is wrong with a state directory, without a stack trace', async () => {
    const { code, stderr } = await spawnCli(['workflow', 'list'], { stateDir: '/dev/null/state' }).ended;
    expect([code, stderr.startsWith('error: ')]).toEqual([6, true]);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

test(
  'a step type is installed, takes the place of the built-in one, and is deleted',
  { timeout },
  async () => {
    const stateDir = await newStateDir();
    const cli = async (...args: readonly string[]) => spawnCli(args, { stateDir }).ended;
    const applied = await cli('def', 'apply', 'examples/chat-gpt.cue');
    expect([applied.code, applied.stdout]).toEqual([0, 'WorkflowStepDefinition chat-gpt created\n']);
    const shown = await cli('def', 'show', 'chat-gpt');
    expect(shown.stdout).toMatch(/^chat-gpt {2}\(installed, examples\/chat-gpt.cue, CUE\)\n/);
    expect(shown.stdout).toMatch(/NAME +DESCRIPTION +TYPE +REQUIRED +DEFAULT\n/);
    expect((await cli('def', 'delete', 'chat-gpt')).stdout).toBe('WorkflowStepDefinition chat-gpt deleted\n');
  },
);

test('the bin starts without a warning and prints the version', () => {
  const bin = join(import.meta.dirname, '../../bin/sluice.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, '--version'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
