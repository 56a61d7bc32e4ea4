import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figure, type Figure } from './measure.ts';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'bin/sluice.js');
const runs = 9;

/** Whole processes, as a person starts them; bare Node stands beside them, since the machine's speed drifts. */
export async function benchCli(): Promise<readonly Figure[]> {
  const state = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const example = join(root, 'examples/chat-gpt.yaml');
  const firstStep = join(state, 'first.yaml');
  writeFileSync(firstStep, firstStepRun);
  try {
    const bare = processTimes(['-e', '0']);
    const version = processTimes([bin, '--version']);
    const vet = processTimes([bin, 'vet', example, '--state-dir', state]);
    const first = Array.from({ length: runs }, () => timeToFirstStep(firstStep, state));
    const run = processTimes([bin, 'run', join(root, 'examples/chat-gpt-audit.yaml'), '--state-dir', state]);
    return [
      figure('bare Node', 'ms', bare),
      figure('sluice --version', 'ms', version, '≤ 100'),
      figure('sluice vet chat-gpt.yaml', 'ms', vet),
      figure('from enter to the first step, CUE loaded', 'ms', first, '≤ 300'),
      figure('sluice run chat-gpt-audit.yaml', 'ms', run),
      figure('peak memory of that run', 'MiB', [peakMemoryMiB(['run', example, '--state-dir', state])]),
    ];
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** The first step's `if:` makes CUE load before it can begin. */
const firstStepRun = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: first, namespace: default}
spec:
  workflowSpec:
    steps:
      - {name: a, type: print-message-in-status, if: 'context.name == "first"', properties: {message: one}}
`;

function processTimes(args: readonly string[]): readonly number[] {
  const samples: number[] = [];
  for (let i = 0; i <= runs; i += 1) {
    const begun = performance.now();
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env: environment() });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
    if (i > 0) samples.push(performance.now() - begun);
  }
  return samples;
}

/** Wall clock from just before the process starts to the step's firstExecuteTime. */
function timeToFirstStep(file: string, state: string): number {
  const begun = Date.now();
  const { stdout } = spawnSync(process.execPath, [bin, 'run', file, '-o', 'json', '--state-dir', state], {
    encoding: 'utf8',
    env: environment(),
  });
  const run = JSON.parse(stdout) as { status: { steps: { firstExecuteTime: string }[] } };
  return Date.parse(run.status.steps[0]?.firstExecuteTime ?? '') - begun;
}

function peakMemoryMiB(args: readonly string[]): number {
  const script = `process.argv.splice(1, 1); process.on('exit', () => process.stderr.write('\\npeak ' + process.resourceUsage().maxRSS)); await import(process.argv[1]);`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script, '--', bin, ...args], {
    encoding: 'utf8',
    env: environment(),
  });
  return Number(/peak (\d+)/.exec(stderr)?.[1] ?? Number.NaN) / 1024;
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], CI: 'true' };
}
