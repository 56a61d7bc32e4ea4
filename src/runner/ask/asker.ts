import type { JsonObject } from '../../api/json.ts';
import type { ModelUse } from '../../api/model-use.ts';
import type { EvidenceItem } from '../../evidence/item.ts';
import type { ObjectName } from '../../evidence/masking/object-names.ts';
import type { ModelQuestion } from '../../llm/model-service.ts';
import type { PreparedEvidence } from '../../evidence/prepare/prepare-evidence.ts';

/** One question to a model outside of a run. Nothing in it is masked yet: the asker does that. */
export interface EvidenceQuestion {
  /** What asks, for people and previews: `explain`. */
  readonly about: string;
  /** Of `system`; `explain/1`. Texts of it that change ask anew anyhow. */
  readonly promptVersion: string;
  /** How to answer, and in which form; the language is added. Not from users. */
  readonly system: string;
  /** What is asked; may be a user's own words. Cut to the same budget as the evidence, before it. */
  readonly question: string;
  /** Data, whoever wrote it: masked, cut to the budget, and fenced. */
  readonly evidence: readonly EvidenceItem[];
  /** Looked through for what steers, and not sent. */
  readonly unshown?: readonly EvidenceItem[];
  /** Values that must not go out, beside those that show themselves. */
  readonly secrets?: readonly string[];
  /** What is replaced where the asker was opened to anonymize. */
  readonly names?: readonly ObjectName[];
  /** Names of Pods and Jobs that are made again under others, as far as known. */
  readonly shortLived?: readonly string[];
  /** Language of the answer, such as `German`; English by default. */
  readonly language?: string;
  /** For one JSON object: its schema, and a rule beyond it. */
  readonly form?: ModelQuestion['form'];
  /** Whose budget of a day it is charged to; `default` by default. */
  readonly namespace?: string;
  readonly wish?: ModelQuestion['wish'];
  /** For so long the answer is used again; 0 asks each time. */
  readonly cacheForMs: number;
  readonly maxBytes?: number;
  readonly maxTokens?: number;
  readonly maxOutputTokens?: number;
  /** Of one attempt. */
  readonly timeoutMs?: number;
}

export type EvidenceAnswer =
  | {
      readonly kind: 'answered';
      /** With names and addresses put back; secrets stay masked. */
      readonly text: string;
      /** Where a form was asked for; its texts have names and addresses put back. */
      readonly value?: JsonObject;
      /** The host, for people. */
      readonly server: string;
      readonly model: string;
      /** Nothing was sent for it. */
      readonly isCached: boolean;
      readonly use: ModelUse;
      /** Texts in the evidence that try to steer who reads it; offsets are those of the items as they were sent. */
      readonly suspicion: PreparedEvidence['suspicion'];
      /** Not all of the evidence had room. */
      readonly isCut: boolean;
      readonly replaced: Replaced;
    }
  | {
      readonly kind: 'unavailable';
      /** `NoModel` where none is set up; else the code of the error: BudgetUsedUp, ModelBusy, Timeout, … */
      readonly reason: string;
      /** For people, one sentence without a full stop. */
      readonly text: string;
      readonly hint?: string;
      /** A call that failed may have been paid for. */
      readonly use: ModelUse;
      readonly replaced: Replaced;
    };

/** Addresses, host names and names of objects by what was sent in their places. */
export type Replaced = Readonly<Record<string, string>>;

export interface AskingOptions {
  readonly signal: AbortSignal;
  /** How often the request may be sent, by reason of passing faults; 4 by default. */
  readonly maxAttempts?: number;
}

/** Asks models about evidence outside of a run, by the same settings, budgets, cache and recordings as steps do. */
export interface EvidenceAsker {
  /**
   * Whatever goes wrong with the model is an answer `unavailable`: what rules have found never waits for a model. Equal
   * questions at a time are asked once. Throws only the reason of `signal`, and faults of this program.
   */
  ask(question: EvidenceQuestion, options: AskingOptions): Promise<EvidenceAnswer>;
  /** Who would answer; undefined where no model is set up. Asks nobody. */
  describe(
    wish?: ModelQuestion['wish'],
  ): Promise<{ readonly server: string; readonly model: string } | undefined>;
  close(): Promise<void>;
}
