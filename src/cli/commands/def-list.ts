import type { FoundPackage, FoundStepType } from '../../runner/backend.ts';
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
  readonly type?: 'workflow-step' | 'package';
  readonly output: 'text' | 'json' | 'yaml';
}

/** A terminal of fewer columns has no room for a column of kinds: descriptions would be cut into single words. */
const roomForKinds = 110;

/** One line of the list. */
interface Listed {
  readonly name: string;
  readonly type: 'WorkflowStepDefinition' | 'Package';
  /** In a cluster, of what is installed. */
  readonly namespace?: string;
  readonly origin: string;
  /** Where others of that name are, which it wins over. */
  readonly over?: readonly string[];
  readonly description: string;
}

/** The step types that a run could name, the winner of each name, and the Packages that templates can import. */
export async function defList(flags: DefListFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const { type } = flags;
  const definitions = await readDefinitionFiles(flags.defs ?? [], io);
  return withBackend(context, flags, async (place) => {
    const listed = [
      ...(type === 'package' ? [] : (await place.stepTypes(definitions)).map(listedStepType)),
      ...(type === 'workflow-step' ? [] : (await place.packages()).map(listedPackage)),
    ];
    if (flags.output !== 'text') io.stdout.write(await objectText(listed, flags.output));
    else if (listed.length === 0) io.stderr.write('There are none.\n');
    else io.stdout.write(listText(listed, io.stdout.size()?.columns ?? Number.POSITIVE_INFINITY));
    return exitCodes.succeeded;
  });
}

/** KubeVela's columns in its order, so that what reads its list finds the same; ORIGIN is where it has its add-ons. */
function listText(listed: readonly Listed[], columns: number): string {
  const rows = listed.map((each) => [
    each.name,
    each.type,
    each.namespace ?? '-',
    each.over === undefined ? each.origin : `${each.origin} (over ${each.over.join(', ')})`,
    each.description,
  ]);
  const all = [['NAME', 'TYPE', 'NAMESPACE', 'ORIGIN', 'DESCRIPTION'], ...rows];
  const shown = columns < roomForKinds ? all.map((row) => row.toSpliced(1, 1)) : all;
  return wrappedTable(shown, columns);
}

function listedStepType({ name, origin, namespace, over, compiled }: FoundStepType): Listed {
  return {
    name,
    type: 'WorkflowStepDefinition',
    ...(namespace === undefined ? {} : { namespace }),
    origin,
    ...(over.length === 0 ? {} : { over }),
    description: descriptionOf(compiled),
  };
}

function descriptionOf(compiled: FoundStepType['compiled']): string {
  if (compiled.ok) return cleanLine(compiled.stepType.description);
  const [fault] = compiled.faults;
  return `does not compile: ${cleanLine(fault?.message ?? 'see sluice def vet')}`;
}

function listedPackage(found: FoundPackage): Listed {
  const { namespace, origin } = found;
  return {
    name: packageArgument(found),
    type: 'Package',
    ...(namespace === undefined ? {} : { namespace }),
    origin,
    description: cleanLine(packageSummary(found)),
  };
}
