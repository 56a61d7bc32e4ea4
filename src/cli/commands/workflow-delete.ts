import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { refuseCluster } from '../place.ts';
import { withSession } from '../with-session.ts';

export interface WorkflowDeleteFlags extends SessionFlags {
  readonly namespace?: string;
}

/** Deletes runs with their logs; what they deployed stays. */
export async function workflowDelete(
  names: readonly string[],
  flags: WorkflowDeleteFlags,
  context: CommandContext,
): Promise<number> {
  await refuseCluster(context, flags);
  return withSession(context, flags, async (session) => {
    const refs = [];
    // All names are looked up first: a misspelt one deletes nothing.
    for (const name of names) refs.push(await session.find(name, flags.namespace));
    for (const ref of refs) {
      await session.delete(ref);
      context.io.stdout.write(`workflowrun ${ref.namespace}/${ref.name} deleted\n`);
    }
    return exitCodes.succeeded;
  });
}
