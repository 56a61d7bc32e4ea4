import type { Fault } from '../../api/fault.ts';
import { isObject, stringifyJson, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { OpRegistry } from '../../api/op-spec.ts';
import { modelBudgetAnnotation } from '../../api/model-budget.ts';
import { requireAnnotation } from '../../api/workflow.ts';
import type { ExpressionEngine } from '../../expr/expression.ts';
import { operatorModel, type ModelEnvironment } from '../../llm/settings/choose-server.ts';
import type { ModelSettings } from '../../llm/settings/model-settings.ts';
import { compilePlan } from '../../plan/compile-plan.ts';
import type { Plan } from '../../plan/plan.ts';
import { sha256 } from '../../runner/evaluate.ts';
import { finishPlan, modelAvailability } from '../../runner/finish-plan.ts';
import type { StepType, StepTypeCatalog } from '../../step-types/step-type.ts';
import type { RunWorkflows } from './run-workflows.ts';
import { jsonDocument } from '../../yaml/json-document.ts';

export interface PlannedRun {
  readonly plan: Plan;
  readonly stepTypes: ReadonlyMap<string, StepType>;
  readonly specDigest: string;
  /** The Workflow that `workflowRef` names. */
  readonly workflow: PinnedWorkflow | undefined;
  /** Those that its steps call, and that these call. */
  readonly called: readonly PinnedWorkflow[];
}

interface PinnedWorkflow {
  readonly name: string;
  readonly digest: string;
  readonly object: KubeObject;
}

export type Planned =
  | { readonly ok: true; readonly run: PlannedRun }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Step types as a run sees them. */
export interface CatalogView {
  readonly catalog: StepTypeCatalog;
  /** Another text when any step type in it has changed. */
  readonly version: string;
}

export interface PlannerParts {
  readonly ops: OpRegistry;
  readonly expressions: Pick<ExpressionEngine, 'parse'>;
  readonly env: ModelEnvironment;
  settings(namespace: string): Promise<ModelSettings>;
  readonly offlineAllowed: boolean;
}

/** Plans of so many different specs are kept: runs of one workflow share theirs. */
const keptPlans = 500;
/** Places of faults name the object, not a file: every run of a spec shares one plan. */
const placeName = 'WorkflowRun';

interface Modelling {
  readonly model: string | undefined;
  readonly availability: ReturnType<typeof modelAvailability>;
}

/** Plans runs, once for each spec. */
export class Planner {
  readonly #parts: PlannerParts;
  readonly #plans = new Map<string, Promise<Planned>>();

  constructor(parts: PlannerParts) {
    this.#parts = parts;
  }

  /** Checks a run against the step types it sees. Never throws for what the objects hold. */
  async plan(object: KubeObject, view: CatalogView, workflows: RunWorkflows): Promise<Planned> {
    const { metadata } = object;
    const spec = stringifyJson(isObject(object['spec']) ? object['spec'] : {});
    const read = [requireAnnotation, modelBudgetAnnotation];
    const notes = read.map((name) => metadata.annotations?.[name] ?? '');
    const { named, called } = workflows;
    const texts = [...(named === undefined ? [] : [named]), ...called.values()].map(textOfWorkflow);
    const modelling = await this.#modelling(metadata.namespace ?? 'default');
    const key = sha256(
      [spec, ...notes, stringifyJson(texts), view.version, stringifyJson(modelling)].join('\n'),
    );
    const known = this.#plans.get(key);
    const planning = known ?? this.#compile(object, sha256(spec), view, workflows, modelling);
    // The newest stands last; the oldest goes first.
    this.#plans.delete(key);
    this.#plans.set(key, planning);
    // What could not be compiled for want of a CUE worker is compiled at the next try.
    if (known === undefined) planning.catch(() => this.#plans.delete(key));
    if (this.#plans.size > keptPlans) {
      const [oldest] = this.#plans.keys();
      if (oldest !== undefined) this.#plans.delete(oldest);
    }
    const planned = await planning;
    if (!planned.ok) return planned;
    const { name = '', namespace = 'default', labels = {}, annotations = {} } = metadata;
    const plan = { ...planned.run.plan, run: { name, namespace, labels, annotations } };
    return { ok: true, run: { ...planned.run, plan } };
  }

  /**
   * What a plan depends on of the operator's settings for models, which may change. Where they cannot be read, steps that ask a
   * model will say so; the others go on.
   */
  async #modelling(namespace: string): Promise<Modelling> {
    const { env, offlineAllowed } = this.#parts;
    const settings = await this.#parts.settings(namespace).catch(() => undefined);
    if (settings === undefined) return { model: undefined, availability: 'available' };
    return {
      model: operatorModel(env, settings),
      availability: modelAvailability({ env, settings, offlineAllowed }),
    };
  }

  async #compile(
    object: KubeObject,
    specDigest: string,
    { catalog }: CatalogView,
    { named, called }: RunWorkflows,
    { model, availability }: Modelling,
  ): Promise<Planned> {
    const { expressions } = this.#parts;
    // Status and labels are none of the plan's business, and most of the text.
    const { apiVersion, kind } = object;
    const { name = '', namespace = 'default', annotations = {} } = object.metadata;
    const value = { apiVersion, kind, metadata: { name, namespace, annotations }, spec: object['spec'] };
    const compiled = await compilePlan(jsonDocument(value as unknown as JsonObject, placeName), {
      catalog,
      expressions,
      workflows: new Map(
        [...(named === undefined ? [] : [named]), ...called.values()].map((workflow) => [
          workflow.metadata.name ?? '',
          jsonDocument(workflow as unknown as JsonObject, `Workflow ${workflow.metadata.name}`),
        ]),
      ),
      model: availability,
    });
    if (!compiled.ok) return { ok: false, faults: compiled.faults };
    const stepTypes = new Map<string, StepType>();
    for (const { type } of compiled.plan.steps) {
      const found = stepTypes.has(type) ? undefined : await catalog.find(type);
      if (found?.ok === true) stepTypes.set(type, found.stepType);
    }
    const plan = finishPlan(compiled.plan, model === undefined ? {} : { model }, stepTypes);
    return {
      ok: true,
      run: {
        plan,
        stepTypes,
        specDigest,
        workflow: named === undefined ? undefined : pinned(named),
        called: [...called.values()].map(pinned),
      },
    };
  }
}

function pinned(workflow: KubeObject): PinnedWorkflow {
  return {
    name: workflow.metadata.name ?? '',
    digest: digestOfWorkflow(workflow),
    object: workflowBody(workflow),
  };
}

/** What of a Workflow counts for a run: not who wrote it, and when. */
function workflowBody({ apiVersion, kind, metadata, ...rest }: KubeObject): KubeObject {
  const { name, namespace } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { ...(name === undefined ? {} : { name }), ...(namespace === undefined ? {} : { namespace }) },
    ...rest,
  };
}

/** Faults that pass when what was applied beside the run becomes visible. */
export function mayPass(faults: readonly Fault[]): boolean {
  const errors = faults.filter(({ severity }) => severity === 'error');
  return errors.length > 0 && errors.every(({ code }) => stillToCome.has(code));
}

/** What is applied together with a run may be heard of a moment later. */
export const stillToCome: ReadonlySet<string> = new Set([
  'UnknownStepType',
  'UnknownWorkflow',
  'UnknownPackage',
]);

function textOfWorkflow(workflow: KubeObject): string {
  return stringifyJson(workflowBody(workflow));
}

/** By which a run pins the Workflow that it names. */
export function digestOfWorkflow(workflow: KubeObject): string {
  return sha256(textOfWorkflow(workflow));
}
