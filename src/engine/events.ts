import type { Json, JsonObject } from '../api/json.ts';
import type { RequiredVerdict } from '../api/kept-verdict.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { ConditionScope, Evaluated } from '../expr/expression.ts';
import type { Recorded, TemplateInput, Turn } from '../expr/template.ts';
import type { PlannedExpression, PlannedOutput } from '../plan/plan.ts';

/** What happened. Answers to effects that are no longer wanted are ignored. */
export type Event =
  | { readonly kind: 'start' }
  /** A new process has loaded the state: whatever was under way is asked for again. */
  | { readonly kind: 'recover' }
  | { readonly kind: 'time' }
  | { readonly kind: 'parameters'; readonly step: string; readonly result: Evaluated }
  | { readonly kind: 'condition'; readonly step: string; readonly result: Evaluated }
  | {
      readonly kind: 'turn';
      readonly step: string;
      readonly turn: number;
      readonly result: Turn;
      /** Digest of the op's params. */
      readonly digest: string;
    }
  | { readonly kind: 'op'; readonly step: string; readonly key: string; readonly outcome: OpOutcome }
  | {
      readonly kind: 'observed';
      readonly step: string;
      readonly turn: number;
      /** Fresh results by op path; a path that could not be read is left out. */
      readonly results: Readonly<Record<string, Json>>;
    }
  | {
      readonly kind: 'outputs';
      readonly step: string;
      readonly results: readonly { readonly name: string; readonly result: Evaluated }[];
    }
  | {
      readonly kind: 'command';
      readonly seq: number;
      /** `replace`: another run of the group wants its place. Of a run that is being ended already it changes nothing. */
      readonly command: 'suspend' | 'resume' | 'terminate' | 'replace';
      readonly step?: string;
    }
  /** Of a run with a concurrency group: whether it may go on. */
  | { readonly kind: 'group'; readonly turn: GroupTurn };

/** What a run is told that asks to be let into its group. */
export type GroupTurn =
  | { readonly kind: 'entered' }
  /** `holder` is the name of the run at work, or of the first in line. */
  | { readonly kind: 'waits'; readonly holder: string }
  /** Only of a run that was never let in. */
  | { readonly kind: 'refused'; readonly message: string };

/** What is to be done. Effects of kind `evaluate-*` have no effect on the world and are never stored. */
export type Effect =
  | {
      readonly kind: 'evaluate-condition';
      readonly step: string;
      readonly expression: PlannedExpression;
      readonly scope: ConditionScope;
    }
  /** The answer has the value with the defaults of the schema. */
  | {
      readonly kind: 'evaluate-parameters';
      readonly step: string;
      readonly schema: JsonObject;
      readonly value: Json;
    }
  | {
      readonly kind: 'evaluate-turn';
      readonly step: string;
      readonly turn: number;
      readonly input: TemplateInput;
      /** The parameter is to be checked against the step type's schema before the template is asked. */
      readonly checkParameter: boolean;
    }
  | {
      readonly kind: 'evaluate-outputs';
      readonly step: string;
      readonly input: TemplateInput;
      readonly outputs: readonly PlannedOutput[];
      /** What a `valueFrom` sees beside `parameter` and `context`, of a step that calls a Workflow. */
      readonly results?: JsonObject;
    }
  | {
      readonly kind: 'perform';
      readonly step: string;
      readonly key: string;
      readonly op: string;
      readonly path: string;
      readonly params: JsonObject;
      /** The state that holds the intent must be stored before this is performed. */
      readonly storeFirst: boolean;
      /** Of a step with `requires`: the verdict of each gate. What is applied must be what they judged. */
      readonly verdicts?: readonly RequiredVerdict[];
    }
  | {
      readonly kind: 'observe';
      readonly step: string;
      readonly turn: number;
      readonly recorded: readonly Recorded[];
      readonly pollAtMs: number;
    }
  /** Abandon whatever is under way for the step. */
  | { readonly kind: 'cancel'; readonly step: string }
  | {
      readonly kind: 'log';
      readonly step: string;
      readonly key: string;
      readonly text: string;
      readonly notice?: boolean;
    };
