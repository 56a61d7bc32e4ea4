import { expect } from 'vitest';
import type { PlanDependencies } from '../../src/plan/compile-plan.ts';
import { faultsOf, marked, runWith } from './compile-text.ts';

export interface FaultRow {
  readonly name: string;
  /** `¦` marks the place of the fault. */
  readonly text: string;
  readonly code: string;
  readonly path: string;
  readonly says: RegExp;
  readonly suggestion?: string;
  readonly severity?: 'warning';
  readonly dependencies?: Partial<PlanDependencies>;
}

type StepRow = Omit<FaultRow, 'text' | 'path'> & {
  /** YAML of the list of steps. */
  readonly steps: string;
  /** YAML of further fields of the spec. */
  readonly spec?: string;
  /** Below `spec.workflowSpec.steps`. */
  readonly at: string;
};

/** A row about steps. */
export function stepRow({ steps, spec, at, ...row }: StepRow): FaultRow {
  return { ...row, text: runWith(steps, spec), path: `spec.workflowSpec.steps${at}` };
}

/** Expects exactly the fault of the row, warnings about outputs that nothing takes aside. */
export async function expectFault(row: FaultRow): Promise<void> {
  const faults = await faultsOf(row.text, row.dependencies);
  const others = faults.filter(({ code }) => code !== 'UnusedOutput' || row.code === 'UnusedOutput');
  expect(
    others.map((fault) => [`${fault.line}:${fault.column}`, fault.code, fault.severity, fault.path]),
  ).toEqual([[marked(row.text), row.code, row.severity ?? 'error', row.path]]);
  expect(others[0]?.message).toMatch(row.says);
  expect(others[0]?.suggestion).toBe(row.suggestion);
}
