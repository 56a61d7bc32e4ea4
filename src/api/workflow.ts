/** Groups and versions as KubeVela names them; the fields of the kinds stand in `schema/`. */
export const workflowApiVersion = 'core.oam.dev/v1alpha1';
export const definitionApiVersion = 'core.oam.dev/v1beta1';
/** Of `kind: Package`, functions that CUE templates import. */
export const packageApiVersion = 'cue.oam.dev/v1alpha1';
/** Of `kind: Gate`, a gate on its own. */
export const gateApiVersion = 'sluice.dev/v1alpha1';

export type Mode = 'StepByStep' | 'DAG';

export interface StepInput {
  /** An output's name, a path into one, or a path into `context` or `parameter`. */
  readonly from: string;
  /** Where in the step's parameter it goes; absent, it is only there for the `if:`. */
  readonly parameterKey?: string;
}

/** Steps that must have succeeded for the run to count as passed, comma-separated. */
export const requireAnnotation = 'sluice.dev/require';
