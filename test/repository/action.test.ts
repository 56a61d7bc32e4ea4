import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compiledCode } from '../cli/spawned.ts';

const root = join(import.meta.dirname, '../..');

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string; readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}
const action = parse(await readFile(join(root, 'action.yml'), 'utf8')) as Action;
const { steps } = action.runs;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-action-'));
  await mkdir(join(home, 'temp'));
  await mkdir(join(home, 'sluice/bin'), { recursive: true });
  // A checkout of the action that runs from source: what `npm ci` would build is not what is tested here.
  await writeFile(
    join(home, 'sluice/bin/sluice.js'),
    `await import(${JSON.stringify(join(root, 'src/cli/main.ts'))});\n`,
  );
  await writeFile(join(home, 'sluice/package.json'), '{"type":"module"}');
});

interface Ran {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the script of a step as the runner does, with `inputs` beside the defaults. */
async function runStep(id: string, inputs: Readonly<Record<string, string>>): Promise<Ran> {
  const step = steps.find((each) => each.id === id);
  if (step?.run === undefined) throw new Error(`there is no step ${id}`);
  const files = { GITHUB_OUTPUT: join(home, `${id}.output`), GITHUB_STEP_SUMMARY: join(home, `${id}.md`) };
  for (const file of Object.values(files)) await writeFile(file, '');
  const script = join(home, `${id}.sh`);
  await writeFile(script, step.run);
  const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', script], {
    cwd: home,
    env: {
      PATH: [join(home, 'tools'), dirname(process.execPath), process.env['PATH']].join(delimiter),
      HOME: home,
      NODE_NO_WARNINGS: '1',
      NODE_COMPILE_CACHE: compiledCode,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: home,
      ...files,
      ...Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluated(value, inputs)]),
      ),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (log += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = (await readFile(files.GITHUB_OUTPUT, 'utf8')).split('\n').filter((line) => line !== '');
  const outputs = Object.fromEntries(
    lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
  return { code, log, outputs, summary: await readFile(files.GITHUB_STEP_SUMMARY, 'utf8') };
}

/** The few expressions that the action uses, with the values that GitHub would give them. */
function evaluated(text: string, inputs: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const input = /^inputs\.([\w-]+)(?: \|\| github\.action_path)?$/.exec(expression)?.[1];
    if (input !== undefined && expression.includes('action_path'))
      return inputs[input] ?? join(home, 'sluice');
    if (input !== undefined) return inputs[input] ?? action.inputs[input]?.default ?? '';
    if (expression === 'runner.temp') return join(home, 'temp');
    if (expression.startsWith('env.SLUICE_STATE_DIR ||')) return join(home, 'temp/sluice-state');
    throw new Error(`the test does not know ${expression}`);
  });
}

const good = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata:
  name: hello
spec:
  workflowSpec:
    steps:
      - name: say
        type: print-message-in-status
        properties:
          message: hi
      - name: prod
        type: print-message-in-status
        if: context.deploy == true
        properties:
          message: hi
`;

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
      value: { cue: values.errors }
      pass: { op: <=, value: 10 }
`;

test('uses two actions of others, by major version, and a shell everywhere', () => {
  expect(action.runs.using).toBe('composite');
  expect(steps.map(({ uses }) => uses).filter((uses) => uses !== undefined)).toEqual([
    'actions/setup-node@v6',
    'github/codeql-action/upload-sarif@v4',
  ]);
  for (const { run, shell } of steps) expect(shell).toBe(run === undefined ? undefined : 'bash');
  expect(steps.at(-1)?.if).toMatch(/^always\(\) && /);
});

test('no text from outside becomes part of a script', () => {
  for (const { run } of steps) expect(run ?? '').not.toContain('${{');
});

test('every output comes from a step that is there', () => {
  for (const { value } of Object.values(action.outputs)) {
    const named = [...value.matchAll(/steps\.([\w-]+)\.outputs\.([\w-]+)/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, id, name] of named) expect(steps.find((each) => each.id === id)?.run).toContain(`${name}=`);
  }
});

test('installs from its own checkout', async () => {
  await mkdir(join(home, 'tools'));
  await writeFile(join(home, 'tools/npm'), '#!/bin/sh\necho "npm $*"\n', { mode: 0o755 });
  const { code, log } = await runStep('install', {});
  expect([code, log]).toEqual([0, `npm ci --prefix ${join(home, 'sluice')} --no-audit --no-fund\n`]);
});

describe('scripts', () => {
  test('a run that passes, with its reports and its summary', async () => {
    await writeFile(join(home, 'run.yaml'), good);
    const inputs = {
      files: 'run.yaml\n\n',
      args: `--require prod --set 'context.deploy=true'`,
      'vet-args': '--set context.deploy=1',
    };
    const vet = await runStep('vet', inputs);
    expect([vet.code, vet.outputs]).toEqual([
      0,
      {
        sarif: join(home, 'temp/sluice-reports/sluice.sarif'),
        junit: join(home, 'temp/sluice-reports/sluice.xml'),
      },
    ]);
    const ran = await runStep('run', inputs);
    expect([ran.code, ran.outputs]).toEqual([0, { outcome: 'succeeded', 'exit-code': '0' }]);
    expect(ran.summary).toContain('## default/hello: succeeded');
    expect((await readdir(join(home, 'temp/sluice-reports'))).toSorted()).toEqual([
      'sluice.sarif',
      'sluice.xml',
    ]);
    expect(await readFile(vet.outputs['junit'] ?? '', 'utf8')).toContain('name="prod"');
  });

  test('a required step that is skipped closes the gate', async () => {
    await writeFile(join(home, 'run.yaml'), good);
    const inputs = { files: 'run.yaml', args: '--require prod --set context.deploy=false' };
    await runStep('vet', inputs);
    const { code, outputs, log } = await runStep('run', inputs);
    expect([code, outputs]).toEqual([3, { outcome: 'gate-closed', 'exit-code': '3' }]);
    expect(log).toContain('::error title=workflowrun hello::');
  });

  test('a file with a fault is refused by vet, at its line', async () => {
    await writeFile(join(home, 'run.yaml'), good.replace('message: hi', 'mesage: hi'));
    const { code, outputs, log, summary } = await runStep('vet', { files: 'run.yaml' });
    expect([code, outputs['outcome']]).toEqual([2, 'refused']);
    expect(log).toMatch(/^::error file=run\.yaml,line=11,col=\d+,title=/m);
    expect(summary).toContain('### vet: ');
  });

  test.each([
    ['that opens', gate, 0, { outcome: 'pass', score: '100' }],
    ['that does not open', gate.replace('errors: 3', 'errors: 30'), 3, { outcome: 'fail', score: '0' }],
    [
      'that cannot be judged',
      gate.replace('values.errors', 'values.none'),
      3,
      { outcome: 'fail', score: '0' },
    ],
  ])('a gate %s, with its verdict as a file', async (_name, text, expected, outputs) => {
    await writeFile(join(home, 'gate.yaml'), text);
    const inputs = { files: 'gate.yaml', command: 'gate' };
    expect((await runStep('vet', inputs)).code).toBe(0);
    const ran = await runStep('run', inputs);
    expect([ran.code, ran.outputs]).toEqual([
      expected,
      { ...outputs, verdict: join(home, 'temp/sluice-reports/verdict.json'), 'exit-code': String(expected) },
    ]);
    expect(ran.summary).toContain(`### Gate release: ${outputs.outcome}, `);
    const { verdict } = JSON.parse(await readFile(ran.outputs['verdict'] ?? '', 'utf8')) as {
      verdict: { gate: string };
    };
    expect(verdict.gate).toBe('release');
  });

  test('a quote that is left open drops no argument: it fails', async () => {
    await writeFile(join(home, 'run.yaml'), good);
    const inputs = { files: 'run.yaml', args: "--require prod --set 'context.deploy=false" };
    await runStep('vet', inputs);
    const { code, log, outputs } = await runStep('run', inputs);
    expect([code, outputs]).toEqual([1, {}]);
    expect(log).toContain('quote');
  });

  test.each([
    ['files', { files: '$(touch pwned)\n`touch pwned`\n"; touch pwned; "' }],
    ['args', { files: 'run.yaml', args: '$(touch pwned) ; touch pwned' }],
    ['command', { files: 'run.yaml', command: 'run; touch pwned' }],
  ])('%s are words, and no script', async (_name, inputs) => {
    await writeFile(join(home, 'run.yaml'), good);
    const vet = await runStep('vet', inputs);
    const ran = await runStep('run', inputs);
    expect([vet.code, ran.code].some((code) => code !== 0)).toBe(true);
    expect(await readdir(home)).not.toContain('pwned');
  });
});
