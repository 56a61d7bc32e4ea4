import type { ClusterSession } from '../runner/cluster-session.ts';
import type { Session } from '../runner/session.ts';
import type { CommandContext, SessionFlags } from './command-context.ts';
import { clusterPlace } from './place.ts';
import { withSession } from './with-session.ts';
import { clusterCommand, localCommand, type RunCommand } from './workflow-command.ts';

export interface BackendFlags extends SessionFlags {
  readonly namespace?: string;
}

/** Where the command works: on the local engine or on a cluster. */
export type Place = Session | ClusterSession;

const requestMs = 60_000;

/**
 * Opens the place that the command was pointed at, names it in the first line on standard error, and closes it however
 * `use` ends.
 */
export async function withBackend<Result>(
  context: CommandContext,
  flags: BackendFlags,
  use: (place: Place, command: RunCommand) => Promise<Result>,
): Promise<Result> {
  const { io, err } = context;
  const place = await clusterPlace(flags, io);
  if (place === undefined) return withSession(context, flags, (session) => use(session, localCommand(flags)));
  const cluster = await context.openCluster({
    ...place,
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    requestMs,
    now: () => io.now(),
  });
  try {
    io.stderr.write(`${err.dim(`cluster: ${cluster.place}`)}\n`);
    return await use(cluster, clusterCommand(flags, io));
  } finally {
    await cluster.close();
  }
}
