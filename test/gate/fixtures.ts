import { expect } from 'vitest';
import type { Json, JsonObject } from '../../src/api/json.ts';
import { evaluateGate } from '../../src/gate/evaluate/evaluate-gate.ts';
import type {
  GateContext,
  GateMeasurements,
  Measurement,
  PastRun,
  Sample,
} from '../../src/gate/evaluate/gate-input.ts';
import { admit as admitStep, admitObjects, type Admission } from '../../src/engine/admission.ts';
import { createPolicyCheck } from '../../src/gate/policy/check-policy.ts';
import type { GatePolicy } from '../../src/gate/policy/policy.ts';
import { judgedObject } from '../../src/gate/judged-object.ts';
import { keepVerdict } from '../../src/gate/keep-verdict.ts';
import { subjectOf } from '../../src/gate/subject.ts';
import type { Verdict } from '../../src/gate/verdict.ts';

export const nowMs: number = Date.UTC(2026, 10, 21, 12);

const check = await createPolicyCheck();

/** A policy of these objectives and settings, which must be acceptable. */
export function policyOf(objectives: readonly JsonObject[], rest: JsonObject = {}): GatePolicy {
  const checked = check({ subject: 'render', objectives: [...objectives], ...rest }, nowMs);
  expect(checked.ok ? [] : checked.faults).toEqual([]);
  if (!checked.ok) throw new Error('the policy is refused');
  return checked.policy;
}

/** What `vet` says, as `path code`. */
export function faultsOf(parameters: Json): readonly string[] {
  const checked = check(parameters, nowMs);
  return checked.ok ? [] : checked.faults.map(({ path, code }) => `${path} ${code}`);
}

/** An objective on a number: it passes up to 10. */
export function limit(id: string, rest: JsonObject = {}): JsonObject {
  return { id, value: { cue: id }, pass: { op: '<=', value: 10 }, ...rest };
}

export function sample(...values: readonly unknown[]): Sample {
  return { atMs: nowMs - 1000, values };
}

export function failing(error: string): Sample {
  return { atMs: nowMs - 1000, values: [], error };
}

/** Whether a verdict lets a step apply what has this digest. */
export function admit(verdict: Verdict | undefined, digest: string, now: number): Admission {
  const kept = verdict === undefined ? undefined : keepVerdict('v1', verdict);
  const open = admitStep('release', kept, now);
  if (kept === undefined || !open.isOpen) return open;
  return admitObjects('release', kept, [{ what: 'ConfigMap web', digest }]);
}

export const context: GateContext = {
  gate: 'release',
  subject: subjectOf(
    'Objects',
    'web',
    [judgedObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } }, 'team')],
    [],
  ),
  engine: '0.1.0',
  startedMs: nowMs - 60_000,
};

export const digestOfSubject: string = context.subject.objects[0]?.digest ?? '';

/** One value for each objective, or samples of its own. */
export function inputOf(
  measured: Readonly<Record<string, readonly Sample[] | number>>,
  rest: Partial<GateContext> = {},
): GateMeasurements {
  const entries = Object.entries(measured).map(([id, given]): [string, Measurement] => [
    id,
    { samples: typeof given === 'number' ? [sample(given)] : given },
  ]);
  return { ...context, ...rest, measured: new Map(entries) };
}

export function judge(
  policy: GatePolicy,
  measured: Readonly<Record<string, readonly Sample[] | number>>,
  options: {
    readonly history?: readonly PastRun[];
    readonly at?: number;
    readonly context?: Partial<GateContext>;
  } = {},
): Verdict {
  return evaluateGate(policy, inputOf(measured, options.context), options.history ?? [], options.at ?? nowMs);
}
