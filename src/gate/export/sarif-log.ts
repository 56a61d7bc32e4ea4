import type { JsonObject } from '../../api/json.ts';
import type { Check, CheckResult, Verdict } from '../verdict.ts';

const levels: Readonly<Record<CheckResult, string>> = {
  fail: 'error',
  error: 'error',
  missing: 'error',
  unknown: 'warning',
  warn: 'warning',
  pass: 'none',
  info: 'none',
};

/**
 * The verdict as a SARIF 2.1 log. A check that passed is a result of kind `pass`, so that the log shows what was looked at;
 * a muted one is suppressed by its reason. `uri` is the file that the gate is written in.
 */
export function verdictSarif(verdict: Verdict, uri: string): JsonObject {
  const rules = verdict.checks.map((check) => ({
    id: check.id,
    shortDescription: { text: check.condition ?? check.id },
  }));
  const location = { physicalLocation: { artifactLocation: { uri } } };
  const gate = {
    ruleId: 'gate',
    kind: verdict.open || verdict.mode === 'observe' ? 'pass' : 'fail',
    level: verdict.open || verdict.mode === 'observe' ? 'none' : 'error',
    message: { text: gateText(verdict) },
    locations: [location],
  };
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'sluice',
            version: verdict.engine,
            rules: [{ id: 'gate', shortDescription: { text: `Gate ${verdict.gate}` } }, ...rules],
          },
        },
        invocations: [{ executionSuccessful: verdict.outcome !== 'error' }],
        artifacts: [{ location: { uri } }],
        results: [gate, ...verdict.checks.map((check) => ({ ...resultOf(check), locations: [location] }))],
      },
    ],
  };
}

function resultOf(check: Check): JsonObject {
  const kind =
    check.outcome === 'pass'
      ? 'pass'
      : check.result === 'info' || check.weight === 0
        ? 'informational'
        : 'fail';
  const isFreeze = check.kind === 'freeze' && check.outcome !== 'pass';
  return {
    ruleId: check.id,
    kind: isFreeze ? 'fail' : kind,
    level: kind === 'fail' || isFreeze ? levels[check.result] : 'none',
    message: { text: check.message },
    ...(check.muted === null
      ? {}
      : { suppressions: [{ kind: 'external', status: 'accepted', justification: check.muted.why }] }),
  };
}

function gateText(verdict: Verdict): string {
  const reasons = verdict.reasons.map(({ ruleOrQuote }) => ruleOrQuote).join('; ');
  return `gate ${verdict.gate}: ${verdict.outcome}${reasons === '' ? '' : `: ${reasons}`}`;
}
