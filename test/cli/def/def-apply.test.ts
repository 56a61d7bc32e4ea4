import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openDefCli } from './def-cli.ts';

const example = join(import.meta.dirname, '../../../examples/step-types/hello.cue');

test('a dry run prints what would be written, and writes nothing', async () => {
  await using cli = await openDefCli();
  const first = await cli.run(['def', 'apply', example, '--dry-run']);
  expect(first.code).toBe(0);
  expect(first.stderr).toContain('WorkflowStepDefinition hello created (dry run)\n');
  const object = parse(first.stdout) as { spec: { schematic: { cue: { template: string } } } };
  expect(object).toMatchObject({
    kind: 'WorkflowStepDefinition',
    metadata: {
      name: 'hello',
      annotations: { 'definition.oam.dev/description': 'Greets someone, in the log and in a ConfigMap.' },
    },
  });
  expect(object.spec.schematic.cue.template).toMatch(
    /^import "vela\/op"$[^]*^text: [^]*^\t\twho: |^parameter: \{$/m,
  );
  expect((await cli.run(['def', 'list'])).stdout).not.toContain('hello');

  expect((await cli.run(['def', 'apply', example])).stdout).toBe('WorkflowStepDefinition hello created\n');
  const again = await cli.run(['def', 'apply', example, '--dry-run', '-o', 'json']);
  expect(JSON.parse(again.stdout)).toMatchObject([{ name: 'hello', change: 'unchanged', object }]);
  await cli.write('hello.cue', (await readFile(example, 'utf8')).replace('"Hello"', '"Hi"'));
  const changed = await cli.run(['def', 'apply', 'hello.cue', '--dry-run']);
  expect(changed.stderr).toContain('WorkflowStepDefinition hello updated (dry run)\n');
  expect((await cli.run(['def', 'show', 'hello'])).stdout).toContain('"Hello"');
});

test('a dry run of what would be refused is refused', async () => {
  await using cli = await openDefCli();
  await cli.write('bad.cue', (await readFile(example, 'utf8')).replace('#Log', '#Lgo'));
  const { code, stdout, stderr } = await cli.run(['def', 'apply', 'bad.cue', '--dry-run']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^bad.cue:\d+:\d+: error BadCue[^]*nothing was installed\n$/m);
});

test('what was probably meant stands with what is wrong', async () => {
  await using cli = await openDefCli();
  const source = await readFile(example, 'utf8');
  await cli.write('bad.cue', source.replace('#Log', '#Lgo'));
  expect((await cli.run(['def', 'vet', 'bad.cue'])).stdout).toContain(
    'has no #Lgo (did you mean op.#Log?)\n',
  );
  await cli.write('bad.cue', source.replace('op.#Log', '{#do: "log", #provider: "opp"}'));
  expect((await cli.run(['def', 'apply', 'bad.cue'])).stderr).toContain(
    '(did you mean #provider: "builtin"?)\n',
  );
});

test('of a catalogue, what is for Applications alone is left out; the rest is installed', async () => {
  await using cli = await openDefCli();
  const source = await readFile(example, 'utf8');
  const forApplications = (label: string) =>
    source.replace('"hello": {', `"deploy": {\n\tlabels: ${label}`).replace('op.#Log', 'op.#ApplyComponents');
  await cli.write('hello.cue', source);
  await cli.write('deploy.cue', forApplications('{"scope": "Application"}'));
  const { code, stdout, stderr } = await cli.run(['def', 'apply', '-f', '.']);
  expect([code, stdout]).toEqual([0, 'WorkflowStepDefinition hello created\n']);
  expect(stderr).toMatch(
    /^.*deploy.cue:\d+:\d+: warning ApplicationOnly: step type deploy is for workflows of Applications alone.*#ApplyComponents$/m,
  );
  expect((await cli.run(['def', 'list'])).stdout).not.toContain('deploy ');

  // The label is no way around: without it, or with another one, a fault stays a fault.
  await cli.write('deploy.cue', forApplications('{"scope": "WorkflowRun"}'));
  expect(await cli.run(['def', 'apply', '-f', '.'])).toMatchObject({ code: 2, stdout: '' });
});
