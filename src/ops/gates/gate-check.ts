import { createAiGateCheck, type AiGateCheck } from '../../gate/policy/check-ai-gate.ts';
import { createPolicyCheck, type PolicyCheck } from '../../gate/policy/check-policy.ts';

/** The check of a gate's parameters; its schema is compiled when a gate first needs it. */
export const gateCheck: () => Promise<PolicyCheck> = once(createPolicyCheck);

/** The same for an ai-gate. */
export const aiGateCheck: () => Promise<AiGateCheck> = once(createAiGateCheck);

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
