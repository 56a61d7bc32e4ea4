import { SluiceError } from '../../api/errors.ts';
import { isObject } from '../../api/json.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { objectText } from '../render/object-output.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface DefGetFlags extends BackendFlags {
  readonly output: 'yaml' | 'json' | 'cue';
}

/** A step type as a WorkflowStepDefinition that `def apply` takes, or the text of its CUE template. */
export async function defGet(name: string, flags: DefGetFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  return withBackend(context, flags, async (place) => {
    const definition = await place.definition(name);
    if (definition === undefined) {
      throw new SluiceError('invalid', 'NoSuchStepType', `there is no step type ${name}`, {
        hint: 'See which there are: sluice def list',
      });
    }
    if (flags.output !== 'cue') {
      io.stdout.write(await objectText(definition, flags.output));
      return exitCodes.succeeded;
    }
    const { spec } = definition;
    const schematic = isObject(spec) && isObject(spec['schematic']) ? spec['schematic'] : {};
    const template = isObject(schematic['cue']) ? schematic['cue']['template'] : undefined;
    if (typeof template !== 'string')
      throw new SluiceError('invalid', 'NotCue', `step type ${name} is written in YAML`, {
        hint: `Read it with: sluice def get ${name}`,
      });
    io.stdout.write(`${template.trimEnd()}\n`);
    return exitCodes.succeeded;
  });
}
