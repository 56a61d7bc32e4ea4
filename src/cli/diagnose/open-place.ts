import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { givenCluster } from '../analyze/given-cluster.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { readReadableFiles } from '../input-files.ts';
import { withHub } from '../kube/hub.ts';
import { clusterPlace } from '../place.ts';
import { printFaults } from '../print-faults.ts';
import { withSession } from '../with-session.ts';

export interface PlaceFlags extends SessionFlags {
  readonly from?: readonly string[];
}

export interface OpenedPlace {
  readonly cluster: ReadOnlyCluster;
  /** False where a file could not be read; standard error says which. */
  readonly isWhole: boolean;
}

/** Opens the files, the cluster, or the local in-memory cluster, as the flags say, and closes it however `use` ends. */
export async function withPlaceOf<Result>(
  flags: PlaceFlags,
  context: CommandContext,
  use: (place: OpenedPlace) => Promise<Result>,
): Promise<Result> {
  if (flags.from !== undefined) {
    const { files, faults: unread } = await readReadableFiles(flags.from, context.io);
    const { cluster, faults } = givenCluster(files);
    // Without the lines that are at fault: they may be those of a Secret.
    const isWhole = printFaults(context, [...unread, ...faults], [], 'stderr');
    return use({ cluster, isWhole });
  }
  if ((await clusterPlace(flags, context.io)) !== undefined)
    return withHub(context, flags, async ({ cluster }) => use({ cluster, isWhole: true }));
  // Who asks models is opened on its own, recordings included.
  const { recordModel: _r, replayModel: _p, dryRunPrompt: _d, ...others } = flags;
  return withSession(context, others, async (session) =>
    use({ cluster: await session.clusters.get(''), isWhole: true }),
  );
}
