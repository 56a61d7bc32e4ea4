import type { CommandContext } from '../command-context.ts';
import { namedDefinitionFiles, type DefFilesFlags } from '../definition-files.ts';
import { exitCodes } from '../exit-code.ts';
import { printFaults } from '../print-faults.ts';
import { counted, faultCount } from '../render/fault-text.ts';
import { objectText } from '../render/object-output.ts';
import { withBackend } from '../with-backend.ts';

/** Checks step types and Packages and installs nothing. */
export async function defVet(
  named: readonly string[],
  flags: DefFilesFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const files = await namedDefinitionFiles(named, flags, context, 'def vet');
  return withBackend(context, flags, async (place) => {
    const { faults, names, packages } = await place.vetDefinitions(files);
    const isGood = faults.every(({ severity }) => severity !== 'error');
    if (flags.output === 'text') {
      printFaults(context, faults, files, 'stdout');
      const count = faultCount(faults);
      const good = [counted(names.length, 'step type'), counted(packages.length, 'Package')].filter(Boolean);
      io.stdout.write(`${count === '' ? `ok: ${good.join(', ') || 'no step types'}` : count}\n`);
    } else {
      io.stdout.write(await objectText(faults, flags.output));
    }
    return isGood ? exitCodes.succeeded : exitCodes.refused;
  });
}
