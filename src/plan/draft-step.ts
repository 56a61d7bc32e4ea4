import type { Json, JsonObject } from '../api/json.ts';
import type { Mode } from '../api/workflow.ts';
import type { StepType } from '../step-types/step-type.ts';
import type { FieldPath } from '../yaml/source-document.ts';
import type { FieldReader } from './field-reader.ts';
import type { NameSpace } from './name-space.ts';
import type { HandlerSection, PlannedRetry } from './plan.ts';

/** A step as its author wrote it, fields of the wrong type left out. */
export interface DraftStep {
  /** Stands at the step in its document. */
  readonly reader: FieldReader;
  readonly name: string;
  /** `deploy`, `group/deploy`, or `caller/deploy` for a step of a Workflow that is called. */
  readonly path: string;
  /** The workflow that it is a step of. */
  readonly space: NameSpace;
  readonly type: string;
  /** Of a call: with what its Workflow takes and gives. Undefined when there is no such type, or it has faults. */
  readonly stepType: StepType | undefined;
  readonly isGroup: boolean;
  readonly parent: DraftStep | undefined;
  /** Undefined for the run's own steps. */
  readonly section: HandlerSection | undefined;
  /** Among its siblings; handlers count on from the steps before them. */
  readonly position: number;
  readonly siblingMode: Mode;
  readonly condition: string | undefined;
  readonly dependsOn: readonly { readonly value: string; readonly index: number }[];
  readonly requires: readonly { readonly value: string; readonly index: number }[];
  readonly inputs: readonly DraftInput[];
  readonly outputs: readonly DraftOutput[];
  readonly properties: JsonObject;
  readonly timeoutMs: number | undefined;
  readonly retry: PlannedRetry;
  /** Its list may be one of the inputs. */
  readonly loop: DraftLoop | undefined;
  /** Of a step that calls a Workflow which is there: a group, whose sub-steps are those of the Workflow. */
  readonly call: DraftCall | undefined;
}

export interface DraftCall {
  readonly workflow: string;
  /** Stands at the Workflow. */
  readonly body: FieldReader;
  readonly mode: { readonly steps: Mode; readonly subSteps: Mode };
  /** JSON Schema of its parameters. Undefined: it declares none. */
  readonly parameterSchema: JsonObject | undefined;
  readonly outputs: readonly DraftWorkflowOutput[];
}

/** One of the `outputs` of a Workflow. */
export interface DraftWorkflowOutput {
  readonly name: string;
  readonly from: string;
  /** Where it stands in the Workflow. */
  readonly at: FieldPath;
}

/** `forEach` of a step. */
export interface DraftLoop {
  /** A literal list, or the combinations of a matrix. */
  readonly items: readonly Json[] | undefined;
  /** What else the list comes from. */
  readonly from: string | undefined;
  readonly maxParallel: number;
  readonly failFast: boolean;
  readonly minItems: number;
}

export interface DraftInput {
  /** Where it stands, below the step. */
  readonly at: FieldPath;
  readonly from: string;
  readonly parameterKey: string | undefined;
  /** `parameterKey` as a path; undefined when there is none or it is no path. */
  readonly target: readonly (string | number)[] | undefined;
}

export interface DraftOutput {
  readonly index: number;
  readonly name: string;
  readonly valueFrom: string;
  readonly schema: JsonObject | undefined;
  readonly sensitive: boolean;
}
