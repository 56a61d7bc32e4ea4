import { SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { refuseCluster } from '../place.ts';
import { run, type RunFlags } from './run.ts';

/** `run` under vela's words: the files may also be given with `-f`. */
export async function workflowRun(
  files: readonly string[],
  flags: RunFlags & { readonly file?: readonly string[] },
  context: CommandContext,
): Promise<number> {
  await refuseCluster(context, flags);
  const all = [...files, ...(flags.file ?? [])];
  if (all.length === 0) {
    throw new SluiceError('invalid', 'MissingFile', 'workflow run needs a file', {
      hint: 'For example: sluice workflow run -f run.yaml',
    });
  }
  return run(all, flags, context);
}
