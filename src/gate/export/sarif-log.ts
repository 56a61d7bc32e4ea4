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

/** Where something stands; `uri` is relative to the root of the sources. */
export interface SarifPlace {
  readonly uri: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** A SARIF 2.1 log of these runs. */
export function sarifLog(runs: readonly JsonObject[]): JsonObject {
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [...runs] };
}

export function sarifLocation({ uri, line, column }: SarifPlace): JsonObject {
  const region =
    line === undefined
      ? {}
      : { region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) } };
  return { physicalLocation: { artifactLocation: { uri }, ...region } };
}

/** The verdict as a SARIF 2.1 log; `place` is where the gate is written. */
export function verdictSarif(verdict: Verdict, place: SarifPlace): JsonObject {
  return sarifLog([verdictSarifRun(verdict, place)]);
}

/**
 * The verdict as one run of a SARIF log. A check that passed is a result of kind `pass`, so that the log shows what was looked
 * at; a muted one is suppressed by its reason. `number` tells verdicts of gates of one name apart.
 */
export function verdictSarifRun(verdict: Verdict, place: SarifPlace, number = 1): JsonObject {
  const rules = verdict.checks.map((check) => ({
    id: check.id,
    shortDescription: { text: check.condition ?? check.id },
  }));
  const location = sarifLocation(place);
  const gate = {
    ruleId: 'gate',
    kind: verdict.open || verdict.mode === 'observe' ? 'pass' : 'fail',
    level: verdict.open || verdict.mode === 'observe' ? 'none' : 'error',
    message: { text: gateText(verdict) },
    locations: [location],
  };
  return {
    tool: {
      driver: {
        name: 'sluice',
        version: verdict.engine,
        rules: [{ id: 'gate', shortDescription: { text: `Gate ${verdict.gate}` } }, ...rules],
      },
    },
    // Readers that take one run a tool and category take several of these, too.
    automationDetails: {
      id: `sluice/gate/${encodeURIComponent(verdict.gate)}/${number === 1 ? '' : `${number}/`}`,
    },
    invocations: [{ executionSuccessful: verdict.outcome !== 'error' }],
    artifacts: [{ location: { uri: place.uri } }],
    results: [gate, ...verdict.checks.map((check) => ({ ...resultOf(check), locations: [location] }))],
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
