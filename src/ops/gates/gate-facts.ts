import { version } from '../../api/version.ts';
import type { GateContext } from '../../gate/evaluate/gate-input.ts';
import type { Subject } from '../../gate/subject.ts';
import type { OpContext } from '../op.ts';

const mostPrevious = 100;

/**
 * The facts of a gate that are not measured: its name, whether anyone can be asked, and which attempt this is. An attempt is
 * about the same subject in a run of the same name: a gate that is tried until it opens shows that.
 */
export async function gateFacts(
  context: OpContext,
  subject: Subject,
  startedMs: number,
): Promise<GateContext> {
  const { name, namespace } = context.run;
  const gate = context.step.name;
  const verdicts = await context.verdicts.list({ namespace, gate, run: name, limit: mostPrevious });
  const earlier = verdicts.filter(({ verdict }) => verdict.subject.digest === subject.digest);
  return {
    gate,
    subject,
    engine: version,
    startedMs,
    attempt: earlier.length + 1,
    previous: earlier.map(({ id }) => id),
    isInteractive: context.isInteractive,
  };
}
