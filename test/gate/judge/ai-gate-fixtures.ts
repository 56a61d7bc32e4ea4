import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { AiGatePolicy } from '../../../src/gate/policy/ai-gate-policy.ts';
import { createAiGateCheck } from '../../../src/gate/policy/check-ai-gate.ts';
import type { PolicyFault } from '../../../src/gate/policy/policy-fault.ts';

const check = await createAiGateCheck();

/** Parameters of an ai-gate with one criterion. */
export function aiGate(rest: JsonObject = {}): JsonObject {
  return {
    subject: 'web',
    evidence: { items: [{ kind: 'text', ref: 'plan', text: 'a plan' }] },
    criteria: [{ id: 'ready', question: 'Is a readiness probe set?' }],
    ...rest,
  };
}

export function aiPolicyOf(rest: JsonObject = {}): AiGatePolicy {
  const checked = check(aiGate(rest));
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults));
  return checked.policy;
}

export function aiGateFaultsOf(parameters: Json): readonly PolicyFault[] {
  const checked = check(parameters);
  return checked.ok ? [] : checked.faults;
}
