import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sluice } from '../crash/sluice-process.ts';
import { FakedRuns, runText } from './faked-runs.ts';
import { installCrds } from './install-crds.ts';
import { KubeApi } from './kube-api.ts';
import { placeFlags, Workbench } from './run-sluice.ts';

const api = new KubeApi('main');
const bench = new Workbench();
let runs: FakedRuns;

beforeAll(async () => {
  await installCrds(api);
  runs = new FakedRuns(api, await api.newNamespace());
});
afterAll(async () => {
  await api.close();
  bench.remove();
});

describe('step types', () => {
  const yaml = `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata:
  name: greet
  annotations:
    definition.oam.dev/description: Greets.
spec:
  schematic:
    sluice:
      parameters:
        type: object
        properties:
          who:
            type: string
            description: Whom to greet.
      ops:
        - id: say
          op: log
          with:
            data: hello
`;

  test('apply installs where it is told, list says what wins, show what it takes, delete removes it', async () => {
    const file = bench.write(yaml);
    const said = (change: string): string =>
      `WorkflowStepDefinition greet ${change} in namespace ${runs.namespace}\n`;
    expect((await runs.cli('def', 'apply', file)).stdout).toBe(said('created'));
    expect((await runs.cli('def', 'apply', file)).stdout).toBe(said('unchanged'));
    const list = await runs.cli('def', 'list');
    expect(list.stdout).toMatch(
      new RegExp(`^greet +WorkflowStepDefinition +${runs.namespace} +cluster +Greets\\.$`, 'm'),
    );
    expect(list.stdout).toMatch(/^suspend +WorkflowStepDefinition +- +built-in /m);
    expect((await runs.cli('def', 'show', 'greet')).stdout).toMatch(/who +Whom to greet\. +string +no/);
    const run = bench.write(runText({ name: 'greeting', type: 'greet' }));
    expect((await runs.cli('workflow', 'run', run)).code).toBe(0);
    expect((await runs.cli('def', 'delete', 'greet')).stdout).toBe('WorkflowStepDefinition greet deleted\n');
    expect((await runs.cli('def', 'delete', 'greet')).code).toBe(1);
  });

  test('a Package is installed beside them, and those that import it are checked against it', async () => {
    const pack = bench.write(`apiVersion: cue.oam.dev/v1alpha1
kind: Package
metadata: {name: echo}
spec:
  path: ext/echo
  provider: {protocol: http, endpoint: 'http://127.0.0.1:9'}
  templates:
    echo.cue: |
      package echo
      #Say: {#do: "say", #provider: "echo", $params: {word: string}}
`);
    const step = (word: string): string =>
      bench.write(`apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata: {name: echo, annotations: {definition.oam.dev/description: Says.}}
spec:
  schematic:
    cue:
      template: |
        import "ext/echo"
        say: echo.#Say & {$params: word: ${word}}
`);
    expect((await runs.cli('def', 'vet', step('"a"'))).stdout).toContain('package "ext/echo" not found');
    const said = `Package echo created in namespace ${runs.namespace}\n`;
    expect((await runs.cli('def', 'apply', pack)).stdout).toBe(said);
    expect((await runs.cli('def', 'vet', step('5'))).stdout).toContain('conflicting values 5 and string');
    expect((await runs.cli('def', 'apply', step('"a"'))).code).toBe(0);
    const list = await runs.cli('def', 'list');
    expect(list.stdout).toMatch(
      new RegExp(`^package/echo +Package +${runs.namespace} +cluster +import "ext/echo"`, 'm'),
    );
    expect(list.stdout).toMatch(/^echo .* Says\.$/m);
    const run = bench.write(runText({ name: 'echoing', type: 'echo' }));
    expect((await runs.cli('workflow', 'run', run)).code).toBe(0);
    expect((await runs.cli('def', 'get', 'package/echo')).stdout).toContain('path: ext/echo');
    expect((await runs.cli('def', 'delete', 'package/echo')).stdout).toBe('Package echo deleted\n');
    expect((await runs.cli('workflow', 'run', run)).code).toBe(2);
    expect((await runs.cli('def', 'delete', 'echo')).code).toBe(0);
  });

  test('a CUE file becomes what KubeVela makes of it, and get gives back what apply takes', async () => {
    const file = `${import.meta.dirname}/../../examples/step-types/hello.cue`;
    expect((await runs.cli('def', 'apply', file)).code).toBe(0);
    const path = `/apis/core.oam.dev/v1beta1/namespaces/${runs.namespace}/workflowstepdefinitions/hello`;
    const stored = (await api.do('GET', path)) as unknown as {
      readonly spec: { readonly schematic: { readonly cue: { readonly template: string } } };
    };
    expect(stored).toMatchObject({
      metadata: {
        annotations: { 'definition.oam.dev/description': 'Greets someone, in the log and in a ConfigMap.' },
      },
    });
    expect(stored.spec.schematic.cue.template).toMatch(/import "vela\/op"\n[^]*parameter: \{[^]*\}\n$/);
    const { stdout } = await runs.cli('def', 'get', 'hello', '-o', 'yaml');
    expect((await runs.cli('def', 'apply', bench.write(stdout))).stdout).toContain('hello unchanged');
    const cue = (await runs.cli('def', 'get', 'hello', '-o', 'cue')).stdout;
    expect((await runs.cli('def', 'apply', bench.write(cue, 'hello.cue'))).stdout).toContain(
      'hello unchanged',
    );
  });

  test('a dry run asks the server, and installs nothing', async () => {
    const file = bench.write(yaml.replace('name: greet', 'name: rehearsed'));
    const wouldBe = (change: string): string =>
      `WorkflowStepDefinition rehearsed ${change} in namespace ${runs.namespace} (dry run)\n`;
    const first = await runs.cli('def', 'apply', file, '--dry-run');
    expect([first.code, first.stdout]).toEqual([0, expect.stringContaining('name: rehearsed')]);
    expect(first.stderr).toContain(wouldBe('created'));
    expect((await runs.cli('def', 'delete', 'rehearsed')).code).toBe(1);
    await runs.cli('def', 'apply', file);
    expect((await runs.cli('def', 'apply', file, '--dry-run')).stderr).toContain(wouldBe('unchanged'));
    const other = bench.write(yaml.replace('name: greet', 'name: rehearsed').replace('hello', 'goodbye'));
    expect((await runs.cli('def', 'apply', other, '--dry-run')).stderr).toContain(wouldBe('updated'));
    expect((await runs.cli('def', 'get', 'rehearsed')).stdout).toContain('data: hello');
  });

  test('a namespace that is not there is said to be missing', async () => {
    const file = bench.write(yaml);
    const { code, stderr } = await sluice(['def', 'apply', file, '-n', 'never-made', ...placeFlags({})])
      .ended;
    expect([code, stderr.includes('there is no namespace never-made')]).toEqual([2, true]);
  });
});
