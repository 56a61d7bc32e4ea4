import { SluiceError } from '../../api/errors.ts';
import { definitionCue } from '../../runner/definition-cue.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { objectText } from '../render/object-output.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface DefGetFlags extends BackendFlags {
  readonly output: 'yaml' | 'json' | 'cue';
}

/** A step type as a WorkflowStepDefinition or as a CUE file; `def apply` takes both. */
export async function defGet(name: string, flags: DefGetFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return withBackend(context, flags, async (place) => {
    const definition = await place.definition(name);
    if (definition === undefined) {
      throw new SluiceError('invalid', 'NoSuchStepType', `there is no step type ${name}`, {
        hint: 'See which there are: sluice def list',
      });
    }
    io.stdout.write(
      flags.output === 'cue' ? definitionCue(definition) : await objectText(definition, flags.output),
    );
    return exitCodes.succeeded;
  });
}
