import type { CommandContext } from '../command-context.ts';
import { namedDefinitionFiles, type DefFilesFlags } from '../definition-files.ts';
import { exitCodes } from '../exit-code.ts';
import { printFaults } from '../print-faults.ts';
import { faultCount } from '../render/fault-text.ts';
import { objectText } from '../render/object-output.ts';
import { withBackend } from '../with-backend.ts';

/** Checks step types and installs them: all of them, or none when one has an error. */
export async function defApply(
  named: readonly string[],
  flags: DefFilesFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const files = await namedDefinitionFiles(named, flags, context, 'def apply');
  return withBackend(context, flags, async (place) => {
    const { faults, applied } = await place.applyDefinitions(files);
    const isGood = printFaults(context, faults, files, 'stderr');
    if (!isGood) io.stderr.write(`${faultCount(faults)}; nothing was installed\n`);
    if (flags.output !== 'text') io.stdout.write(await objectText(applied, flags.output));
    else
      for (const { name, change, namespace } of applied) {
        const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
        io.stdout.write(`WorkflowStepDefinition ${name} ${change}${where}\n`);
      }
    return isGood ? exitCodes.succeeded : exitCodes.refused;
  });
}
