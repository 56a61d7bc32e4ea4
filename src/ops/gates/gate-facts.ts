import { version } from '../../api/version.ts';
import type { GateContext } from '../../gate/evaluate/gate-input.ts';
import type { Subject } from '../../gate/subject.ts';
import type { OpContext } from '../op.ts';

const mostPrevious = 100;

/** The facts of a gate that are not measured: its name, its earlier verdicts in this run, and whether anyone can be asked. */
export async function gateFacts(
  context: OpContext,
  subject: Subject,
  startedMs: number,
): Promise<GateContext> {
  const { name, namespace } = context.run;
  const earlier = await context.verdicts.list({
    namespace,
    gate: context.step.name,
    run: name,
    limit: mostPrevious,
  });
  return {
    gate: context.step.name,
    subject,
    engine: version,
    startedMs,
    attempt: earlier.length + 1,
    previous: earlier.map(({ id }) => id),
    isInteractive: context.isInteractive,
  };
}
