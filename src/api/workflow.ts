import type { Json, JsonObject } from './json.ts';

/** Kinds and fields as reference documents of KubeVela name them; the fields marked "ours" are optional extensions. */
export const workflowApiVersion = 'core.oam.dev/v1alpha1';
export const definitionApiVersion = 'core.oam.dev/v1beta1';

export type Mode = 'StepByStep' | 'DAG';

export interface StepInput {
  readonly from: string;
  readonly parameterKey?: string;
}

export interface StepOutput {
  readonly name: string;
  readonly valueFrom: string;
  /** Ours: JSON Schema that the value must meet. */
  readonly schema?: JsonObject;
  /** Ours: the value is a secret; it is masked wherever it would be shown. */
  readonly sensitive?: boolean;
}

/** Ours. Absent: transient errors are retried 3 times after 1, 2 and 4 s. */
export interface RetryPolicy {
  /** Retries after the first attempt, 0 to 100. */
  readonly limit?: number;
  /** First delay as a Go duration; doubles up to `maxDelay`. */
  readonly delay?: string;
  readonly maxDelay?: string;
  /** HTTP status codes that count as transient for this step, such as 429 and 503. */
  readonly onStatus?: readonly number[];
}

export interface StepBase {
  readonly name: string;
  readonly type: string;
  readonly meta?: { readonly alias?: string };
  readonly if?: string;
  readonly timeout?: string;
  readonly dependsOn?: readonly string[];
  readonly inputs?: readonly StepInput[];
  readonly outputs?: readonly StepOutput[];
  readonly properties?: JsonObject;
  readonly retry?: RetryPolicy;
}

export interface WorkflowStep extends StepBase {
  readonly mode?: Mode;
  readonly subSteps?: readonly StepBase[];
}

export interface WorkflowRunSpec {
  readonly context?: JsonObject;
  readonly mode?: { readonly steps?: Mode; readonly subSteps?: Mode };
  readonly workflowSpec?: { readonly steps?: readonly WorkflowStep[] };
  readonly workflowRef?: string;
  /** Ours: Go duration for the whole run. */
  readonly timeout?: string;
}

export interface WorkflowRun {
  readonly apiVersion: string;
  readonly kind: 'WorkflowRun';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly [field: string]: Json | Readonly<Record<string, string>> | undefined;
  };
  readonly spec: WorkflowRunSpec;
}

/** Steps that must have succeeded for the run to count as passed, comma-separated. */
export const requireAnnotation = 'sluice.dev/require';
