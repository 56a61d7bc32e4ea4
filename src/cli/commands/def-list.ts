import type { FoundStepType } from '../../runner/session.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readDefinitionFiles } from '../input-files.ts';
import { refuseCluster } from '../place.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { wrappedTable } from '../terminal/table.ts';
import { withSession } from '../with-session.ts';

export interface DefListFlags extends SessionFlags {
  readonly defs?: readonly string[];
  readonly output: 'text' | 'json' | 'yaml';
}

/** The step types that a run could name, the winner of each name. */
export async function defList(flags: DefListFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  await refuseCluster(context, flags);
  const definitions = await readDefinitionFiles(flags.defs ?? [], io);
  return withSession(context, flags, async (session) => {
    const found = await session.stepTypes(definitions);
    if (flags.output === 'text') {
      const rows = found.map((stepType) => [stepType.name, stepType.origin, description(stepType)]);
      const columns = io.stdout.size()?.columns ?? Number.POSITIVE_INFINITY;
      io.stdout.write(wrappedTable([['NAME', 'ORIGIN', 'DESCRIPTION'], ...rows], columns));
    } else {
      const plain = found.map((stepType) => ({
        name: stepType.name,
        origin: stepType.origin,
        description: description(stepType),
      }));
      io.stdout.write(await objectText(plain, flags.output));
    }
    return exitCodes.succeeded;
  });
}

function description({ compiled }: FoundStepType): string {
  if (compiled.ok) return cleanLine(compiled.stepType.description);
  const [fault] = compiled.faults;
  return `does not compile: ${cleanLine(fault?.message ?? 'see sluice def vet')}`;
}
