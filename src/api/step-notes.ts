import type { GateRefusal, KeptVerdict } from './kept-verdict.ts';
import type { ModelUse } from './model-use.ts';

/** A verdict as it is shown: without the list of objects that it is about. */
export interface VerdictSummary extends Omit<KeptVerdict, 'subject'> {
  readonly subject: Pick<KeptVerdict['subject'], 'name' | 'digest'>;
}

/** What is shown of a step beside KubeVela's fields. */
export interface StepNotes {
  /** It is a gate whose step failed: it was closed, terminated or timed out. */
  readonly closed?: true;
  /** A gate that it requires did not let it go on. */
  readonly refusedBy?: GateRefusal;
  readonly verdict?: VerdictSummary;
  readonly models?: ModelUse;
}

/** Undefined when there is nothing to note. */
export function stepNotes(facts: {
  readonly isClosedGate: boolean;
  readonly refused: GateRefusal | undefined;
  readonly verdict: KeptVerdict | undefined;
  readonly use: ModelUse | undefined;
}): StepNotes | undefined {
  const { isClosedGate, refused, verdict, use } = facts;
  const notes: StepNotes = {
    ...(isClosedGate ? { closed: true } : {}),
    ...(refused === undefined ? {} : { refusedBy: refused }),
    ...(verdict === undefined ? {} : { verdict: summaryOf(verdict) }),
    ...(use === undefined ? {} : { models: use }),
  };
  return Object.keys(notes).length === 0 ? undefined : notes;
}

function summaryOf({ subject, ...verdict }: KeptVerdict): VerdictSummary {
  return { ...verdict, subject: { name: subject.name, digest: subject.digest } };
}
