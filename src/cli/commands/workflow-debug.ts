import { writtenPath } from '../../api/step-path.ts';
import { SluiceError } from '../../api/errors.ts';
import type { StepDebug } from '../../runner/backend.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { objectText } from '../render/object-output.ts';
import { cleanText } from '../terminal/clean-text.ts';
import { withBackend, type BackendFlags } from '../with-backend.ts';

export interface WorkflowDebugFlags extends BackendFlags {
  readonly step?: string;
  readonly output: 'text' | 'json' | 'yaml';
}

/** What is known of each step of a run: what it does, what its ops answered, what it hands over. */
export async function workflowDebug(
  name: string,
  flags: WorkflowDebugFlags,
  context: CommandContext,
): Promise<number> {
  const { io, out } = context;
  return withBackend(context, flags, async (place) => {
    const ref = await place.find(name, flags.namespace);
    const all = await place.debug(ref);
    const steps = flags.step === undefined ? all : chosen(all, flags.step, ref.name);
    if (flags.output !== 'text') {
      io.stdout.write(await objectText(steps, flags.output));
      return exitCodes.succeeded;
    }
    for (const { path, cue, ...rest } of steps) {
      const fields = await objectText(rest, 'yaml');
      io.stdout.write(`${out.bold(path)}\n${indented(cleanText(fields))}`);
      if (cue !== undefined) io.stdout.write(indented(cleanText(cue)));
    }
    return exitCodes.succeeded;
  });
}

/** A step is meant by its path or its name, and a group with its sub-steps. */
function chosen(all: readonly StepDebug[], wanted: string, run: string): readonly StepDebug[] {
  const found = all.filter(
    ({ path }) =>
      path === wanted ||
      path.startsWith(`${wanted}/`) ||
      writtenPath(path) === wanted ||
      path.endsWith(`/${wanted}`),
  );
  if (found.length > 0) return found;
  throw new SluiceError('invalid', 'NoSuchStep', `there is no step ${wanted} in ${run}`, {
    hint: `Its steps are: ${all.map(({ path }) => path).join(', ')}`,
  });
}

function indented(text: string): string {
  return `${text.trimEnd().replaceAll(/^(?=.)/gm, '  ')}\n`;
}
