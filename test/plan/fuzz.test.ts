import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../src/api/json.ts';
import { compilePlan } from '../../src/plan/compile-plan.ts';
import { jsonDocument } from '../../src/yaml/json-document.ts';
import { sampleCatalog } from './sample-catalog.ts';
import { sampleExpressions } from './sample-expressions.ts';

const dependencies = { catalog: sampleCatalog(), expressions: sampleExpressions(), require: ['a'] };

const { anything } = fc.letrec<{ anything: Json }>((tie) => ({
  anything: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 0, -1.5, 9007199254740993n, '', 'a', 'always', '1d'),
    fc.string({ maxLength: 6 }),
    fc.array(tie('anything'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 6 }), tie('anything'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

/** A field that is mostly what it should be. */
const mostly = (...values: Json[]): fc.Arbitrary<Json> =>
  fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: anything });
const name = mostly('a', 'b', 'c', 'g');
const input = fc.record<Record<string, Json>>(
  {
    from: mostly('o', 'o.x', 'context.name', 'parameter.a'),
    parameterKey: mostly('image', 'prompt.content', 'cmd[0]', 'cmd[999999]'),
  },
  { requiredKeys: [] },
);
const output = fc.record<Record<string, Json>>(
  {
    name: mostly('o', 'p'),
    valueFrom: mostly('x', 'output.value', 'x >'),
    schema: mostly({ type: 'string' }, { type: 1 }),
  },
  { requiredKeys: [] },
);
const base = {
  name,
  type: mostly('suspend', 'apply-deployment', 'notify', 'chat-gpt', 'broken', 'nope', 'step-group'),
  if: mostly('always', 'status.a.failed', 'inputs.o', 'context.x', 'parameter.y', 'status.b'),
  dependsOn: fc.array(name, { maxLength: 2 }),
  inputs: fc.oneof(fc.array(input, { maxLength: 2 }), anything),
  outputs: fc.oneof(fc.array(output, { maxLength: 2 }), anything),
  properties: mostly({}, { image: 'a', cluster: 'x' }, { message: 1 }),
  timeout: mostly('3s', '1d'),
  retry: mostly({}, { limit: 3, delay: '1s' }, { errors: ['unknown'], deadline: '1s', jitter: 2 }),
  forEach: mostly(
    { items: [1, { a: 1 }] },
    { from: 'o' },
    { matrix: { a: [1, 2], b: ['x'] }, exclude: [{ a: 1 }], include: [{ a: 3 }] },
    { items: 1, matrix: [], maxParallel: 0 },
  ),
  mode: mostly('DAG', 'StepByStep'),
};
const step = fc.record<Record<string, Json>>(
  {
    ...base,
    subSteps: fc.oneof(
      fc.array(fc.record<Record<string, Json>>(base, { requiredKeys: ['type'] }), { maxLength: 3 }),
      anything,
    ),
  },
  { requiredKeys: ['type'] },
);
const run = fc.record<Record<string, Json>>(
  {
    apiVersion: mostly('core.oam.dev/v1alpha1'),
    kind: fc.constant('WorkflowRun'),
    metadata: mostly({ name: 'run' }, { name: 'run', annotations: { 'sluice.dev/require': 'a,b' } }),
    spec: fc.record<Record<string, Json>>(
      {
        mode: mostly({ steps: 'DAG' }, {}),
        context: mostly({ x: 1 }),
        workflowSpec: fc.record<Record<string, Json>>({ steps: fc.array(step, { maxLength: 4 }) }),
        workflowRef: mostly('w'),
        timeout: mostly('1h'),
      },
      { requiredKeys: ['workflowSpec'] },
    ),
  },
  { requiredKeys: ['kind', 'spec'] },
);

async function check(value: Json): Promise<void> {
  const compiled = await compilePlan(jsonDocument(value, 'run'), dependencies);
  const faults = compiled.ok ? compiled.warnings : compiled.faults;
  expect(faults.some(({ severity }) => severity === 'error')).toBe(!compiled.ok);
  expect(faults.every(({ line, message }) => line >= 1 && message !== '')).toBe(true);
  if (!compiled.ok) return;
  const paths = new Set(compiled.plan.steps.map(({ path }) => path));
  expect(paths.size).toBe(compiled.plan.steps.length);
  for (const { after, parent } of compiled.plan.steps)
    for (const path of [...after, ...(parent === undefined ? [] : [parent])]) expect(paths).toContain(path);
}

test('compilePlan never throws, for any JSON', async () => {
  await fc.assert(fc.asyncProperty(anything, check), { numRuns: 150 });
});

test('compilePlan never throws, for runs that are nearly right', async () => {
  await fc.assert(fc.asyncProperty(run, check), { numRuns: 250 });
});
