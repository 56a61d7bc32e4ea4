import { describe, expect, test } from 'vitest';
import { checkWorkflow } from '../../src/plan/compile-plan.ts';
import type { SourceDocument } from '../../src/yaml/source-document.ts';
import { document, faultsOf, marked, planOf, runWith } from './compile-text.ts';
import { sampleCatalog } from './sample-catalog.ts';
import { sampleExpressions } from './sample-expressions.ts';

const workflow = (name: string, body: string): string =>
  `apiVersion: core.oam.dev/v1alpha1\nkind: Workflow\nmetadata: {name: ${name}}\n${body}`;
const given = (...texts: readonly string[]): { workflows: ReadonlyMap<string, SourceDocument> } => ({
  workflows: new Map(
    texts.map((text) => [/metadata: \{name: ([\w-]+)\}/.exec(text)?.[1] ?? '', document(text)]),
  ),
});
const call = (name: string, of: string, more = ''): string =>
  `- name: ${name}\n  type: call-workflow\n  properties: {workflow: ${of}${more}}\n`;

const ship = workflow(
  'ship',
  `parameters:
  properties: {image: {type: string}, replicas: {type: integer, default: 1}}
  required: [image]
outputs: [{name: id, from: noted}, {name: image, from: context.parameters.image}]
steps:
- name: deploy
  type: apply-deployment
  inputs: [{from: context.parameters.image, parameterKey: image}]
- name: note
  type: notify
  if: status.deploy.succeeded
  properties: {message: hi}
  outputs: [{name: noted, valueFrom: id}]
`,
);

describe('a call', () => {
  test('has the steps of its Workflow as sub-steps, under paths of their own', async () => {
    const plan = await planOf(
      runWith(
        `${call('a', 'ship', ', parameters: {image: x}')}${call('b', 'ship', ', parameters: {image: z1}')}`,
      ),
      given(ship),
    );
    expect(plan.steps.map(({ path, kind, space, ownName }) => [path, kind, space, ownName])).toEqual([
      ['a', 'group', undefined, undefined],
      ['a/deploy', 'template', 'a', 'deploy'],
      ['a/note', 'template', 'a', 'note'],
      ['b', 'group', undefined, undefined],
      ['b/deploy', 'template', 'b', 'deploy'],
      ['b/note', 'template', 'b', 'note'],
    ]);
    expect(plan.steps[2]).toMatchObject({ conditionReads: ['deploy'], place: { path: 'steps[1]' } });
    expect(plan.steps[0]?.call?.outputs).toEqual([
      { name: 'id', from: 'noted' },
      { name: 'image', from: 'context.parameters.image' },
    ]);
  });

  test('binds what it runs to the gates that it requires', async () => {
    const steps = `- {name: q, type: gate}\n${call('a', 'ship', ', parameters: {image: x}')}  requires: [q]\n`;
    const plan = await planOf(runWith(steps), given(ship));
    expect(plan.steps.find(({ path }) => path === 'a/deploy')?.requires).toEqual(['q']);
  });

  test.each<[string, string, string, RegExp, string?, string[]?]>([
    ['an unknown Workflow', call('a', '¦shp'), 'UnknownWorkflow', /no Workflow "shp" to call/, 'ship'],
    ['none named', `- {name: a, type: call-workflow, ¦properties: {}}\n`, 'MissingParameter', /workflow/],
    [
      'a parameter that is missing',
      `- name: a\n  type: call-workflow\n  ¦properties: {workflow: ship}\n`,
      'MissingParameter',
      /parameters.image is missing/,
    ],
    [
      'one of the wrong type',
      call('a', 'ship', ', parameters: {image: ¦5}'),
      'InvalidParameter',
      /parameters.image/,
    ],
    [
      'one that is unknown',
      call('a', 'ship', ', parameters: {image: x, ¦replcas: 2}'),
      'UnknownParameter',
      /parameters.replcas/,
      'replicas',
    ],
    [
      'an input to one that is unknown',
      `${call('a', 'ship', ', parameters: {image: x}')}  inputs: [{from: context.name, parameterKey: ¦parameters.imag}]\n`,
      'UnknownParameter',
      /has no parameter "parameters.imag"/,
      'parameters.image',
    ],
    [
      'an input of the wrong type',
      `- {name: nn, type: notify, properties: {message: x}, outputs: [{name: done, valueFrom: sent}]}\n${call('a', 'ship')}  inputs: [{from: ¦done, parameterKey: parameters.image}]\n`,
      'TypeMismatch',
      /is a boolean/,
    ],
    [
      'a Workflow that only an input names',
      `- name: a\n  type: call-workflow\n  properties: {workflow: ship, parameters: {image: x}}\n  inputs: [{from: context.name, parameterKey: ¦workflow}]\n`,
      'BadCall',
      /must be known before the run/,
    ],
    [
      'an output that it does not give',
      `${call('a', 'ship', ', parameters: {image: x}')}  outputs: [{name: o, valueFrom: ¦outputs.idd}]\n`,
      'UnknownResult',
      /no result "outputs.idd"/,
      'id',
    ],
    [
      'a list',
      `${call('a', 'ship', ', parameters: {image: x}')}  ¦forEach: {items: [1]}\n`,
      'BadLoop',
      /loop inside the Workflow/,
    ],
    [
      'a name that is inside',
      `${call('a', 'ship', ', parameters: {image: x}')}- {name: z, type: suspend, dependsOn: [¦note]}\n`,
      'UnknownStep',
      /no step "note"/,
    ],
    [
      'a name that an item would share',
      `- {name: a-note, type: suspend}\n- name: ¦a\n  type: call-workflow\n  properties: {workflow: ship, parameters: {image: x}}\n`,
      'DuplicateName',
      /both a-note and a\/note/,
    ],
    [
      'a name that objects would share',
      `${call('a', 'ship', ', parameters: {image: x}')}- {name: ¦a-note, type: suspend}\n`,
      'DuplicateName',
      /"a-note" is what step types take/,
    ],
  ])('%s', async (_name, steps, code, says, suggestion) => {
    const text = runWith(steps);
    const faults = (await faultsOf(text, given(ship))).filter(({ severity }) => severity === 'error');
    expect(faults).toMatchObject([{ code, file: 'run.yaml' }]);
    expect(faults[0]?.message).toMatch(says);
    expect(faults[0]?.suggestion).toBe(suggestion);
    expect(`${faults[0]?.line}:${faults[0]?.column}`).toBe(marked(text));
  });

  test.each<[string, readonly string[], string, RegExp]>([
    ['itself', [workflow('ship', `steps:\n${call('s', '¦ship')}`)], 'BadCall', /in a circle: ship → ship$/],
    [
      'each other',
      [workflow('ship', `steps:\n${call('s', 'b')}`), workflow('b', `steps:\n${call('s', '¦ship')}`)],
      'BadCall',
      /in a circle: ship → b → ship$/,
    ],
    [
      'one with handlers',
      [workflow('ship', `steps: [{type: suspend}]\nfinally: [{type: suspend}]\n`)],
      'BadCall',
      /has `finally`, which only a run can have/,
    ],
    ['one without steps', [workflow('ship', `steps: ¦[]\n`)], 'EmptySteps', /no steps/],
    [
      'one that names the caller’s step',
      [workflow('ship', `steps: [{type: suspend, if: '¦status.a.failed'}]\n`)],
      'UnknownStep',
      /no step "a"/,
    ],
    [
      'one that gives what it has not',
      [workflow('ship', `outputs: [{name: x, from: ¦nothing}]\nsteps: [{type: suspend}]\n`)],
      'UnknownInput',
      /no step of the Workflow has an output "nothing"/,
    ],
    [
      'one that gives a parameter that it has not',
      [
        workflow(
          'ship',
          `parameters: {properties: {b: {type: string, default: x}}}\noutputs: [{name: x, from: ¦context.parameters.a}]\nsteps: [{type: suspend}]\n`,
        ),
      ],
      'UnknownContext',
      /declares no such parameter/,
    ],
    [
      'one that gives something twice',
      [
        workflow(
          'ship',
          `outputs: [{name: x, from: context.name}, {name: ¦x, from: context.name}]\nsteps: [{type: suspend}]\n`,
        ),
      ],
      'DuplicateOutput',
      /there twice/,
    ],
  ])('of Workflows that call %s', async (_name, texts, code, says) => {
    const faults = (await faultsOf(runWith(call('a', 'ship')), given(...texts))).filter(
      ({ severity }) => severity === 'error',
    );
    expect(faults).toMatchObject([{ code }]);
    expect(faults[0]?.message).toMatch(says);
    const text = texts.find((each) => each.includes('¦'));
    if (text !== undefined) expect(`${faults[0]?.line}:${faults[0]?.column}`).toBe(marked(text));
  });

  test('in a handler makes handlers of what it runs', async () => {
    const text = `${runWith('- {name: x, type: suspend}')}    finally:\n    - {name: f, type: call-workflow, properties: {workflow: w}}\n`;
    const fine = given(workflow('w', 'steps: [{name: nn, type: notify, properties: {message: x}}]\n'));
    expect((await planOf(text, fine)).steps.at(-1)).toMatchObject({ path: 'f/nn', section: 'finally' });
    const waits = given(workflow('w', 'steps: [{name: nn, type: suspend}]\n'));
    expect(await faultsOf(text, waits)).toMatchObject([{ code: 'SuspendingHandler' }]);
  });

  test('shares no name of an object with an item', async () => {
    const text = runWith(`${call('a', 'w')}- {name: ¦a-l-1, type: suspend}\n`);
    const w = given(workflow('w', 'steps: [{name: l, type: suspend, forEach: {items: [1, 2]}}]\n'));
    const [fault, ...more] = await faultsOf(text, w);
    expect([fault?.code, `${fault?.line}:${fault?.column}`, more]).toEqual([
      'DuplicateName',
      marked(text),
      [],
    ]);
  });

  test('of more than a hundred different Workflows is refused', async () => {
    const names = Array.from({ length: 101 }, (_, at) => `w${at}`);
    const texts = names.map((name) => workflow(name, 'steps: [{type: suspend}]\n'));
    const steps = names.map((name) => call(`s-${name}`, name)).join('');
    expect(await faultsOf(runWith(steps), given(...texts))).toMatchObject([
      { code: 'BadCall', message: expect.stringContaining('"w100" is one more') as string },
    ]);
  });

  test('of too many steps is refused before they are read', async () => {
    const level = (name: string, next: string): string =>
      workflow(name, `steps:\n${Array.from({ length: 40 }, (_, at) => call(`s${at}`, next)).join('')}`);
    const leaf = workflow('d', 'steps: [{type: suspend}]\n');
    const faults = await faultsOf(
      runWith(call('a', 'a')),
      given(level('a', 'b'), level('b', 'c'), level('c', 'd'), leaf),
    );
    expect(faults.map(({ code }) => code)).toContain('TooManySteps');
  });

  test('of a long chain is refused', async () => {
    const chain = Array.from({ length: 8 }, (_, at) =>
      workflow(`w${at}`, at === 7 ? 'steps: [{type: suspend}]\n' : `steps:\n${call('s', `w${at + 1}`)}`),
    );
    expect(await faultsOf(runWith(call('a', 'w0')), given(...chain))).toMatchObject([
      { code: 'BadCall', message: expect.stringContaining('more than 5 deep') as string },
    ]);
  });
});

describe('a Workflow that a run names', () => {
  test('may call others, but not itself', async () => {
    const head =
      'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata: {name: run}\nspec: {workflowRef: top}\n';
    const top = workflow('top', `steps:\n${call('a', 'ship', ', parameters: {image: x}')}`);
    expect((await planOf(head, given(top, ship))).steps.map(({ path }) => path)).toEqual([
      'a',
      'a/deploy',
      'a/note',
    ]);
    const round = workflow('top', `steps:\n${call('a', 'top')}`);
    expect(await faultsOf(head, given(round))).toMatchObject([
      { code: 'BadCall', path: 'steps[0].properties.workflow' },
    ]);
  });

  test('is checked by itself, with what it gives', async () => {
    const faults = await checkWorkflow(document(ship), {
      catalog: sampleCatalog(),
      expressions: sampleExpressions(),
    });
    expect(faults).toEqual([]);
  });
});
