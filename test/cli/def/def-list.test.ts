import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openDefCli } from './def-cli.ts';

const notify = `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata:
  name: suspend
  annotations: {definition.oam.dev/description: Ours.}
spec:
  schematic: {cue: {template: "parameter: {}"}}
`;

const lines = (text: string): readonly string[] => text.trimEnd().split('\n');

test('the columns are those of KubeVela, and where each comes from', async () => {
  await using cli = await openDefCli();
  const { stdout } = await cli.run(['def', 'list']);
  const [head = '', ...rows] = lines(stdout);
  expect(head.split(/ {2,}/)).toEqual(['NAME', 'TYPE', 'NAMESPACE', 'ORIGIN', 'DESCRIPTION']);
  expect(rows.find((row) => row.startsWith('suspend '))?.split(/ {2,}/)).toEqual([
    'suspend',
    'WorkflowStepDefinition',
    '-',
    'built-in',
    expect.stringMatching(/\w/),
  ]);
});

test('a narrow terminal has no column of kinds', async () => {
  await using cli = await openDefCli();
  const { stdout } = await cli.run(['def', 'list'], { NO_COLOR: '1' }, 80);
  expect(lines(stdout)[0]?.split(/ {2,}/)).toEqual(['NAME', 'NAMESPACE', 'ORIGIN', 'DESCRIPTION']);
});

test('what wins over others says so, and what does not compile says why', async () => {
  await using cli = await openDefCli();
  await cli.write('notify.yaml', notify);
  await cli.write(
    'bad.yaml',
    notify.replace('name: suspend', 'name: bad').replace('parameter: {}', 'parameter: {'),
  );
  await cli.run(['def', 'apply', 'notify.yaml']);
  const { stdout } = await cli.run(['def', 'list', '--defs', '.', '-t', 'workflow-step']);
  expect(stdout).toMatch(
    /^suspend +WorkflowStepDefinition +- +directory \(over installed, built-in\) +Ours\.$/m,
  );
  expect(stdout).toMatch(/^bad +WorkflowStepDefinition +- +directory +does not compile: /m);
});

test('as JSON and YAML each has its fields', async () => {
  await using cli = await openDefCli();
  await cli.write('notify.yaml', notify);
  await cli.run(['def', 'apply', 'notify.yaml']);
  const wanted = {
    name: 'suspend',
    type: 'WorkflowStepDefinition',
    origin: 'installed',
    over: ['built-in'],
    description: 'Ours.',
  };
  expect(JSON.parse((await cli.run(['def', 'list', '-o', 'json'])).stdout)).toContainEqual(wanted);
  expect(parse((await cli.run(['def', 'list', '-o', 'yaml'])).stdout)).toContainEqual(wanted);
});

test('only Packages, of which there are none', async () => {
  await using cli = await openDefCli();
  const { code, stdout, stderr } = await cli.run(['def', 'list', '--type', 'package']);
  expect([code, stdout, lines(stderr).at(-1)]).toEqual([0, '', 'There are none.']);
  const wrong = await cli.run(['def', 'list', '-t', 'trait']);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('workflow-step, package')]);
});
