import { digestOf } from '../../../gate/digest.ts';
import { judgePromptDigest } from '../../../gate/judge/judge-prompt.ts';
import type { AiGatePolicy } from '../../../gate/policy/ai-gate-policy.ts';
import type { ReadSubject } from '../../../gate/read-subject.ts';
import type { JudgedEvidence } from './judged-evidence.ts';

/** All that a decided verdict depends on. What is not in here must not change it. */
export function verdictCacheKey(given: {
  readonly gate: string;
  readonly policy: AiGatePolicy;
  readonly subject: ReadSubject;
  readonly evidence: JudgedEvidence;
  readonly server: string;
  readonly model: string;
}): string {
  const { gate, policy, subject, evidence, server, model } = given;
  return digestOf({
    gate,
    policy: digestOf(policy.text),
    calibration: digestOf(policy.calibration.set ?? null),
    subject: subject.subject.digest,
    evidence: evidence.digest,
    prompt: judgePromptDigest,
    server,
    model,
  });
}
