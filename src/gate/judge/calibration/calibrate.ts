import { readAiGate } from '../../policy/read-ai-gate.ts';
import type { Outcome } from '../../outcome.ts';
import type { Verdict } from '../../verdict.ts';
import type { CalibrationCase } from './calibration-case.ts';
import { judgementDigest } from './calibration-fitness.ts';
import { calibrationRecord, type CalibrationRecord } from './calibration-record.ts';

export interface CaseResult {
  readonly name: string;
  readonly label: CalibrationCase['label'];
  readonly outcome: Outcome;
  /** A bad case that passed, or a good one that did not. Undefined: there was no verdict, so it counts for nothing. */
  readonly isMissed: boolean | undefined;
  readonly reasons: readonly string[];
}

export type Calibrated =
  | { readonly ok: true; readonly record: CalibrationRecord; readonly results: readonly CaseResult[] }
  | { readonly ok: false; readonly message: string; readonly results: readonly CaseResult[] };

/**
 * Has each case judged, one after the other, and counts. `judge` gives the verdict of the gate over the properties of a case;
 * `at` is RFC 3339. Refused when no case got a verdict, and when model, prompt or criteria were not the same for all.
 */
export async function calibrate(
  cases: readonly CalibrationCase[],
  judge: (each: CalibrationCase) => Promise<Verdict>,
  at: string,
): Promise<Calibrated> {
  const results: CaseResult[] = [];
  const judged: Verdict[] = [];
  for (const each of cases) {
    // oxlint-disable-next-line no-await-in-loop -- a hundred cases at once would be hundreds of calls at once
    const verdict = await judge(each);
    results.push(resultOf(each, verdict));
    if (isJudged(verdict)) judged.push(verdict);
  }
  const refuse = (message: string): Calibrated => ({ ok: false, message, results });
  const [first] = judged;
  if (first === undefined) {
    const why = results.find(({ reasons }) => reasons.length > 0)?.reasons[0] ?? 'there are no cases';
    return refuse(`no case got a verdict: ${why}`);
  }
  const facts = judged.map(judgedBy);
  const other = facts.find((each) => JSON.stringify(each) !== JSON.stringify(facts[0]));
  if (other !== undefined)
    return refuse(
      `the cases were not judged alike: by ${facts[0]?.modelAnswered ?? ''} and ${other.modelAnswered}`,
    );
  const having = (label: CaseResult['label']): readonly CaseResult[] =>
    results.filter((each) => each.label === label && each.isMissed !== undefined);
  const right = (label: CaseResult['label']): number =>
    having(label).filter(({ isMissed }) => isMissed === false).length;
  const record = calibrationRecord({
    ...judgedBy(first),
    good: { cases: having('good').length, passed: right('good') },
    bad: { cases: having('bad').length, refused: right('bad') },
    errors: results.filter(({ isMissed }) => isMissed === undefined).length,
    at,
  });
  return { ok: true, record, results };
}

/** An error says nothing about the judge's judgement, whatever it is of. */
function isJudged({ outcome, judge }: Verdict): boolean {
  return outcome !== 'error' && judge !== null && judge.votes.length > 0;
}

function resultOf({ name, label }: CalibrationCase, verdict: Verdict): CaseResult {
  const isRight = (verdict.outcome === 'pass') === (label === 'good');
  return {
    name,
    label,
    outcome: verdict.outcome,
    isMissed: isJudged(verdict) ? !isRight : undefined,
    reasons: verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote),
  };
}

function judgedBy({
  judge,
  policy,
}: Verdict): Pick<CalibrationRecord, 'modelAsked' | 'modelAnswered' | 'promptDigest' | 'policyDigest'> {
  return {
    modelAsked: judge?.modelAsked ?? '',
    modelAnswered: judge?.modelAnswered ?? '',
    promptDigest: judge?.promptDigest ?? '',
    // The policy stands in the verdict unless it is very large; then nobody could say what the record holds for.
    policyDigest: policy.text === null ? 'unknown' : judgementDigest(readAiGate(policy.text)),
  };
}
