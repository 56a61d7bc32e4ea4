import { describe, expect, test } from 'vitest';
import { stringifyJson, type Json } from '../../src/api/json.ts';
import type { Fault } from '../../src/api/fault.ts';
import { faultsOf } from './compile-text.ts';

const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

function faultsOfSteps(steps: readonly Json[], spec: Record<string, Json> = {}): Promise<readonly Fault[]> {
  const run = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name: 'a' },
    spec: { ...spec, workflowSpec: { steps } },
  };
  return faultsOf(stringifyJson(run));
}

describe('a run of very many faults, or of very many of anything', () => {
  test.each([['inputs'], ['outputs'], ['dependsOn']])('too many %s', async (field) => {
    const faults = await faultsOfSteps([{ type: 'open', [field]: many(1001, (index) => `x${index}`) }]);
    expect(faults).toMatchObject([
      { code: 'TooManyItems', message: `\`${field}\` has 1001 items; at most 1000 are allowed in a step` },
    ]);
  });

  test('a hundred errors are told, and a hundred warnings', async () => {
    const steps = many(2, (step) => ({
      name: `s${step}`,
      type: 'open',
      dependsOn: many(200, (index) => `x${index}`),
      outputs: many(200, (index) => ({ name: `o${step}-${index}`, valueFrom: 'x' })),
    }));
    const faults = await faultsOfSteps(steps);
    expect(faults.filter(({ severity }) => severity === 'error')).toHaveLength(100);
    expect(faults.filter(({ severity }) => severity === 'warning')).toHaveLength(100);
  });

  test('every step depends on every step', async () => {
    const names = many(100, (index) => `s${index}`);
    const faults = await faultsOfSteps(
      names.map((name) => ({ name, type: 'open', dependsOn: names })),
      { mode: { steps: 'DAG' } },
    );
    expect(faults.every(({ code }) => code === 'DependencyCycle')).toBe(true);
    expect(faults.length).toBeGreaterThan(0);
  });

  test('what is quoted in a message is cut', async () => {
    const faults = await faultsOfSteps([{ name: 'a', type: 'b'.repeat(500_000), if: 'c'.repeat(500_000) }]);
    expect(faults.map(({ code }) => code).toSorted()).toEqual(['UnknownReference', 'UnknownStepType']);
    for (const { message } of faults) expect(message.length).toBeLessThan(1100);
  });

  test.each([
    ['dots', '.'.repeat(500_000)],
    ['indices', `context${'[0]'.repeat(200_000)}`],
    ['segments', `context${'.a'.repeat(200_000)}`],
  ])('an input from very many %s', async (_name, from) => {
    expect(await faultsOfSteps([{ type: 'open', inputs: [{ from }] }])).toMatchObject([
      { severity: 'error', path: 'spec.workflowSpec.steps[0].inputs[0].from' },
    ]);
  });
});
