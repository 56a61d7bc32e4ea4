import type { CommandContext } from '../command-context.ts';
import { namedDefinitionFiles, type DefFilesFlags } from '../definition-files.ts';
import { exitCodes } from '../exit-code.ts';
import { printFaults } from '../print-faults.ts';
import { faultCount } from '../render/fault-text.ts';
import { objectText } from '../render/object-output.ts';
import { withBackend } from '../with-backend.ts';

export interface DefApplyFlags extends DefFilesFlags {
  readonly dryRun?: boolean;
}

/**
 * Checks step types and Packages and installs them: all of them, or none when one has an error. With `--dry-run` standard output holds
 * what would be written, and nothing is.
 */
export async function defApply(
  named: readonly string[],
  flags: DefApplyFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const files = await namedDefinitionFiles(named, flags, context, 'def apply');
  return withBackend(context, flags, async (place) => {
    const isDryRun = flags.dryRun === true;
    const { faults, applied } = await place.applyDefinitions(files, isDryRun ? 'dry-run' : 'for-real');
    const isGood = printFaults(context, faults, files, 'stderr');
    if (!isGood) io.stderr.write(`${faultCount(faults)}; nothing was installed\n`);
    if (flags.output !== 'text') io.stdout.write(await objectText(applied, flags.output));
    else
      for (const { kind, name, change, namespace, object } of applied) {
        const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
        const line = `${kind} ${name} ${change}${where}`;
        if (object === undefined) io.stdout.write(`${line}\n`);
        else {
          io.stderr.write(`${line} (dry run)\n`);
          io.stdout.write(`---\n${await objectText(object, 'yaml')}`);
        }
      }
    return isGood ? exitCodes.succeeded : exitCodes.refused;
  });
}
