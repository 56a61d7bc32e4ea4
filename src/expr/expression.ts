import type { Json, JsonObject } from '../api/json.ts';

/** Why an expression or a template could not be evaluated. Lines and columns count from 1 in the author's own text. */
export interface ExprFault {
  readonly kind:
    | 'syntax'
    | 'import'
    /** Wrong whatever the values: unknown reference, conflict, bad argument. */
    | 'evaluation'
    /** Needs a value that is not there. */
    | 'incomplete'
    /** A parameter is missing, of the wrong type, or unknown. */
    | 'parameter'
    /** Past its time, memory or size limit. */
    | 'runaway'
    | 'bug';
  readonly message: string;
  /** Field path inside the template or parameter, where known. */
  readonly path?: string;
  readonly at?: { readonly source: string; readonly line: number; readonly column: number };
  readonly hint?: string;
}

export type Evaluated =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly faults: readonly ExprFault[] };

/** What an `if:` sees. */
export interface ConditionScope {
  readonly status: JsonObject;
  readonly inputs: JsonObject;
  readonly context: JsonObject;
  readonly parameter: JsonObject;
}

/** A dotted or indexed reference that an expression makes, such as `status["my-step"].failed`: its steps as strings. */
export interface Reference {
  readonly segments: readonly string[];
  readonly line: number;
  readonly column: number;
}

/** The result of parsing alone, for the plan. */
export type Parsed =
  | { readonly ok: true; readonly references: readonly Reference[]; readonly imports: readonly string[] }
  | { readonly ok: false; readonly faults: readonly ExprFault[] };

/** Evaluates what a run's author writes. Every call is bounded in time and memory and has no effect. */
export interface ExpressionEngine {
  /** Syntax and references of an `if:` or a `valueFrom`, without evaluating it. */
  parse(expression: string): Promise<Parsed>;
  /** An `if:`, or a `valueFrom` over plain data: the fields of `scope` are the names in scope. */
  evaluate(scope: JsonObject, expression: string): Promise<Evaluated>;
  close(): Promise<void>;
}
