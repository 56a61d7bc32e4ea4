import { SluiceError } from '../../api/errors.ts';
import type { FoundStepType } from '../../runner/backend.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readDefinitionFiles } from '../input-files.ts';
import { objectText } from '../render/object-output.ts';
import { stepTypeObject, stepTypeText } from '../render/step-type-text.ts';
import { withBackend } from '../with-backend.ts';
import type { DefListFlags } from './def-list.ts';

/** What a step type takes and gives. Exit code 2 when it has errors. */
export async function defShow(name: string, flags: DefListFlags, context: CommandContext): Promise<number> {
  const { io, out } = context;
  const definitions = await readDefinitionFiles(flags.defs ?? [], io);
  return withBackend(context, flags, async (place) => {
    const found = await place.stepTypes(definitions);
    const { compiled, origin } = pick(name, found);
    if (!compiled.ok) {
      const told = compiled.faults.map(({ line, column, message }) => `${line}:${column}: ${message}`);
      throw new SluiceError(
        'invalid',
        'BadStepType',
        `step type ${name} does not compile:\n${told.join('\n')}`,
      );
    }
    const { stepType } = compiled;
    const columns = Math.min(io.stdout.size()?.columns ?? 120, 140);
    io.stdout.write(
      flags.output === 'text'
        ? await stepTypeText(stepType, origin, { style: out, columns })
        : await objectText(stepTypeObject(stepType, origin), flags.output),
    );
    return exitCodes.succeeded;
  });
}

function pick(name: string, found: readonly FoundStepType[]): FoundStepType {
  const match = found.find((stepType) => stepType.name === name);
  if (match !== undefined) return match;
  const names = found.map((stepType) => stepType.name);
  const near = nearest(name, names);
  throw new SluiceError('invalid', 'NoSuchStepType', `there is no step type ${name}`, {
    hint: near === undefined ? `There are: ${names.join(', ')}` : `Did you mean ${near}?`,
  });
}
