import { SluiceError } from '../../api/errors.ts';
import type { Cluster } from '../../cluster/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { clusterPlace } from '../place.ts';

/** The cluster that others are joined to. */
export interface Hub {
  readonly cluster: Cluster;
  /** Absent: where kubectl finds it. */
  readonly kubeconfig: string | undefined;
}

/**
 * Opens the cluster that the command was pointed at, names it in the first line on standard error, and closes it however
 * `use` ends. Throws SluiceError `invalid` when it was pointed at none.
 */
export async function withHub<Result>(
  context: CommandContext,
  flags: SessionFlags,
  use: (hub: Hub) => Promise<Result>,
): Promise<Result> {
  const { io, err } = context;
  const place = await clusterPlace(flags, io);
  if (place === undefined) {
    throw new SluiceError(
      'invalid',
      'NoCluster',
      'joined clusters are kept on a cluster, and none was named',
      {
        hint: 'Name it with --context, or once for all with: sluice config use-context NAME.',
      },
    );
  }
  const { openKubernetesClusters } = await import('../../cluster/kubernetes/open-kubernetes-clusters.ts');
  const clusters = await openKubernetesClusters({ ...place, now: () => io.now() });
  try {
    io.stderr.write(`${err.dim(`cluster: ${place.context ?? 'the current context of the kubeconfig'}`)}\n`);
    return await use({ cluster: await clusters.get(''), kubeconfig: place.kubeconfig });
  } finally {
    await clusters.close();
  }
}
