import type { Cluster } from '../../cluster/port.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { withHub } from '../kube/hub.ts';
import { clusterPlace } from '../place.ts';
import { withSession } from '../with-session.ts';

/** The cluster that manifests are compared with and applied to. */
export interface Target {
  readonly cluster: Cluster;
  /** For people, and part of what a digest stands for. */
  readonly place: string;
}

/** Opens the cluster that the command was pointed at, else the local in-memory one, and closes it however `use` ends. */
export async function withTarget<Result>(
  flags: SessionFlags,
  context: CommandContext,
  use: (target: Target) => Promise<Result>,
): Promise<Result> {
  const place = await clusterPlace(flags, context.io);
  if (place === undefined)
    return withSession(context, flags, async ({ clusters }) =>
      use({ cluster: await clusters.get(''), place: 'the in-memory cluster' }),
    );
  const name = place.context ?? 'the current context of the kubeconfig';
  return withHub(context, flags, ({ cluster }) => use({ cluster, place: name }));
}
