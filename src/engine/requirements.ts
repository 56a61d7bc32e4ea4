import type { RequiredVerdict } from '../api/kept-verdict.ts';
import type { PlannedStep } from '../plan/plan.ts';
import { admit, type Admission } from './admission.ts';
import type { Draft } from './draft.ts';
import type { RunState } from './state.ts';

/** The first of the required gates that does not let the step go on now; undefined when all are open, or none is required. */
export function refusalOf(
  draft: Draft,
  step: PlannedStep,
): (Refused & { readonly gate: string }) | undefined {
  for (const path of step.requires) {
    const admission = admitGate(draft, path);
    if (!admission.isOpen) return { ...admission, gate: path };
  }
  return undefined;
}

type Refused = Extract<Admission, { isOpen: false }>;

/** The verdicts that a step may go on by, for whoever checks what is applied. */
export function requiredVerdicts(step: PlannedStep, state: RunState): readonly RequiredVerdict[] {
  return step.requires.flatMap((gate) => {
    const verdict = state.steps[gate]?.verdict;
    return verdict === undefined ? [] : [{ gate, verdict }];
  });
}

function admitGate(draft: Draft, path: string): Admission {
  const { phase, verdict } = draft.step(path);
  const admission = admit(path, verdict, draft.nowMs);
  if (!admission.isOpen || phase === 'succeeded') return admission;
  // It gave a verdict, and was terminated, timed out or failed over something else before it ended.
  return { isOpen: false, code: 'GateFailed', message: `gate "${path}" ${phase} after its verdict` };
}
