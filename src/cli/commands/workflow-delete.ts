import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

/** Deletes runs with their logs; what they deployed stays. */
export async function workflowDelete(
  names: readonly string[],
  flags: BackendFlags,
  context: CommandContext,
): Promise<number> {
  return withBackend(context, flags, async (place) => {
    const refs = [];
    // All names are looked up first: a misspelt one deletes nothing.
    for (const name of names) refs.push(await place.find(name, flags.namespace));
    for (const ref of refs) {
      await place.delete(ref);
      context.io.stdout.write(`workflowrun ${ref.namespace}/${ref.name} deleted\n`);
    }
    return exitCodes.succeeded;
  });
}
