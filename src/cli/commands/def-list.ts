import type { FoundStepType } from '../../runner/backend.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readDefinitionFiles } from '../input-files.ts';
import { objectText } from '../render/object-output.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { wrappedTable } from '../terminal/table.ts';
import { packageArgument, packageSummary } from './package-name.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface DefListFlags extends BackendFlags {
  readonly defs?: readonly string[];
  readonly output: 'text' | 'json' | 'yaml';
}

/** The step types that a run could name, the winner of each name, and the Packages that templates can import. */
export async function defList(flags: DefListFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const definitions = await readDefinitionFiles(flags.defs ?? [], io);
  return withBackend(context, flags, async (place) => {
    const found = await place.stepTypes(definitions);
    const packages = await place.packages();
    if (flags.output === 'text') {
      const rows = [
        ...found.map((stepType) => [stepType.name, originText(stepType), description(stepType)]),
        ...packages.map((each) => [
          packageArgument(each),
          each.namespace ?? each.origin,
          cleanLine(packageSummary(each)),
        ]),
      ];
      const columns = io.stdout.size()?.columns ?? Number.POSITIVE_INFINITY;
      io.stdout.write(wrappedTable([['NAME', 'ORIGIN', 'DESCRIPTION'], ...rows], columns));
    } else {
      const plain = found.map((stepType) => ({
        name: stepType.name,
        origin: stepType.origin,
        ...(stepType.namespace === undefined ? {} : { namespace: stepType.namespace }),
        ...(stepType.over.length === 0 ? {} : { over: stepType.over }),
        description: description(stepType),
      }));
      const plainPackages = packages.map((each) => ({
        name: packageArgument(each),
        origin: each.origin,
        ...(each.namespace === undefined ? {} : { namespace: each.namespace }),
        description: packageSummary(each),
      }));
      io.stdout.write(await objectText([...plain, ...plainPackages], flags.output));
    }
    return exitCodes.succeeded;
  });
}

/** Where it comes from, and which others of that name it wins over. */
function originText({ origin, namespace, over }: FoundStepType): string {
  const own = namespace ?? origin;
  return over.length === 0 ? own : `${own} (over ${over.join(', ')})`;
}

function description({ compiled }: FoundStepType): string {
  if (compiled.ok) return cleanLine(compiled.stepType.description);
  const [fault] = compiled.faults;
  return `does not compile: ${cleanLine(fault?.message ?? 'see sluice def vet')}`;
}
