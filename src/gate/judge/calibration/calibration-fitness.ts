import { digestOf } from '../../digest.ts';
import type { AiGatePolicy } from '../../policy/ai-gate-policy.ts';
import { parseTime } from '../../../api/rfc3339.ts';
import type { JudgeFacts } from '../../verdict.ts';
import { judgePromptDigest } from '../judge-prompt.ts';
import { isAliasOf } from '../model-family.ts';
import { readCalibration, type CalibrationRecord } from './calibration-record.ts';

/** Digest of what a judge is asked and how it is counted: what a calibration holds for. */
export function judgementDigest(policy: AiGatePolicy): string {
  const { criteria, threshold, votes, minAgreement, hasAnchors, judge } = policy;
  const { temperature, maxOutputTokens } = judge;
  return digestOf({ criteria, threshold, votes, minAgreement, hasAnchors, temperature, maxOutputTokens });
}

export interface CalibrationFitness {
  readonly facts: JudgeFacts['calibration'];
  /** Why it does not meet what is demanded; undefined where it does, or where nothing is. */
  readonly unfit: string | undefined;
}

/** What the calibration of a gate says about the model that answers; before the first answer, about the one that is asked. */
export function calibrationFitness(policy: AiGatePolicy, model: string, nowMs: number): CalibrationFitness {
  const { set, required } = policy.calibration;
  const read = set === undefined ? undefined : readCalibration(set);
  const fault =
    read === undefined
      ? 'there is none'
      : read.ok
        ? faultOf(read.record, policy, model, nowMs)
        : `the record cannot be used: ${read.message}`;
  if (fault === undefined && read?.ok === true) return { facts: factsOf(read.record), unfit: undefined };
  return {
    facts: 'uncalibrated',
    unfit: required ? `a calibration is required, and ${fault ?? ''}` : undefined,
  };
}

function faultOf(
  record: CalibrationRecord,
  policy: AiGatePolicy,
  model: string,
  nowMs: number,
): string | undefined {
  const { minSpecificity, minBadCases, maxAgeMs } = policy.calibration;
  const ageMs = nowMs - (parseTime(record.at) ?? Number.NaN);
  if (record.modelAnswered !== model && !isAliasOf(record.modelAnswered, model))
    return `the record is of ${record.modelAnswered}, not of ${model}`;
  if (record.promptDigest !== judgePromptDigest) return 'the record is of another version of the prompt';
  if (record.policyDigest !== judgementDigest(policy)) return 'the record is of other criteria or votes';
  if (!(ageMs >= 0 && ageMs <= maxAgeMs)) return `the record of ${record.at} is too old, or of the future`;
  if (record.bad.cases < minBadCases) return `the record has ${record.bad.cases} bad cases of ${minBadCases}`;
  if (record.specificity.low < minSpecificity)
    return `the judge refuses at least ${percent(record.specificity.low)} of bad cases, and ${percent(minSpecificity)} are needed`;
  return undefined;
}

function factsOf({
  digest,
  sensitivity,
  specificity,
  good,
  bad,
  at,
}: CalibrationRecord): JudgeFacts['calibration'] {
  return {
    digest,
    sensitivity: sensitivity.value,
    specificity: specificity.value,
    n: good.cases + bad.cases,
    at,
  };
}

function percent(share: number): string {
  return `${Math.floor(share * 1000) / 10} %`;
}
