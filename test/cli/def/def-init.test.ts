import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDefCli } from './def-cli.ts';

const run = `apiVersion: core.oam.dev/v1alpha1
kind: WorkflowRun
metadata: {name: r}
spec:
  workflowSpec:
    steps:
      - name: greet
        type: my-step
        outputs: [{name: greeting, valueFrom: text}]
      - name: show
        type: print-message-in-status
        inputs: [{from: greeting, parameterKey: message}]
`;

describe.each(['cue', 'yaml'])('a step type in %s', (lang) => {
  test('vets and runs as it was written', async () => {
    await using cli = await openDefCli();
    const init = await cli.run([
      'def',
      'init',
      'my-step',
      '--lang',
      lang,
      '-d',
      'Says "hello".',
      '-o',
      'my.' + lang,
    ]);
    expect([init.code, init.stdout]).toEqual([0, `Definition written to my.${lang}\n`]);
    const vet = await cli.run(['def', 'vet', `my.${lang}`]);
    expect([vet.code, vet.stdout]).toEqual([0, 'ok: 1 step type\n']);
    await cli.write('run.yaml', run);
    const { code, stdout } = await cli.run(['run', 'run.yaml', '--defs', `my.${lang}`, '-o', 'json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: { steps: [{}, { message: 'Hello, world!' }] } });
    const show = await cli.run(['def', 'show', 'my-step', '--defs', `my.${lang}`]);
    expect(show.stdout).toMatch(/Says "hello"\.\n[^]*who +Whom to greet\. +string +no +"world"/);
  });
});

test('without a file it goes to standard output, in CUE', async () => {
  await using cli = await openDefCli();
  expect((await cli.run(['def', 'init', 'my-step'])).stdout).toMatch(/^import "vela\/op"\n\n"my-step": \{/);
});

test('what is there is not overwritten, and a name is one of Kubernetes', async () => {
  await using cli = await openDefCli();
  await cli.write('mine.cue', 'precious');
  const there = await cli.run(['def', 'init', 'my-step', '-o', 'mine.cue']);
  expect([there.code, there.stderr]).toEqual([2, expect.stringContaining('it exists already')]);
  expect(await readFile(join(cli.folder, 'mine.cue'), 'utf8')).toBe('precious');
  for (const name of ['My-Step', 'a b', '-a', 'a"b', 'a\nb'])
    expect((await cli.run(['def', 'init', '--', name])).code, name).toBe(2);
});
