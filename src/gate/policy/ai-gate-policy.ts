import type { JsonObject } from '../../api/json.ts';
import type { VerdictRules } from '../evaluate/make-verdict.ts';
import type { CriteriaRules } from '../judge/criteria.ts';
import type { GatePolicy } from './policy.ts';

export interface CalibrationDemand {
  /** The record as it was given, not yet checked; undefined: none. */
  readonly set: JsonObject | undefined;
  /** 0 to 1. */
  readonly minSpecificity: number;
  readonly minBadCases: number;
  readonly maxAgeMs: number;
  readonly required: boolean;
}

/** What all votes may cost together; undefined: no limit of that kind. */
export interface VotesBudget {
  readonly calls?: number;
  readonly tokens?: number;
  readonly microDollars?: number;
}

/** Which model is asked, and how. */
export interface JudgeWish {
  readonly model?: string;
  readonly server?: string;
  readonly baseUrl?: string;
  readonly temperature: number;
  readonly maxOutputTokens: number;
  readonly timeoutMs: number;
}

/** An `ai-gate` after it was checked, every default filled in. Its `text` holds no key of a server. */
export interface AiGatePolicy extends CriteriaRules, VerdictRules {
  readonly text: JsonObject;
  /** The rules as a gate of their own, each of them a key; undefined without rules. */
  readonly rules: GatePolicy | undefined;
  readonly judge: JudgeWish;
  readonly hasAnchors: boolean;
  readonly calibration: CalibrationDemand;
  /** Families of models, in small letters. */
  readonly notJudgedBy: readonly string[];
  readonly isCached: boolean;
  readonly budget: VotesBudget;
  readonly deadlineMs: number;
}
