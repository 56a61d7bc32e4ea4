import type { Fault } from '../api/fault.ts';
import type { Json } from '../api/json.ts';
import { allCalled, bodyOf } from '../plan/called-workflows.ts';
import { checkWorkflow, type PlanDependencies } from '../plan/compile-plan.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import type { FileDocument, InputDocuments } from './input-documents.ts';

type Workflows = InputDocuments['workflows'];

/** The Workflows that the steps of a run, or of a Workflow, call, and that these call, by name. */
export async function calledBy(value: Json, workflows: Workflows): Promise<Workflows> {
  const find = async (name: string): Promise<FileDocument | undefined> => workflows.get(name);
  return allCalled(bodyOf(value), find, ({ document }) => document.value);
}

/** Workflows as a plan takes them. */
export function documentsOf(workflows: Workflows): ReadonlyMap<string, SourceDocument> {
  return new Map([...workflows].map(([name, { document }]) => [name, document]));
}

/** Faults of the Workflows that no run in the same files needs, each by itself. */
export async function loneWorkflowFaults(
  workflows: Workflows,
  runs: readonly FileDocument[],
  namedBy: (run: FileDocument) => FileDocument | undefined,
  dependencies: PlanDependencies,
): Promise<readonly Fault[]> {
  const needed = new Set<FileDocument>();
  for (const run of runs) {
    const named = namedBy(run);
    if (named !== undefined) needed.add(named);
    // oxlint-disable-next-line no-await-in-loop -- it waits for nothing: all are in memory
    const called = await calledBy((named ?? run).document.value, workflows);
    for (const file of called.values()) needed.add(file);
  }
  const lone = [...workflows.values()].filter((file) => !needed.has(file));
  const found = await Promise.all(lone.map(({ document }) => checkWorkflow(document, dependencies)));
  return found.flat();
}
