import { SluiceError } from '../../api/errors.ts';
import type { FoundStepType } from '../../runner/backend.ts';
import { readInput } from '../../runner/input-documents.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { StepType, StepTypeOrigin } from '../../step-types/step-type.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readDefinitionFiles } from '../input-files.ts';
import { objectText } from '../render/object-output.ts';
import { stepTypeMarkdown } from '../render/step-type-markdown.ts';
import { stepTypeObject, stepTypeText } from '../render/step-type-text.ts';
import { packageNamed } from './package-name.ts';
import { withBackend } from '../with-backend.ts';
import type { DefListFlags } from './def-list.ts';

export interface DefShowFlags extends Omit<DefListFlags, 'output'> {
  readonly output: 'text' | 'json' | 'yaml' | 'md';
}

/** What a step type takes and gives: one of a name, or that of a file. Exit code 2 when it has errors. */
export async function defShow(named: string, flags: DefShowFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const isFile = /\.(?:ya?ml|cue)$/.test(named);
  const definitions = await readDefinitionFiles([...(isFile ? [named] : []), ...(flags.defs ?? [])], io);
  const [first] = isFile ? readInput(definitions, 'directory').definitions : [];
  const name = isFile ? first?.name : named;
  if (packageNamed(named) !== undefined)
    throw new SluiceError('invalid', 'NoSuchStepType', 'a Package is no step type', {
      hint: `Print it: sluice def get ${named}`,
    });
  if (name === undefined)
    throw new SluiceError('invalid', 'NoSuchStepType', `there is no step type in ${named}`);
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
    io.stdout.write(await textOf(compiled.stepType, origin, flags.output, context));
    return exitCodes.succeeded;
  });
}

async function textOf(
  stepType: StepType,
  origin: StepTypeOrigin,
  format: DefShowFlags['output'],
  { io, out }: CommandContext,
): Promise<string> {
  if (format === 'md') return stepTypeMarkdown(stepType);
  if (format !== 'text') return objectText(stepTypeObject(stepType, origin), format);
  const columns = Math.min(io.stdout.size()?.columns ?? 120, 140);
  return stepTypeText(stepType, origin, { style: out, columns });
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
