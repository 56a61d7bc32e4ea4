import { expect, test } from 'vitest';
import { defaultRetry } from '../../src/plan/plan.ts';
import { planOf, runWith } from './compile-text.ts';

test('unnamed steps are called by their position, as in KubeVela', async () => {
  const plan = await planOf(
    runWith(
      '- type: suspend\n- type: step-group\n  subSteps:\n  - type: suspend\n  - name: x\n    type: suspend',
    ),
  );
  expect(plan.steps.map(({ path, name }) => [path, name])).toEqual([
    ['step-0', 'step-0'],
    ['step-1', 'step-1'],
    ['step-1/step-1-0', 'step-1-0'],
    ['step-1/x', 'x'],
  ]);
});

test('every field of a step reaches the plan', async () => {
  const plan = await planOf(
    runWith(
      [
        '- name: g',
        '  type: step-group',
        '  mode: StepByStep',
        '  if: always',
        '  subSteps:',
        '  - name: a',
        '    type: notify',
        '    meta: {alias: A}',
        '    timeout: 1m30s',
        '    retry: {limit: 7, delay: 500ms, maxDelay: 2s, onStatus: [429]}',
        '    properties: {message: hi}',
        '    outputs: [{name: id, valueFrom: id, schema: {type: string}, sensitive: true}]',
        '- name: b',
        '  type: notify',
        '  dependsOn: [g]',
        '  inputs: [{from: id, parameterKey: message}]',
        '  if: |',
        '    status.a.succeeded &&',
        '    inputs.id != ""',
      ].join('\n'),
    ),
  );
  expect(plan.steps).toEqual([
    expect.objectContaining({
      path: 'g',
      kind: 'group',
      parent: undefined,
      siblingMode: 'StepByStep',
      after: [],
      timeoutMs: undefined,
    }),
    {
      path: 'g/a',
      name: 'a',
      type: 'notify',
      kind: 'template',
      parent: 'g',
      siblingMode: 'StepByStep',
      condition: undefined,
      conditionReads: [],
      after: [],
      dependsOn: [],
      inputs: [],
      outputs: [
        {
          name: 'id',
          valueFrom: { text: 'id', place: expect.objectContaining({ line: 19 }) as unknown },
          schema: { type: 'string' },
          sensitive: true,
        },
      ],
      properties: { message: 'hi' },
      timeoutMs: 90_000,
      retry: { ...defaultRetry, limit: 7, delayMs: 500, maxDelayMs: 2000, onStatus: [429] },
      isGate: false,
      requires: [],
      place: { file: 'run.yaml', line: 13, column: 11, path: 'spec.workflowSpec.steps[0].subSteps[0]' },
    },
    expect.objectContaining({
      path: 'b',
      after: ['g', 'g/a'],
      dependsOn: ['g'],
      inputs: [{ from: 'id', parameterKey: 'message' }],
      condition: {
        text: 'status.a.succeeded &&\ninputs.id != ""\n',
        place: expect.objectContaining({ line: 25, column: 11 }) as unknown,
      },
      retry: defaultRetry,
    }),
  ]);
});
