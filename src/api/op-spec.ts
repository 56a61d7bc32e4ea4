import type { Json, JsonObject } from './json.ts';
import type { ObjectRef } from './kube-object.ts';
import type { GateRefusal, KeptVerdict } from './kept-verdict.ts';
import type { ModelUse } from './model-use.ts';

/** What a crash between an effect and its record means: do it again (safe), or fail the step because it may have happened. */
export type OnUnknown = 'retry' | 'fail';

/** The facts of an op that plan, compiler and engine need; what it does stands in `ops/`. */
export interface OpSpec {
  /** Name in a YAML step type, such as `http` or `apply`. */
  readonly name: string;
  /** How CUE templates call it: `#provider` and `#do` of the host packages. */
  readonly cue: readonly { readonly provider: string; readonly do: string }[];
  readonly description: string;
  /** JSON Schema of the parameters; `additionalProperties: false`. `sensitive: true` marks values to mask. */
  readonly params: JsonObject;
  /** JSON Schema of the result, used to check paths in step types before anything runs. */
  readonly result: JsonObject;
  /** `control` ops are decided by the engine itself and reach no performer. */
  readonly needs: 'control' | 'cluster' | 'network' | 'nothing';
  /** Whether the effect may be done twice without harm, given its parameters. An op that is not has its intent stored first. */
  onUnknown(params: JsonObject): OnUnknown;
  /** The op only reads: no intent, and a wait may repeat it. */
  readonly pure: boolean;
  /** Its outcome carries a verdict: a step type that calls it is a gate. */
  readonly givesVerdict?: true;
  /** It always asks a model; `http` does when its address or its parameters say so. */
  readonly callsModel?: true;
  /**
   * What the schema of a parameter cannot say about a policy: for step types that hand their whole parameter over as
   * `with.policy`, asked when a run is planned. `isFilled` tells what an input will fill; nothing is known of that yet.
   */
  readonly checkPolicy?: (
    parameter: JsonObject,
    isFilled: (path: readonly (string | number)[]) => boolean,
  ) => readonly PolicyRemark[];
  /**
   * The result as CUE templates of a style look for it, where KubeVela's packages name it otherwise than `result` does:
   * beside the request (`inline`) or under `$returns`. Undefined: as it is. The journal keeps the result itself.
   */
  cueResult?(result: Json, style: 'inline' | 'returns'): Json;
}

/** One thing that is wrong with a policy, or allowed and unwise (a warning). The path is inside the parameter. */
export interface PolicyRemark {
  readonly path: readonly (string | number)[];
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What performing an op came to. */
export type OpOutcome =
  | {
      readonly kind: 'ok';
      readonly result: Json;
      /** Objects whose change makes the result stale; a wait that depends on this op watches them. */
      readonly watch?: readonly ObjectRef[];
      /** Said once on standard error and kept in the step's log, such as which model endpoint was chosen. */
      readonly notice?: string;
      /** What models were paid for it; kept with the step. */
      readonly use?: ModelUse;
      /** Of a gate; kept with the step. */
      readonly verdict?: KeptVerdict;
    }
  | {
      readonly kind: 'error';
      readonly class: 'transient' | 'terminal' | 'indeterminate';
      readonly message: string;
      readonly retryAfterMs?: number;
      /** It may have happened, and repeating it is safe: the repeat is the same attempt and keeps its key. */
      readonly isRepeat?: true;
      /** A call that failed may have been paid for. */
      readonly use?: ModelUse;
      /** A gate that the step requires did not let it happen. */
      readonly refused?: GateRefusal;
    };

/** All ops by name; `step-types/`, `plan/` and `engine/` receive it as an argument. */
export type OpRegistry = ReadonlyMap<string, OpSpec>;
