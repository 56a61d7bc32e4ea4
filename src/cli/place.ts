import type { CliIo } from './io.ts';
import type { SessionFlags } from './command-context.ts';
import { readConfig } from './config-file.ts';
import { stateDirectory } from './state-directory.ts';

/** How to reach the cluster that a command was pointed at. */
export interface ClusterPlace {
  readonly kubeconfig?: string;
  /** Absent: the kubeconfig's current one. */
  readonly context?: string;
}

/**
 * The cluster that a command was pointed at: with `--context`, `--kubeconfig`, SLUICE_CONTEXT, a remembered default, or by
 * the call as `kubectl sluice`. Undefined: everything is local; KUBECONFIG and a current context alone change nothing.
 */
export async function clusterPlace(flags: SessionFlags, io: CliIo): Promise<ClusterPlace | undefined> {
  const kubeconfig = flags.kubeconfig === undefined ? {} : { kubeconfig: flags.kubeconfig };
  if (flags.context !== undefined) return { ...kubeconfig, context: flags.context };
  const { SLUICE_CONTEXT: fromEnv } = io.env;
  if (fromEnv !== undefined && fromEnv !== '') return { ...kubeconfig, context: fromEnv };
  if (isPlugin(io) || flags.kubeconfig !== undefined) return kubeconfig;
  const { context } = await readConfig(stateDirectory(flags.stateDir, io));
  return context === undefined ? undefined : { context };
}

/** Whether the program runs as a plugin of kubectl, which always means a cluster. */
export function isPlugin({ programName }: Pick<CliIo, 'programName'>): boolean {
  return programName.startsWith('kubectl-');
}
