/** One fault of an input, as `vet` prints it. Lines and columns count from 1. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Field path in the document, such as `spec.workflowSpec.steps[2].if`. */
  readonly path: string;
  /** Stable PascalCase name, such as `UnknownStepType`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly suggestion?: string;
}
