import { analyzeCluster, type Analysis, type AnalyzeQuery } from '../../analyze/cluster/analyze-cluster.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import type { ObjectName } from '../../evidence/masking/object-names.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { readReadableFiles } from '../input-files.ts';
import { withHub } from '../kube/hub.ts';
import { clusterPlace } from '../place.ts';
import { printFaults } from '../print-faults.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import { withSession } from '../with-session.ts';
import type { Extend } from './custom-analyzers.ts';
import { clusterNames } from './explain/cluster-names.ts';
import type { FieldDocs } from './field-docs.ts';
import type { FindingPlaces } from './finding-places.ts';
import { givenCluster } from './given-cluster.ts';

export interface LookFlags extends SessionFlags {
  readonly from?: readonly string[];
  readonly explain?: boolean;
  readonly withDoc?: boolean;
}

export interface Looked {
  readonly analysis: Analysis;
  readonly placeOf: FindingPlaces;
  /** False where a file could not be read; standard error says which. */
  readonly isWhole: boolean;
  /** To anonymize, where explanations are asked for so. */
  readonly names: readonly ObjectName[];
  /** Absent without `--with-doc`. */
  readonly docs?: FieldDocs;
}

/** Looks at the files, the cluster, or the local in-memory cluster, as the flags say. */
export async function look(
  flags: LookFlags,
  query: AnalyzeQuery,
  extend: Extend,
  context: CommandContext,
): Promise<Looked> {
  const lookAt = async (cluster: ReadOnlyCluster, placeOf: FindingPlaces = noPlace): Promise<Looked> => {
    const analysis = await extend(cluster, await analyzeCluster(cluster, query));
    const names = await namesToReplace(cluster, flags, context);
    return { analysis, placeOf, isWhole: true, names, ...(await docsOf(analysis, cluster, flags, context)) };
  };
  if (flags.from !== undefined) return lookAtFiles(flags.from, lookAt, context);
  return (await clusterPlace(flags, context.io)) === undefined
    ? withSession(context, withoutTraffic(flags), async (session) => lookAt(await session.clusters.get('')))
    : withHub(context, flags, async ({ cluster }) => lookAt(cluster));
}

function noPlace(): undefined {
  return undefined;
}

/** The session of the in-memory cluster asks no model: recordings are of whoever does. */
function withoutTraffic({
  recordModel: _r,
  replayModel: _p,
  dryRunPrompt: _d,
  ...flags
}: LookFlags): LookFlags {
  return flags;
}

async function namesToReplace(
  cluster: ReadOnlyCluster,
  { explain, anonymize }: LookFlags,
  { io }: CommandContext,
): Promise<readonly ObjectName[]> {
  if (explain !== true || anonymize !== true) return [];
  const { names, unread } = await clusterNames(cluster);
  for (const text of unread) io.stderr.write(`note: ${cleanLine(text)}\n`);
  return names;
}

async function docsOf(
  { findings }: Analysis,
  cluster: ReadOnlyCluster,
  { withDoc }: LookFlags,
  { io }: CommandContext,
): Promise<Pick<Looked, 'docs'>> {
  if (withDoc !== true) return {};
  const { readFieldDocs } = await import('./field-docs.ts');
  const { docs, unread } = await readFieldDocs(cluster, findings);
  for (const text of unread) io.stderr.write(`note: the documentation of the cluster: ${cleanLine(text)}\n`);
  return { docs };
}

async function lookAtFiles(
  paths: readonly string[],
  lookAt: (cluster: ReadOnlyCluster, placeOf: FindingPlaces) => Promise<Looked>,
  context: CommandContext,
): Promise<Looked> {
  const { files, faults: unread } = await readReadableFiles(paths, context.io);
  const { cluster, faults, placeOf } = givenCluster(files);
  // Without the lines that are at fault: they may be those of a Secret.
  const isWhole = printFaults(context, [...unread, ...faults], [], 'stderr');
  return { ...(await lookAt(cluster, placeOf)), isWhole };
}
