import { SluiceError } from '../../api/errors.ts';
import { definitionCue } from '../../runner/definition-cue.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { objectText } from '../render/object-output.ts';
import { packageNamed } from './package-name.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface DefGetFlags extends BackendFlags {
  readonly output: 'yaml' | 'json' | 'cue';
}

/** A step type as a WorkflowStepDefinition or as a CUE file, or the Package `package/NAME`; `def apply` takes them all. */
export async function defGet(name: string, flags: DefGetFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return withBackend(context, flags, async (place) => {
    const packageName = packageNamed(name);
    const definition =
      packageName === undefined
        ? await place.definition(name)
        : (await place.packages()).find((each) => each.name === packageName)?.object;
    if (definition === undefined) {
      const what = packageName === undefined ? `step type ${name}` : `Package ${packageName}`;
      throw new SluiceError('invalid', 'NoSuchStepType', `there is no ${what}`, {
        hint: 'See which there are: sluice def list',
      });
    }
    if (packageName !== undefined && flags.output === 'cue')
      throw new SluiceError(
        'invalid',
        'NotCue',
        `a Package is no CUE file: leave out the format for the YAML`,
      );
    io.stdout.write(
      flags.output === 'cue' ? definitionCue(definition) : await objectText(definition, flags.output),
    );
    return exitCodes.succeeded;
  });
}
