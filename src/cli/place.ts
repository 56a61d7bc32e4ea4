import { SluiceError } from '../api/errors.ts';
import type { CommandContext, SessionFlags } from './command-context.ts';
import { readConfig } from './config-file.ts';
import { stateDirectory } from './state-directory.ts';

/**
 * Refuses a command that was pointed at a real cluster's controller: `--context`, `--kubeconfig`, SLUICE_CONTEXT, a
 * remembered default, or the call as `kubectl sluice`. KUBECONFIG and a current context alone change nothing.
 */
export async function refuseCluster({ io }: CommandContext, flags: SessionFlags): Promise<void> {
  const pointer = await clusterPointer(flags, io);
  if (pointer === undefined) return;
  throw new SluiceError(
    'invalid',
    'ClusterNotSupported',
    `${pointer} asks for the workflows of a cluster, and this version only knows those of the local engine`,
    { hint: 'Local runs can deploy to real clusters: sluice run FILE --context NAME.' },
  );
}

async function clusterPointer(flags: SessionFlags, io: CommandContext['io']): Promise<string | undefined> {
  if (flags.context !== undefined) return `--context ${flags.context}`;
  if (flags.kubeconfig !== undefined) return `--kubeconfig ${flags.kubeconfig}`;
  const { SLUICE_CONTEXT: fromEnv } = io.env;
  if (fromEnv !== undefined && fromEnv !== '') return `SLUICE_CONTEXT=${fromEnv}`;
  if (io.programName.startsWith('kubectl-')) return 'kubectl sluice';
  const { context } = await readConfig(stateDirectory(flags.stateDir, io));
  return context === undefined
    ? undefined
    : `the remembered context ${context} (sluice config unset takes it back)`;
}
