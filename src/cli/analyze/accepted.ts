import type { Analysis, ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { applyExemptions, type ExemptionResult } from '../../analyze/exemptions/apply-exemptions.ts';
import type { Exemption } from '../../analyze/exemptions/exemption.ts';
import { readExemptions } from '../../analyze/exemptions/read-exemptions.ts';
import type { CommandContext } from '../command-context.ts';
import { readInputFile } from '../input-files.ts';
import { printFaults } from '../print-faults.ts';
import {
  compareWithBaseline,
  readBaseline,
  type Baseline,
  type BaselineResult,
  type LookedAt,
} from './baseline.ts';

/** What the caller knows of already. */
export interface Accepted {
  readonly exemptions?: readonly Exemption[];
  readonly baseline?: Baseline;
}

export interface Selection {
  /** Neither exempted nor in the baseline, in their order. */
  readonly shown: readonly ClusterFinding[];
  /** Absent without `--ignore`. */
  readonly exemptions?: Omit<ExemptionResult<ClusterFinding>, 'kept'>;
  /** Absent without `--baseline`. */
  readonly baseline?: Omit<BaselineResult, 'added'>;
}

/** Reads both files; undefined after saying what is wrong with the exemptions. Throws SluiceError for what cannot be read. */
export async function readAccepted(
  flags: { readonly ignore?: string; readonly baseline?: string },
  context: CommandContext,
): Promise<Accepted | undefined> {
  const { io } = context;
  const baseline =
    flags.baseline === undefined ? undefined : readBaseline(await readInputFile(flags.baseline, io));
  const given = baseline === undefined ? {} : { baseline };
  if (flags.ignore === undefined) return given;
  const exemptions = await readExemptionsFile(flags.ignore, context);
  return exemptions === undefined ? undefined : { ...given, exemptions };
}

/** Undefined after saying what is wrong with the file. `knownRules`: every id that a finding can have, if that is known. */
export async function readExemptionsFile(
  name: string,
  context: CommandContext,
  knownRules?: readonly string[],
): Promise<readonly Exemption[] | undefined> {
  const { io } = context;
  const file = await readInputFile(name, io);
  const known = knownRules === undefined ? {} : { knownRules };
  const read = await readExemptions(file, { nowMs: io.now(), ...known });
  if (read.ok) return read.exemptions;
  printFaults(context, read.faults, [file], 'stderr');
  return undefined;
}

/** Exemptions come first: what is exempted is neither new nor known. */
export function selectFindings(
  analysis: Analysis,
  { exemptions, baseline }: Accepted,
  lookedAt: LookedAt,
  nowMs: number,
): Selection {
  const { kept, ...rest } = applyExemptions(analysis.findings, exemptions ?? [], nowMs);
  const said = exemptions === undefined ? {} : { exemptions: rest };
  if (baseline === undefined) return { shown: kept, ...said };
  const { added, ...compared } = compareWithBaseline(kept, baseline, analysis, lookedAt);
  return { shown: added, ...said, baseline: compared };
}
