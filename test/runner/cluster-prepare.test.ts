import { afterAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/api/json.ts';
import { openCueEngine } from '../../src/cue/engine.ts';
import { ops } from '../../src/ops/registry.ts';
import { prepareForCluster, type ClusterPrepareParts } from '../../src/runner/cluster-prepare.ts';
import { readBuiltInSources } from '../../src/step-types/built-in-files.ts';
import { openCueCompiler } from '../../src/step-types/cue-compiler.ts';
import { fileOf, requestFor } from '../session/open-test-session.ts';

const cue = openCueEngine({ ops });
afterAll(() => cue.close());

/** A cluster that has these Workflows, by name; which it was asked for. */
function clusterOf(workflows: Readonly<Record<string, JsonObject>>) {
  const asked: string[] = [];
  const parts = {
    ops,
    cue: openCueCompiler(cue),
    cache: new Map(),
    expressions: cue,
    namespace: 'team',
    builtIn: readBuiltInSources,
    definitions: { seenFrom: async () => [], packagesSeenFrom: async () => [] },
    api: {
      get: async (_plural: string, namespace: string, name: string) => {
        asked.push(`${namespace}/${name}`);
        const found = workflows[name];
        return found === undefined
          ? undefined
          : {
              apiVersion: 'core.oam.dev/v1alpha1',
              kind: 'Workflow',
              metadata: { name, namespace },
              ...found,
            };
      },
    },
  } as unknown as ClusterPrepareParts;
  return { parts, asked };
}

test('a run is checked with the Workflow of the cluster that it names, and those that this calls', async () => {
  const parameters = { properties: { text: { type: 'string' } }, required: ['text'] };
  const { parts, asked } = clusterOf({
    outer: {
      parameters,
      steps: [
        { name: 'in', type: 'call-workflow', properties: { workflow: 'inner', parameters: { txt: 'x' } } },
      ],
    },
    inner: { parameters, steps: [{ name: 'ask', type: 'suspend' }] },
  });
  const run = fileOf(
    'run.yaml',
    'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: a}\nspec: {workflowRef: outer, parameters: {text: 5}}\n',
  );
  const { faults, runs } = await prepareForCluster(requestFor([run]), parts);
  expect(faults.map(({ code, file, path }) => `${code} ${file} ${path}`)).toEqual([
    'InvalidParameter run.yaml spec.parameters.text',
    'MissingParameter team/outer steps[0].properties.parameters.text',
    'UnknownParameter team/outer steps[0].properties.parameters.txt',
  ]);
  expect([runs, asked]).toEqual([[], ['team/outer', 'team/inner']]);

  const context = [
    { path: ['text'], value: 'x', field: 'parameters' as const },
    { path: ['stage'], value: 'test' },
  ];
  const set = await prepareForCluster(
    requestFor([run], { context }),
    clusterOf({ outer: { parameters, steps: [{ type: 'suspend' }] } }).parts,
  );
  expect(set.faults).toEqual([]);
  expect(set.runs[0]?.['spec']).toMatchObject({ parameters: { text: 'x' }, context: { stage: 'test' } });
});
