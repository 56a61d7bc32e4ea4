import type { Json, JsonObject } from '../api/json.ts';
import type { ObjectRef } from '../api/kube-object.ts';
import type { Evaluated, ExprFault } from './expression.ts';

/** The result of one op, as the journal keeps it while its step is open. */
export interface Recorded {
  /** Where the op stands in its template: a CUE path (`fail.requestFail`) or the id of a YAML op. */
  readonly path: string;
  /** Name in the op registry. */
  readonly op: string;
  /** CUE only: results merged beside the request, or under `$returns`. */
  readonly style: 'inline' | 'returns';
  readonly result: Json;
  readonly watch?: readonly ObjectRef[];
}

export interface TemplateInput {
  readonly parameter: JsonObject;
  readonly context: JsonObject;
  readonly recorded: readonly Recorded[];
}

/** What a template wants next. */
export type Turn =
  | {
      readonly kind: 'op';
      readonly path: string;
      readonly op: string;
      readonly style: 'inline' | 'returns';
      readonly params: JsonObject;
      /** For `wait`: paths of recorded ops whose change can end it. */
      readonly deps: readonly string[];
    }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly faults: readonly ExprFault[] };

/** A compiled step type, YAML or CUE. A pure function of its input: it may be asked again at any time. */
export interface Template {
  next(input: TemplateInput): Promise<Turn>;
  /**
   * Evaluates a `valueFrom` against what the template has come to. Works on an unfinished template too (a step that
   * timed out), where what depends on an op without a result is incomplete.
   */
  value(input: TemplateInput, valueFrom: string): Promise<Evaluated>;
}
