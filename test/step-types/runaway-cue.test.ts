import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../src/runner/session.ts';
import { execute, fileOf, openTestSession } from '../session/open-test-session.ts';

let session: Session;
beforeAll(async () => {
  session = await openTestSession();
});
afterAll(() => session.close());

const definition = (imports: string, body: string) =>
  fileOf(
    'bad.cue',
    `${imports}"bad": {type: "workflow-step", description: "d"}\ntemplate: {\n${body}\nparameter: {}\n}\n`,
  );

test.each([
  [
    'what never ends',
    definition(
      '',
      `l: [${'1,'.repeat(40)}]\na: [for i in l for j in l for k in l for m in l for n in l {i}]`,
    ),
  ],
  ['what needs all memory', definition('import "strings"\n', 'a: strings.Repeat("x", 1000000000)')],
])('%s is refused', async (_name, file) => {
  const { faults, applied } = await session.applyDefinitions([file]);
  expect(faults).toMatchObject([{ code: 'BadCue', severity: 'error', line: 1 }]);
  expect(faults[0]?.message).toMatch(/was stopped/);
  expect(applied).toEqual([]);
});

test('what never ends once a result is there fails its step at once', async () => {
  const file = definition(
    'import "vela/op"\nimport "list"\n',
    `r: op.#Read & {value: {apiVersion: "v1", kind: "ConfigMap", metadata: name: "nope"}}
if r.err != _|_ {
	l: list.Range(0, 3000, 1)
	log: op.#Log & {data: len([for i in l for j in l for k in l {i}])}
}`,
  );
  const run = fileOf(
    'run.yaml',
    'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: r}\nspec: {workflowSpec: {steps: [{name: s, type: bad}]}}\n',
  );
  const { view } = await execute(session, [run], { definitions: [file] });
  expect(view).toMatchObject({ phase: 'failed', steps: [{ phase: 'failed', reason: 'Rendering' }] });
  expect(view.steps[0]?.message).toMatch(/was stopped/);
});
