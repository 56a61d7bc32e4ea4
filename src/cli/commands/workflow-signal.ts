import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface WorkflowSignalFlags extends BackendFlags {
  readonly step?: string;
}

/** `suspend` and `terminate`: asks whoever drives the run, or changes what is stored. */
export async function workflowSignal(
  kind: 'suspend' | 'terminate',
  name: string,
  flags: WorkflowSignalFlags,
  context: CommandContext,
): Promise<number> {
  return withBackend(context, flags, async (place) => {
    const ref = await place.find(name, flags.namespace);
    const { step } = flags;
    await place.command(ref, { kind, ...(step === undefined ? {} : { step }) });
    const from = step === undefined ? '' : ` from step ${step}`;
    context.io.stdout.write(`Successfully ${kind} workflow: ${ref.name}${from}\n`);
    return exitCodes.succeeded;
  });
}
