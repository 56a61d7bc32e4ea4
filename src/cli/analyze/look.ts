import { analyzeCluster, type Analysis, type AnalyzeQuery } from '../../analyze/cluster/analyze-cluster.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { readReadableFiles } from '../input-files.ts';
import { withHub } from '../kube/hub.ts';
import { clusterPlace } from '../place.ts';
import { printFaults } from '../print-faults.ts';
import { withSession } from '../with-session.ts';
import type { FindingPlaces } from './finding-places.ts';
import { givenCluster } from './given-cluster.ts';

export interface LookFlags extends SessionFlags {
  readonly from?: readonly string[];
}

export interface Looked {
  readonly analysis: Analysis;
  readonly placeOf: FindingPlaces;
  /** False where a file could not be read; standard error says which. */
  readonly isWhole: boolean;
}

/** Looks at the files, the cluster, or the local in-memory cluster, as the flags say. */
export async function look(flags: LookFlags, query: AnalyzeQuery, context: CommandContext): Promise<Looked> {
  if (flags.from !== undefined) return lookAtFiles(flags.from, query, context);
  const analysis =
    (await clusterPlace(flags, context.io)) === undefined
      ? await withSession(context, flags, async (session) =>
          analyzeCluster(await session.clusters.get(''), query),
        )
      : await withHub(context, flags, async ({ cluster }) => analyzeCluster(cluster, query));
  return { analysis, placeOf: () => undefined, isWhole: true };
}

async function lookAtFiles(
  names: readonly string[],
  query: AnalyzeQuery,
  context: CommandContext,
): Promise<Looked> {
  const { files, faults: unread } = await readReadableFiles(names, context.io);
  const { cluster, faults, placeOf } = givenCluster(files);
  // Without the lines that are at fault: they may be those of a Secret.
  const isWhole = printFaults(context, [...unread, ...faults], [], 'stderr');
  return { analysis: await analyzeCluster(cluster, query), placeOf, isWhole };
}
