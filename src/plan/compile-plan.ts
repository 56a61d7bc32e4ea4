import type { Fault } from '../api/fault.ts';
import { isObject } from '../api/json.ts';
import { modelBudgetAnnotation } from '../api/model-budget.ts';
import { requireAnnotation } from '../api/workflow.ts';
import type { ExpressionEngine } from '../expr/expression.ts';
import type { StepTypeCatalog } from '../step-types/step-type.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { allCalled } from './called-workflows.ts';
import { checkCondition } from './check-condition.ts';
import { checkCue } from './check-cue.ts';
import {
  checkCluster,
  checkModel,
  readRequired,
  type KnownClusters,
  checkModelBudget,
} from './check-environment.ts';
import { checkItems, knownItems } from './check-items.ts';
import { checkParameterTypes } from './check-input-type.ts';
import { checkInputs, type InputSource } from './check-inputs.ts';
import { checkHandOver, checkOutputs } from './check-outputs.ts';
import { OutputSchemaCheck } from './check-output-schema.ts';
import { checkParameters } from './check-parameters.ts';
import { checkWorkflowOutputs } from './check-workflow-outputs.ts';
import { checkUnbound } from './check-unbound.ts';
import { checkCycles } from './cycles.ts';
import type { DraftStep } from './draft-step.ts';
import { edgesOf, type Edges } from './edges.ts';
import { ParsedExpressions } from './expressions.ts';
import { FaultList } from './fault-list.ts';
import { checkStepTypes, findStepTypes } from './find-step-types.ts';
import { freezeStep } from './freeze-step.ts';
import { contextIn, type NameSpace } from './name-space.ts';
import { NameSpaces } from './name-spaces.ts';
import type { Plan } from './plan.ts';
import { checkHandlers, readHandlers } from './read-handlers.ts';
import { readWorkflowOutputs } from './read-call.ts';
import { readParameters } from './read-parameters.ts';
import { readRun, readWorkflow, type DraftRun } from './read-run.ts';
import { mentionedTypes, readSteps } from './read-steps.ts';
import type { StepIndex } from './step-index.ts';

export interface PlanDependencies {
  readonly catalog: StepTypeCatalog;
  readonly expressions: Pick<ExpressionEngine, 'parse'>;
  /** Workflows by name, for `workflowRef` and for steps that call one. */
  readonly workflows?: ReadonlyMap<string, SourceDocument>;
  /** Absent: any cluster name is fine. */
  readonly clusters?: KnownClusters;
  /** Whether a step that brings neither key nor address of its own can reach a model. Absent: it can. */
  readonly model?: 'available' | { readonly missing: string; readonly servers?: readonly string[] };
  /** Steps that must have succeeded, beside those of the annotation. */
  readonly require?: readonly string[];
}

export type CompiledPlan =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly Fault[] }
  /** Errors, and the warnings beside them. */
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Checks a WorkflowRun against the step types it names and freezes it. All faults are found at once; never throws for
 * what a document holds. A run with only a `generateName` gets that prefix as its name: the caller puts the name in first.
 */
export async function compilePlan(
  document: SourceDocument,
  dependencies: PlanDependencies,
): Promise<CompiledPlan> {
  const faults = new FaultList();
  const draft = readRun(document, dependencies.workflows ?? new Map(), faults);
  const plan = draft === undefined ? undefined : await compile(draft, dependencies, faults);
  if (plan === undefined || faults.hasErrors) return { ok: false, faults: faults.sorted() };
  return { ok: true, plan, warnings: faults.sorted() };
}

/** The faults of a Workflow by itself, as far as they do not depend on the run that names it. */
export async function checkWorkflow(
  document: SourceDocument,
  dependencies: PlanDependencies,
): Promise<readonly Fault[]> {
  const faults = new FaultList();
  const draft = readWorkflow(document, faults);
  if (draft !== undefined) await compile(draft, dependencies, faults);
  return faults.sorted();
}

async function compile(
  draft: DraftRun,
  dependencies: PlanDependencies,
  faults: FaultList,
): Promise<Plan | undefined> {
  if (draft.steps === undefined) return undefined;
  const { catalog } = dependencies;
  const workflows = dependencies.workflows ?? new Map<string, SourceDocument>();
  const called = await allCalled(
    draft.steps.value,
    async (name) => workflows.get(name),
    ({ value }) => value,
  );
  const values = [draft.steps.value, ...[...called.values()].map(({ value }) => value)].filter(isObject);
  const types = await findStepTypes(new Set(values.flatMap(mentionedTypes)), catalog);
  const parameters = await readParameters(draft);
  const { parameterSchema } = draft;
  const space: NameSpace = { caller: undefined, workflow: draft.workflow, parameterSchema, parameters };
  const steps = readSteps(draft.steps, draft.mode, space, {
    typeOf: (name) => types.typeOf(name),
    workflows,
  });
  const handlers = readHandlers(draft.steps);
  checkStepTypes(steps, types, catalog, faults);
  checkHandlers(steps);
  const spaces = new NameSpaces(space, steps);
  const edges = await checkSteps(draft, steps, spaces, dependencies);
  checkCycles(steps, edges);
  checkModelBudget(draft.document, draft.run.annotations[modelBudgetAnnotation], faults);
  const { run, mode, context = {}, timeoutMs, keeping } = draft;
  const required = readRequired(
    draft.document,
    run.annotations[requireAnnotation],
    dependencies.require ?? [],
    { ...spaces.own, steps },
    faults,
  );
  return {
    run,
    mode,
    context,
    ...(parameterSchema === undefined || parameters === undefined
      ? {}
      : { parameters: { schema: parameterSchema, values: parameters } }),
    timeoutMs,
    ...keeping,
    ...handlers,
    require: required,
    steps: steps.map((step) => freezeStep(step, edges)),
  };
}

async function checkSteps(
  draft: DraftRun,
  steps: readonly DraftStep[],
  spaces: NameSpaces,
  dependencies: PlanDependencies,
): Promise<ReadonlyMap<DraftStep, Edges>> {
  const { model } = dependencies;
  const clusters = dependencies.clusters && askedOnce(dependencies.clusters);
  const expressions = new ParsedExpressions(dependencies.expressions);
  const outputSchemas = new OutputSchemaCheck();
  const sources = new Map<DraftStep, readonly InputSource[]>();
  const edges = new Map<DraftStep, Edges>();
  for (const step of steps) {
    if (step.reader.faults.isFull) break;
    const index = spaces.of(step.space);
    const context = contextIn(step.space, draft.context);
    const inputs = checkInputs(step, index, context);
    sources.set(step, inputs);
    checkParameterTypes(step, index);
    await checkParameters(step);
    await checkItems(step, knownItems(step, context));
    await checkCue(step, expressions);
    await checkOutputs(step, context, expressions);
    await outputSchemas.check(step);
    const reads = await checkCondition(step, index, context, expressions);
    edges.set(step, edgesOf(step, index, inputs, reads));
    await checkCluster(step, clusters);
    checkModel(step, model);
  }
  checkUnbound(steps, sources, edges);
  for (const [space, index] of spaces.all()) {
    const own = index.steps.map((step) => [step, sources.get(step) ?? []] as const);
    const given = outputsTaken(draft, space, index);
    // oxlint-disable-next-line no-await-in-loop -- faults in the order of the text, and one engine parses them
    await checkHandOver(index, new Map(own), given, expressions);
  }
  return edges;
}

/** The outputs of steps that the workflow of a name space gives to its caller. */
function outputsTaken(draft: DraftRun, space: NameSpace, index: StepIndex): ReadonlySet<string> {
  const context = contextIn(space, draft.context);
  const { call } = space.caller ?? {};
  if (call !== undefined) return checkWorkflowOutputs(call.outputs, call.body, { space, index, context });
  const { steps: body, workflow } = draft;
  if (body === undefined || workflow === undefined) return new Set();
  return checkWorkflowOutputs(readWorkflowOutputs(body), body, { space, index, context });
}

function askedOnce(clusters: KnownClusters): KnownClusters {
  let names: ReturnType<KnownClusters['names']> | undefined;
  return {
    knows: (name) => clusters.knows?.(name) === true,
    names: () => (names ??= clusters.names()),
  };
}
