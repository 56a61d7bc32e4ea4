import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { refuseCluster } from '../place.ts';
import { withSession } from '../with-session.ts';

export interface WorkflowSignalFlags extends SessionFlags {
  readonly namespace?: string;
  readonly step?: string;
}

/** `suspend` and `terminate`: asks the process that drives the run, or changes what is stored. */
export async function workflowSignal(
  kind: 'suspend' | 'terminate',
  name: string,
  flags: WorkflowSignalFlags,
  context: CommandContext,
): Promise<number> {
  await refuseCluster(context, flags);
  return withSession(context, flags, async (session) => {
    const ref = await session.find(name, flags.namespace);
    const { step } = flags;
    await session.command(ref, { kind, ...(step === undefined ? {} : { step }) });
    const from = step === undefined ? '' : ` from step ${step}`;
    context.io.stdout.write(`Successfully ${kind} workflow: ${ref.name}${from}\n`);
    return exitCodes.succeeded;
  });
}
