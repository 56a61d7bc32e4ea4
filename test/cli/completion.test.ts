import { execFile } from 'node:child_process';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { knownAnalyzers } from '../../src/analyze/cluster/known-analyzers.ts';
import { cli } from './cli-process.ts';
import { compiledCode } from './spawned.ts';
import { runResult, runView, stepView } from './fake-session.ts';

const run = {
  result: runResult(runView({ steps: [stepView({ name: 'apply' }), stepView({ name: 'chat' })] })),
};

async function complete(...words: readonly string[]): Promise<readonly string[]> {
  // A state directory that exists: otherwise there is nothing to look up.
  const env = { SLUICE_STATE_DIR: tmpdir() };
  const { stdout, stderr, code } = await cli(['__complete', '--', ...words], { runs: [run] }, { env });
  expect([stderr, code]).toEqual(['', 0]);
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.split('\t')[0] ?? '']));
}

describe('__complete', () => {
  test.each([
    [['run', ''], [':files']],
    [
      ['run', '-o', ''],
      ['text', 'json', 'yaml'],
    ],
    [['run', '-o', 'json', 'a.yaml', ''], [':files']],
    [
      ['run', '--output', '=', 'j'],
      ['text', 'json', 'yaml'],
    ],
    [['run', '--state-dir', ''], [':directories']],
    [['run', '--timeout', ''], []],
    [['workflow', 'status', ''], ['demo']],
    [
      ['wf', 'logs', 'demo', '--step', ''],
      ['apply', 'chat'],
    ],
    [['workflow', 'delete', 'demo', ''], ['demo']],
    [['workflow', 'status', 'demo', ''], []],
    [['cluster', 'get', 'pods', '--cluster', ''], ['prod']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['config', 'use-context', ''], []],
    [['analyze', '--baseline', ''], [':files']],
    [['audit', '-f', ''], [':files']],
    [['audit', '--ignore', ''], [':files']],
    [
      ['audit', '-o', ''],
      ['text', 'json', 'yaml', 'sarif', 'junit', 'markdown'],
    ],
    [
      ['analyze', '--fail-on', ''],
      ['critical', 'high', 'medium', 'low', 'info'],
    ],
    [['gate', '-f', ''], [':files']],
    [['gate', 'override', ''], ['demo']],
    [
      ['gate', 'override', 'demo', ''],
      ['apply', 'chat'],
    ],
    [['gate', 'show', ''], []],
  ])('%j', async (words, expected) => expect(await complete(...words)).toEqual(expected));

  test.each([
    ['analyze', '--filter', ''],
    ['filters', 'add', ''],
    ['filters', 'remove', 'Pod', ''],
  ])('names analyzers for %s %s', async (...words) => {
    expect(await complete(...words)).toEqual(knownAnalyzers.map(({ name }) => name));
  });

  test('names commands, but not the hidden one', async () => {
    const commands = await complete('');
    expect(commands).toContain('workflow');
    expect(commands).not.toContain('__complete');
  });

  test('names the options of a command', async () => {
    expect(await complete('run', '--')).toEqual(
      expect.arrayContaining(['--require', '--set', '--state-dir', '--help']),
    );
  });

  test.each([
    [['workflow', 'status', '--context', 'prod', ''], ['demo'], { context: 'prod' }],
    [['workflow', 'logs', '-n', 'team', '--context=prod', ''], ['demo'], { namespace: 'team' }],
    [
      ['workflow', 'logs', 'demo', '--kubeconfig', '=', 'f', '--step', ''],
      ['apply', 'chat'],
      { kubeconfig: 'f' },
    ],
  ])('%j asks the cluster, for a moment', async (words, expected, place) => {
    const { stdout, stderr, clusters } = await cli(['__complete', '--', ...words], { runs: [run] });
    expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([...expected, '']);
    expect([stderr, clusters]).toEqual(['', [expect.objectContaining({ ...place, requestMs: 2000 })]]);
  });

  test('a cluster that fails has no candidates and no message', async () => {
    const { stdout, stderr, code } = await cli(
      ['__complete', '--', 'workflow', 'logs', 'nope', '--context', 'x', '-s', ''],
      { runs: [run] },
    );
    expect([stdout, stderr, code]).toEqual(['', '', 0]);
  });

  test('opens no state directory that is not there', async () => {
    const { stdout, stateDirs } = await cli(['__complete', '--', 'workflow', 'status', '']);
    expect([stdout, stateDirs]).toEqual(['', []]);
  });
});

test('the bash script completes what was typed', { timeout: 60_000 }, async () => {
  const cases = [
    [['wo'], 'workflow'],
    [['workflow', 're'], 'resume restart'],
    [['run', '--output', '=', 'j'], 'json'],
    [['run', 'package.j'], 'package.json'],
  ] as const;
  const dir = await mkdtemp(join(tmpdir(), 'sluice-completion-'));
  const program = join(dir, 'sluice');
  const main = join(import.meta.dirname, '../../src/cli/main.ts');
  await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(program, 0o755);
  const script = [
    'source <(sluice completion bash)',
    'try() { COMP_WORDS=(sluice "$@"); COMP_CWORD=$#; _sluice_complete; echo "${COMPREPLY[*]}"; }',
    ...cases.map(([words]) => `try ${words.join(' ')}`),
  ].join('\n');
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    env: { ...process.env, PATH: `${dir}:${process.env['PATH']}`, NODE_COMPILE_CACHE: compiledCode },
  });
  expect(stdout.trimEnd().split('\n')).toEqual(cases.map(([, expected]) => expected));
});

test.each(['bash', 'zsh', 'fish'])('%s has a script', async (shell) => {
  const { code, stdout } = await cli(['completion', shell]);
  expect([code, stdout.includes('__complete -- ')]).toEqual([0, true]);
});

test('another shell has none', async () => {
  const { code, stderr } = await cli(['completion', 'tcsh']);
  expect([code, stderr]).toEqual([
    2,
    'error: there is no completion for tcsh\nThere is one for bash, zsh, fish.\n',
  ]);
});
