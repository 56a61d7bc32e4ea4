import { SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { findStored } from '../gates/find-stored.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface GateInvalidateFlags extends BackendFlags {
  readonly why: string;
  readonly by?: string;
}

/** Says that a verdict is no measure for later ones: it drops out of baselines and is not used again. */
export async function gateInvalidate(
  id: string,
  flags: GateInvalidateFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const by = flags.by ?? io.user;
  if (flags.why.trim() === '' || by.trim() === '')
    throw new SluiceError(
      'invalid',
      'BadOption',
      'to invalidate a verdict needs a reason and somebody who says so',
      {
        hint: 'Give both: --why "measured during an outage" --by NAME',
      },
    );
  return withBackend(context, flags, async (place) => {
    const { namespace } = await findStored(place, flags, id);
    await place.verdicts.invalidate(namespace, id, { by, why: flags.why });
    io.stdout.write(`verdict ${id} is no measure for later ones any more\n`);
    return exitCodes.succeeded;
  });
}
