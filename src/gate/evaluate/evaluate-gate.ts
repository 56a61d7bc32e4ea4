import { canonicalJson } from '../../api/canonical-json.ts';
import { conditionText } from '../condition.ts';
import { digestOf, digestOfText } from '../digest.ts';
import { freezeAt } from '../freeze/frozen.ts';
import { worstOf } from '../outcome.ts';
import type { PolicyFault } from '../policy/policy-fault.ts';
import type { GatePolicy, Mute, Objective } from '../policy/policy.ts';
import type { Check, Muted, Verdict, VerdictEvidence } from '../verdict.ts';
import { baselineOf, type Baseline } from './baseline.ts';
import { combine } from './combine.ts';
import type { GateContext, GateMeasurements, Measurement, PastRun } from './gate-input.ts';
import { judgeObjective, type ObjectiveResult } from './judge-objective.ts';
import { makeVerdict, stamp, type Decision } from './make-verdict.ts';

const noPoints = { doubled: 0, weight: 0 };

/**
 * The verdict of a deterministic gate. Pure: `nowMs` is the only clock, `history` the only memory. Every objective is evaluated,
 * also after the outcome is known, because the report needs them.
 */
export function evaluateGate(
  policy: GatePolicy,
  input: GateMeasurements,
  history: readonly PastRun[],
  nowMs: number,
): Verdict {
  const checks = policy.objectives.map((objective) => checkOf(objective, policy, input, history, nowMs));
  const frozen = policy.freeze.length === 0 ? [] : [freezeCheck(policy, nowMs)];
  const { outcome, decidedBy, points } = combine(checks, {
    ...policy.total,
    minCoverage: policy.minCoverage,
  });
  const decision: Decision = {
    outcome,
    decidedBy,
    points,
    threshold: policy.total.pass,
    checks: [...checks, ...frozen],
    evidence: [...(input.evidence ?? []), ...measurementEvidence(policy, input)],
    confidence: 1,
  };
  return makeVerdict(tighten(decision, policy, input, frozen, nowMs), policy, input, nowMs);
}

/** The verdict where there is no usable policy: an error that says all of what is wrong with it. */
export function refusePolicy(faults: readonly PolicyFault[], context: GateContext, nowMs: number): Verdict {
  const texts = faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const decision: Decision = {
    outcome: 'error',
    decidedBy: 'rule',
    points: noPoints,
    threshold: 100,
    checks: [],
    evidence: context.evidence ?? [],
    confidence: 1,
    first: texts.length === 0 ? ['there is no policy'] : texts,
  };
  const rules = {
    onWarn: 'block',
    onInconclusive: 'block',
    mode: 'enforce',
    validForMs: 0,
    text: null,
  } as const;
  return makeVerdict(decision, rules, context, nowMs);
}

/** Objectives that further measurements could still decide, by id. */
export function unsettled(
  policy: GatePolicy,
  input: GateMeasurements,
  history: readonly PastRun[],
  nowMs: number,
): readonly string[] {
  return policy.objectives
    .filter((each) => !resultOf(each, policy, input, history, nowMs).judged.isSettled)
    .map(({ id }) => id);
}

/** What overrules the score, and only to the worse: freezes, the clock, the deadline. */
function tighten(
  decision: Decision,
  policy: GatePolicy,
  input: GateMeasurements,
  frozen: readonly Check[],
  nowMs: number,
): Decision {
  const { startedMs, window } = input;
  if (!Number.isFinite(nowMs) || !Number.isFinite(startedMs))
    return worse(decision, 'error', 'rule', 'there is no clock to tell the time by');
  if (nowMs < startedMs || (window !== undefined && nowMs < window.fromMs))
    return worse(decision, 'error', 'rule', 'the clock has gone back to before this gate began');
  if (nowMs - startedMs >= policy.deadlineMs)
    return worse(decision, 'fail', 'deadline', 'the deadline of the gate has passed');
  const [freeze] = frozen;
  if (freeze === undefined || freeze.outcome === 'pass') return decision;
  return worse(decision, freeze.outcome, 'rule', freeze.message);
}

function worse(
  decision: Decision,
  outcome: Decision['outcome'],
  decidedBy: Decision['decidedBy'],
  reason: string,
): Decision {
  const worst = worstOf([decision.outcome, outcome]);
  const first = [...(decision.first ?? []), reason];
  return worst === decision.outcome
    ? { ...decision, first }
    : { ...decision, outcome: worst, decidedBy, first };
}

interface Judged {
  readonly judged: ObjectiveResult;
  readonly baseline: Baseline | undefined;
}

function resultOf(
  objective: Objective,
  policy: GatePolicy,
  input: GateMeasurements,
  history: readonly PastRun[],
  nowMs: number,
): Judged {
  const { window } = input;
  const baseline =
    objective.compare === undefined
      ? undefined
      : baselineOf(objective.id, objective.compare, history, {
          gate: input.gate,
          policyDigest: digestOf(policy.text),
          windowMs: window === undefined ? null : window.toMs - window.fromMs,
          nowMs,
        });
  const judged = judgeObjective(objective, input.measured.get(objective.id), baseline, window?.fromMs);
  return { judged, baseline };
}

function checkOf(
  objective: Objective,
  policy: GatePolicy,
  input: GateMeasurements,
  history: readonly PastRun[],
  nowMs: number,
): Check {
  const { judged, baseline } = resultOf(objective, policy, input, history, nowMs);
  const mute = policy.mute.find(({ id }) => id === objective.id);
  // Without a clock no mute is known to still hold.
  const isMuted = mute !== undefined && nowMs < mute.untilMs;
  const ended = mute !== undefined && !isMuted ? `; its mute ended at ${mute.until}` : '';
  const isInfo = objective.weight === 0;
  const shown =
    objective.pass.length === 0 && judged.value !== null ? 'shown for information' : judged.message;
  return {
    id: objective.id,
    kind: kindOf(objective),
    result: isInfo && objective.pass.length === 0 && judged.value !== null ? 'info' : judged.result,
    outcome: judged.outcome,
    weight: objective.weight,
    key: objective.key,
    value: judged.value,
    unit: objective.unit ?? null,
    condition: objective.pass.length === 0 ? null : objective.pass.map(conditionText).join(' and '),
    baseline: baseline ?? null,
    quote: null,
    evidenceRef: input.measured.get(objective.id)?.evidenceRef ?? null,
    message: `${shown}${ended}${warned(input.measured.get(objective.id))}`,
    muted: isMuted ? mutedFacts(mute) : null,
  };
}

function warned(measurement: Measurement | undefined): string {
  const warnings = measurement?.warnings ?? [];
  return warnings.length === 0 ? '' : `; the provider warns: ${warnings.join('; ')}`;
}

function mutedFacts({ by, until, why }: Mute): Muted {
  return { by: by ?? null, until, why };
}

function kindOf({ source }: Objective): Check['kind'] {
  if ('cue' in source) return 'cue';
  if ('metric' in source) return 'metric';
  return 'findings' in source ? 'findings' : 'external';
}

/** Shown among the checks, without weight: it vetoes by itself. */
function freezeCheck(policy: GatePolicy, nowMs: number): Check {
  const { kind, message } = freezeAt(policy.freeze, nowMs);
  const result = ({ open: 'pass', shut: 'fail', unknown: 'error' } as const)[kind];
  return {
    id: 'freeze',
    kind: 'freeze',
    result,
    outcome: result,
    weight: 0,
    key: false,
    value: stamp(nowMs),
    unit: null,
    condition: 'outside every freeze',
    baseline: null,
    quote: null,
    evidenceRef: null,
    message,
    muted: null,
  };
}

/** Digests of what was measured, so that a verdict cannot be told about other numbers later. */
function measurementEvidence(policy: GatePolicy, input: GateMeasurements): readonly VerdictEvidence[] {
  return policy.objectives.flatMap(({ id }) => {
    const measurement = input.measured.get(id);
    if (measurement === undefined) return [];
    const text = canonicalJson(measurement);
    const atMs = measurement.samples.at(-1)?.atMs;
    return [
      {
        ref: `measurement/${id}`,
        kind: 'measurement',
        digest: digestOfText(text),
        bytes: new TextEncoder().encode(text).length,
        truncated: false,
        masked: false,
        collectedAt: atMs === undefined ? null : stamp(atMs),
      },
    ];
  });
}
