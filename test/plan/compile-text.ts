import type { Fault } from '../../src/api/fault.ts';
import { compilePlan, type CompiledPlan, type PlanDependencies } from '../../src/plan/compile-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readDocuments } from '../../src/yaml/read-documents.ts';
import type { SourceDocument } from '../../src/yaml/source-document.ts';
import { sampleCatalog } from './sample-catalog.ts';
import { sampleExpressions } from './sample-expressions.ts';

const catalog = sampleCatalog();

/** In a text of a test, stands before the place that a fault must have. */
const mark = '¦';

/** A run with these steps: each line of `text` under `steps:`, from line 8 on. */
export function runWith(steps: string, spec = ''): string {
  const head = 'apiVersion: core.oam.dev/v1alpha1\nkind: WorkflowRun\nmetadata:\n  name: run\nspec:\n';
  const more = spec === '' ? '' : `${indent(spec, 2)}\n`;
  return `${head}${more}  workflowSpec:\n    steps:\n${indent(steps, 6)}\n`;
}

export function document(text: string): SourceDocument {
  const [first] = readDocuments(text.replaceAll(mark, ''), 'run.yaml').documents;
  if (first === undefined) throw new Error(`not readable: ${text}`);
  return first;
}

export function compileText(
  text: string,
  dependencies: Partial<PlanDependencies> = {},
): Promise<CompiledPlan> {
  return compilePlan(document(text), {
    catalog,
    expressions: sampleExpressions(),
    ...dependencies,
  });
}

export async function planOf(text: string, dependencies: Partial<PlanDependencies> = {}): Promise<Plan> {
  const compiled = await compileText(text, dependencies);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults, null, 1));
  return compiled.plan;
}

export async function faultsOf(
  text: string,
  dependencies: Partial<PlanDependencies> = {},
): Promise<readonly Fault[]> {
  const compiled = await compileText(text, dependencies);
  return compiled.ok ? compiled.warnings : compiled.faults;
}

/** Line and column of the mark. */
export function marked(text: string): string {
  const offset = text.indexOf(mark);
  const before = text.slice(0, offset);
  return `${before.split('\n').length}:${offset - before.lastIndexOf('\n')}`;
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(by) + line))
    .join('\n');
}
