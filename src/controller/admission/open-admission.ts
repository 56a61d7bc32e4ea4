import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../api/fault.ts';
import type { Json, JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { definitionApiVersion, packageApiVersion, workflowApiVersion } from '../../api/workflow.ts';
import { allCalled, bodyOf } from '../../plan/called-workflows.ts';
import { checkWorkflow, compilePlan, type PlanDependencies } from '../../plan/compile-plan.ts';
import type { CuePackage } from '../../cue/user-package.ts';
import type { CompileParts } from '../../step-types/compile-step-type.ts';
import { checkPackage } from '../../step-types/packages/check-package.ts';
import type { StepTypeCatalog } from '../../step-types/step-type.ts';
import { jsonDocument } from '../../yaml/json-document.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { stillToCome } from '../run/plan-run.ts';
import { workflowRefOf } from '../run/run-workflows.ts';
import { checkDefinition } from './check-definition.ts';

export interface AdmissionParts extends CompileParts {
  readonly expressions: PlanDependencies['expressions'];
  /** Step types as a run of this namespace sees them. */
  stepTypes(namespace: string): StepTypeCatalog;
  /** What step types of this namespace may import. */
  packages(namespace: string): readonly CuePackage[];
  /** The Workflow of that name; undefined when there is none. */
  workflow(namespace: string, name: string): Promise<KubeObject | undefined>;
  /** As in a plan; absent: a model can be reached. */
  readonly model?: (namespace: string) => Promise<NonNullable<PlanDependencies['model']>>;
  /**
   * Something that is named and not there is looked for again after each of these pauses: it may have been applied a moment
   * ago, and be on its way here. Default 100, 300 and 600 ms.
   */
  readonly pausesMs?: readonly number[];
}

/** The faults of an object as the API has it; empty for what is none of the four kinds. */
export type Validate = (object: JsonObject, namespace: string) => Promise<readonly Fault[]>;

const defaultPausesMs: readonly number[] = [100, 300, 600];

/**
 * Checks a WorkflowRun, Workflow, WorkflowStepDefinition or Package as `sluice vet` does: every fault at once, warnings among them.
 * Never throws for what an object holds; passes on what `workflow` throws.
 */
export function openAdmission(parts: AdmissionParts): Validate {
  const pausesMs = parts.pausesMs ?? defaultPausesMs;
  const check = async (object: JsonObject, namespace: string): Promise<readonly Fault[]> => {
    switch (kindOf(object)) {
      case `${workflowApiVersion} WorkflowRun`:
        return checkRun(object, namespace, parts);
      case `${workflowApiVersion} Workflow`:
        return checkWorkflow(jsonDocument(object, 'Workflow'), {
          ...(await dependencies(namespace, parts)),
          workflows: await documentsOf(object, undefined, namespace, parts),
        });
      case `${definitionApiVersion} WorkflowStepDefinition`:
        return checkDefinition(object, parts.packages(namespace), parts);
      case `${packageApiVersion} Package`:
        return checkPackage(jsonDocument(object, 'Package'), parts.packages(namespace), parts);
      default:
        return [];
    }
  };
  return async (object, namespace) => {
    let faults = await check(object, namespace);
    for (const pauseMs of pausesMs) {
      if (!faults.some(mayAppear)) break;
      await sleep(pauseMs);
      faults = await check(object, namespace);
    }
    return faults;
  };
}

async function checkRun(
  object: JsonObject,
  namespace: string,
  parts: AdmissionParts,
): Promise<readonly Fault[]> {
  const name = workflowRefOf(object['spec']);
  const workflow = name === undefined ? undefined : await parts.workflow(namespace, name);
  const compiled = await compilePlan(jsonDocument(object, 'WorkflowRun'), {
    ...(await dependencies(namespace, parts)),
    workflows: await documentsOf(object, workflow, namespace, parts),
  });
  return compiled.ok ? compiled.warnings : compiled.faults;
}

/** The Workflow that a run names, and those that are called, by name. */
async function documentsOf(
  object: JsonObject,
  named: KubeObject | undefined,
  namespace: string,
  parts: AdmissionParts,
): Promise<ReadonlyMap<string, SourceDocument>> {
  const asJson = (each: KubeObject): Json => each as unknown as Json;
  const body = bodyOf(named === undefined ? object : asJson(named));
  const called = await allCalled(body, (name) => parts.workflow(namespace, name), asJson);
  const all = [...(named === undefined ? [] : [named]), ...called.values()];
  return new Map(
    all.map((each) => {
      const name = each.metadata.name ?? '';
      return [name, jsonDocument(each as unknown as JsonObject, `Workflow ${name}`)];
    }),
  );
}

async function dependencies(
  namespace: string,
  { expressions, model, ...parts }: AdmissionParts,
): Promise<PlanDependencies> {
  return {
    expressions,
    catalog: parts.stepTypes(namespace),
    ...(model === undefined ? {} : { model: await model(namespace) }),
  };
}

function kindOf({ apiVersion, kind }: JsonObject): string {
  return `${text(apiVersion)} ${text(kind)}`;
}

function mayAppear({ code }: Fault): boolean {
  return stillToCome.has(code);
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
