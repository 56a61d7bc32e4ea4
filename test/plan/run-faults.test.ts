import { describe, expect, test } from 'vitest';
import { document, faultsOf, planOf, runWith } from './compile-text.ts';
import { expectFault, type FaultRow } from './fault-rows.ts';

const head = 'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\n';
const meta = 'metadata: {name: run}\n';
const steps = 'workflowSpec: {steps: [{type: suspend}]}';
const spec = `spec: {${steps}}\n`;
const workflow = document(
  'apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: build}\nsteps:\n- type: suspend\n',
);
const workflows = new Map([['build', workflow]]);

const rows: readonly FaultRow[] = [
  { name: 'no map', text: '¦- a\n', code: 'WrongKind', path: '', says: /no WorkflowRun/ },
  {
    name: 'no kind',
    text: `¦apiVersion: core.oam.dev/v1alpha1\n${meta}${spec}`,
    code: 'WrongKind',
    path: 'kind',
    says: /`kind` is missing/,
    suggestion: 'WorkflowRun',
  },
  {
    name: 'misspelt kind',
    text: `apiVersion: core.oam.dev/v1alpha1\nkind: ¦WorkflowRnu\n${meta}${spec}`,
    code: 'WrongKind',
    path: 'kind',
    says: /must be WorkflowRun/,
    suggestion: 'WorkflowRun',
  },
  {
    name: 'a Workflow',
    text: `apiVersion: core.oam.dev/v1alpha1\nkind: ¦Workflow\n${meta}`,
    code: 'WrongKind',
    path: 'kind',
    says: /spec\.workflowRef/,
  },
  {
    name: 'wrong apiVersion',
    text: `apiVersion: ¦core.oam.dev/v1beta1\nkind: WorkflowRun\n${meta}${spec}`,
    code: 'WrongKind',
    path: 'apiVersion',
    says: /apiVersion of a WorkflowRun is/,
    suggestion: 'core.oam.dev/v1alpha1',
  },
  {
    name: 'unknown top-level field',
    text: `${head}${meta}${spec}¦foo: 1\n`,
    code: 'UnknownField',
    path: 'foo',
    says: /no effect/,
    severity: 'warning',
  },
  {
    name: 'misspelt top-level field',
    text: `${head}${meta}${spec}¦metdata: {}\n`,
    code: 'UnknownField',
    path: 'metdata',
    says: /unknown field "metdata"/,
    suggestion: 'metadata',
  },
  {
    name: 'no metadata',
    text: `¦${head}${spec}`,
    code: 'MissingField',
    path: 'metadata',
    says: /`metadata` is missing/,
  },
  {
    name: 'no name',
    text: `${head}¦metadata: {namespace: a}\n${spec}`,
    code: 'MissingField',
    path: 'metadata.name',
    says: /generateName/,
  },
  {
    name: 'a ttl in days',
    text: `${head}${meta}spec: {${steps}, ttl: ¦7d}\n`,
    code: 'BadDuration',
    path: 'spec.ttl',
    says: /no days/,
    suggestion: '168h',
  },
  {
    name: 'a user in place of a service account',
    text: `${head}${meta}spec: {${steps}, serviceAccountName: ¦'system:admin'}\n`,
    code: 'BadName',
    path: 'spec.serviceAccountName',
    says: /no name of a ServiceAccount/,
    suggestion: 'system-admin',
  },
  {
    name: 'name as number',
    text: `${head}metadata: {name: ¦12}\n${spec}`,
    code: 'WrongType',
    path: 'metadata.name',
    says: /must be text, not the number 12/,
    suggestion: 'put quotes around it',
  },
  {
    name: 'bad name',
    text: `${head}metadata: {name: ¦My_Run}\n${spec}`,
    code: 'BadName',
    path: 'metadata.name',
    says: /no Kubernetes name/,
    suggestion: 'my-run',
  },
  {
    name: 'long name',
    text: `${head}metadata: {name: ¦${'a'.repeat(254)}}\n${spec}`,
    code: 'BadName',
    path: 'metadata.name',
    says: /at most 253/,
    suggestion: 'a'.repeat(253),
  },
  {
    name: 'bad generateName',
    text: `${head}metadata: {generateName: ¦Run-}\n${spec}`,
    code: 'BadName',
    path: 'metadata.generateName',
    says: /cannot begin/,
  },
  {
    name: 'bad namespace',
    text: `${head}metadata: {name: a, namespace: ¦a.b}\n${spec}`,
    code: 'BadName',
    path: 'metadata.namespace',
    says: /no namespace/,
  },
  {
    name: 'label that is no text',
    text: `${head}metadata: {name: a, labels: {v: ¦1.10}}\n${spec}`,
    code: 'WrongType',
    path: 'metadata.labels.v',
    says: /must be text/,
    suggestion: 'put quotes around it',
  },
  {
    name: 'unknown field in metadata',
    text: `${head}metadata: {name: a, ¦lables: {}}\n${spec}`,
    code: 'UnknownField',
    path: 'metadata.lables',
    says: /in metadata/,
    suggestion: 'labels',
    severity: 'warning',
  },
  { name: 'no spec', text: `¦${head}${meta}`, code: 'MissingField', path: 'spec', says: /`spec` is missing/ },
  {
    name: 'spec is a list',
    text: `${head}${meta}spec: ¦[]\n`,
    code: 'WrongType',
    path: 'spec',
    says: /map of fields, not a list/,
  },
  {
    name: 'neither workflowSpec nor workflowRef',
    text: `${head}${meta}spec: ¦{context: {}}\n`,
    code: 'EmptySteps',
    path: 'spec',
    says: /neither `workflowSpec` nor `workflowRef`/,
  },
  {
    name: 'no steps',
    text: `${head}${meta}spec: {¦workflowSpec: {}}\n`,
    code: 'EmptySteps',
    path: 'spec.workflowSpec.steps',
    says: /no steps/,
  },
  {
    name: 'empty steps',
    text: `${head}${meta}spec: {workflowSpec: {steps: ¦[]}}\n`,
    code: 'EmptySteps',
    path: 'spec.workflowSpec.steps',
    says: /empty/,
  },
  {
    name: 'steps is a map',
    text: `${head}${meta}spec: {workflowSpec: {steps: ¦{a: 1}}}\n`,
    code: 'WrongType',
    path: 'spec.workflowSpec.steps',
    says: /a list, not a map/,
  },
  {
    name: 'misspelt field of spec',
    text: `${head}${meta}spec: {${steps}, ¦contxt: {}}\n`,
    code: 'UnknownField',
    path: 'spec.contxt',
    says: /unknown field/,
    suggestion: 'context',
  },
  {
    name: 'unknown field of spec',
    text: `${head}${meta}spec: {${steps}, ¦priority: 1}\n`,
    code: 'UnknownField',
    path: 'spec.priority',
    says: /no effect/,
    severity: 'warning',
  },
  {
    name: 'unknown mode',
    text: `${head}${meta}spec: {${steps}, mode: {steps: ¦Dag}}\n`,
    code: 'UnknownMode',
    path: 'spec.mode.steps',
    says: /"Dag" is no mode/,
    suggestion: 'DAG',
  },
  {
    name: 'unknown mode of sub-steps',
    text: `${head}${meta}spec: {${steps}, mode: {subSteps: ¦Parallel}}\n`,
    code: 'UnknownMode',
    path: 'spec.mode.subSteps',
    says: /StepByStep and DAG/,
  },
  {
    name: 'mode as text',
    text: `${head}${meta}spec: {${steps}, mode: ¦DAG}\n`,
    code: 'WrongType',
    path: 'spec.mode',
    says: /map of fields, not text/,
  },
  {
    name: 'deadline in days',
    text: `${head}${meta}spec: {${steps}, timeout: ¦2d}\n`,
    code: 'BadDuration',
    path: 'spec.timeout',
    says: /no days/,
    suggestion: '48h',
  },
  {
    name: 'deadline without unit',
    text: `${head}${meta}spec: {${steps}, timeout: "¦30"}\n`.replace('"¦30"', '¦"30"'),
    code: 'BadDuration',
    path: 'spec.timeout',
    says: /a number and a unit/,
    suggestion: '30s',
  },
  {
    name: 'deadline as number',
    text: `${head}${meta}spec: {${steps}, timeout: ¦30}\n`,
    code: 'WrongType',
    path: 'spec.timeout',
    says: /text, not the number 30/,
    suggestion: 'put quotes around it',
  },
  {
    name: 'deadline of zero',
    text: `${head}${meta}spec: {${steps}, timeout: ¦0s}\n`,
    code: 'BadDuration',
    path: 'spec.timeout',
    says: /longer than zero/,
  },
  {
    name: 'context as list',
    text: `${head}${meta}spec: {${steps}, context: ¦[1]}\n`,
    code: 'WrongType',
    path: 'spec.context',
    says: /map of fields/,
  },
  {
    name: 'unknown Workflow',
    text: `${head}${meta}spec: {workflowRef: ¦biuld}\n`,
    code: 'UnknownWorkflow',
    path: 'spec.workflowRef',
    says: /no Workflow "biuld"/,
    suggestion: 'build',
    dependencies: { workflows },
  },
  {
    name: 'empty workflowRef',
    text: `${head}${meta}spec: ¦{workflowRef: ""}\n`,
    code: 'EmptySteps',
    path: 'spec',
    says: /neither/,
  },
];

describe('faults of a run', () => {
  test.each(rows.map((row) => ({ ...row })))('$name', expectFault);
});

const list = (count: number): string => Array(count).fill('- type: suspend').join('\n');

describe('what is fine', () => {
  test('a status is ignored, null is as good as missing', async () => {
    const text = `${head}metadata: {name: a, labels: null, creationTimestamp: null}\nspec: {${steps}, mode: null, timeout: null, workflowRef: null}\nstatus: {anything: 1}\n`;
    expect(await faultsOf(text)).toEqual([]);
  });

  test('a generateName stands for the name', async () => {
    const plan = await planOf(`${head}metadata: {generateName: nightly-}\n${spec}`);
    expect(plan.run).toEqual({ name: 'nightly-', namespace: 'default', labels: {}, annotations: {} });
  });

  test('name, namespace, labels, context, mode and deadline reach the plan', async () => {
    const plan = await planOf(
      `${head}metadata: {name: a.b, namespace: ns, labels: {x: "1"}, annotations: {k: z}}\nspec: {${steps}, context: {env: [prod]}, mode: {steps: DAG, subSteps: StepByStep}, timeout: 1h30m}\n`,
    );
    expect(plan).toMatchObject({
      run: { name: 'a.b', namespace: 'ns', labels: { x: '1' }, annotations: { k: 'z' } },
      context: { env: ['prod'] },
      mode: { steps: 'DAG', subSteps: 'StepByStep' },
      timeoutMs: 5_400_000,
    });
  });

  test('ttl and serviceAccountName reach the plan, and are absent where they were', async () => {
    const plan = await planOf(`${head}${meta}spec: {${steps}, ttl: 24h, serviceAccountName: deployer.v2}\n`);
    expect(plan).toMatchObject({ ttlMs: 86_400_000, serviceAccountName: 'deployer.v2' });
    expect(Object.keys(await planOf(`${head}${meta}${spec}`))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/ttlMs|serviceAccountName/)]),
    );
  });

  test('more than a thousand steps are refused, sub-steps counted', async () => {
    const group = '- type: step-group\n  subSteps: [{type: suspend}, {type: suspend}]\n';
    expect(await faultsOf(runWith(list(1000)))).toEqual([]);
    expect(await faultsOf(runWith(`${group}${list(998)}`))).toMatchObject([
      { code: 'TooManySteps', line: 8, message: expect.stringContaining('1001') as string },
    ]);
  });
});

const text = (more = ''): string => `${head}${meta}spec: {workflowRef: build${more}}\n`;

describe('workflowRef', () => {
  const withMode = document(
    'apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: build}\nmode: {steps: DAG}\nsteps:\n- type: suspend\n',
  );

  test('takes steps from the Workflow, and their places', async () => {
    const plan = await planOf(text(), { workflows });
    expect(plan.steps).toMatchObject([{ name: 'step-0', place: { line: 5, column: 3, path: 'steps[0]' } }]);
  });

  test('takes the mode of the Workflow unless the run has one', async () => {
    const dependencies = { workflows: new Map([['build', withMode]]) };
    expect((await planOf(text(), dependencies)).mode.steps).toBe('DAG');
    expect((await planOf(text(', mode: {steps: StepByStep}'), dependencies)).mode.steps).toBe('StepByStep');
  });

  test('workflowSpec wins', async () => {
    const plan = await planOf(
      `${head}${meta}spec: {workflowRef: gone, workflowSpec: {steps: [{name: mine, type: suspend}]}}\n`,
    );
    expect(plan.steps.map(({ name }) => name)).toEqual(['mine']);
  });

  test('faults point into the Workflow', async () => {
    const broken = document(
      'apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: build}\nsteps:\n- type: suspned\n',
    );
    expect(await faultsOf(text(), { workflows: new Map([['build', broken]]) })).toMatchObject([
      { line: 5, column: 9, path: 'steps[0].type', code: 'UnknownStepType', suggestion: 'suspend' },
    ]);
  });
});
