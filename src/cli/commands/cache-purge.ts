import { SluiceError } from '../../api/errors.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { parseDurationOption } from '../duration-option.ts';
import { exitCodes } from '../exit-code.ts';
import { withSession } from '../with-session.ts';

export interface CachePurgeFlags extends SessionFlags {
  readonly olderThan?: string;
  readonly all?: boolean;
}

/** Forgets answers of models: the next time they are asked for anew, and paid for. */
export async function cachePurge(flags: CachePurgeFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const { olderThan, all = false } = flags;
  if (all === (olderThan !== undefined))
    throw new SluiceError(
      'invalid',
      'BadOption',
      'say which answers to forget: either --all or --older-than',
      {
        hint: 'sluice cache purge --older-than 24h',
      },
    );
  const upToMs =
    olderThan === undefined
      ? Number.MAX_SAFE_INTEGER
      : io.now() - parseDurationOption('--older-than', olderThan);
  const count = await withSession(context, flags, ({ answers }) => answers.purge(upToMs), { isQuiet: true });
  io.stdout.write(`forgot ${count} ${count === 1 ? 'answer' : 'answers'}\n`);
  return exitCodes.succeeded;
}
