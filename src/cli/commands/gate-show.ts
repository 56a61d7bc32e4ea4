import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { findStored } from '../gates/find-stored.ts';
import { verdictOutput, type VerdictFormat } from '../gates/verdict-output.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface GateShowFlags extends BackendFlags {
  readonly output: VerdictFormat;
}

/** A verdict as it is kept, for people or as an export. */
export async function gateShow(id: string, flags: GateShowFlags, context: CommandContext): Promise<number> {
  return withBackend(context, flags, async (place) => {
    const stored = await findStored(place, flags, id);
    context.io.stdout.write(await verdictOutput(stored, flags.output, context));
    return exitCodes.succeeded;
  });
}
