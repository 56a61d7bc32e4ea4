import { SluiceError } from '../../api/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { clusterPlace } from '../place.ts';
import { run } from './run.ts';
import type { ClusterRunFlags } from './workflow-run-cluster.ts';

/** `run` under vela's words: the files may also be given with `-f`. On a cluster it creates the runs. */
export async function workflowRun(
  files: readonly string[],
  flags: ClusterRunFlags & { readonly file?: readonly string[] },
  context: CommandContext,
): Promise<number> {
  const all = [...files, ...(flags.file ?? [])];
  if (all.length === 0) {
    throw new SluiceError('invalid', 'MissingFile', 'workflow run needs a file', {
      hint: 'For example: sluice workflow run -f run.yaml',
    });
  }
  if ((await clusterPlace(flags, context.io)) === undefined) return run(all, flags, context);
  const { workflowRunOnCluster } = await import('./workflow-run-cluster.ts');
  return workflowRunOnCluster(all, flags, context);
}
