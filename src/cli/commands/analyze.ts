import { mayHideMore } from '../../analyze/cluster/read-gap.ts';
import { isAtLeast, type Severity } from '../../analyze/finding.ts';
import { narrowIncidents } from '../../analyze/incident/narrow-incidents.ts';
import { readAccepted, selectFindings } from '../analyze/accepted.ts';
import { chooseAnalyzers } from '../analyze/choose-analyzers.ts';
import { withCustomAnalyzers, type CustomFlags } from '../analyze/custom-analyzers.ts';
import { explain, mustHaveRoom, type ExplainFlags } from '../analyze/explain/explain.ts';
import { look, type LookFlags } from '../analyze/look.ts';
import { printReport, type OutputFormat } from '../analyze/print-report.ts';
import type { CommandContext } from '../command-context.ts';
import { readConfig } from '../config-file.ts';
import { exitCodes } from '../exit-code.ts';
import { elapsed } from '../render/elapsed.ts';
import { stateDirectory } from '../state-directory.ts';

export interface AnalyzeFlags extends LookFlags, CustomFlags, ExplainFlags {
  readonly filter?: readonly string[];
  readonly namespace?: string;
  readonly selector?: string;
  readonly output: OutputFormat;
  readonly failOn?: Severity;
  readonly baseline?: string;
  readonly ignore?: string;
  readonly withStat?: boolean;
}

/**
 * Prints what is wrong in a cluster or in files. Exit code 0 also with problems, unless one is at or above `--fail-on`;
 * 2 when a file could not be read, whatever the others hold, and with `--fail-on`, when what could not be looked at may hide one.
 */
export async function analyze(flags: AnalyzeFlags, context: CommandContext): Promise<number> {
  const { namespace, selector, failOn } = flags;
  mustHaveRoom(flags);
  const nowMs = context.io.now();
  const { filters = { added: [], removed: [] } } = await readConfig(
    stateDirectory(flags.stateDir, context.io),
  );
  const accepted = await readAccepted(flags, context);
  if (accepted === undefined) return exitCodes.refused;
  const query = {
    analyzers: chooseAnalyzers(flags.filter, filters),
    nowMs,
    ...(namespace === undefined ? {} : { namespace }),
    ...(selector === undefined ? {} : { labelSelector: selector }),
  };
  const looked = await withCustomAnalyzers(flags, query, context, (extend) =>
    look(flags, query, extend, context),
  );
  if (looked === undefined) return exitCodes.refused;
  const lookedMs = context.io.now();
  const { analysis, isWhole, names, ...about } = looked;
  const { shown, ...known } = selectFindings(analysis, accepted, { namespace, selector }, nowMs);
  const narrowed = { findings: shown, incidents: narrowIncidents(analysis.incidents, shown) };
  const explained = await explain(narrowed.incidents, names, flags, context);
  const explainedMs = context.io.now();
  if (explained === undefined) return exitCodes.succeeded;
  const { code, ...explanations } = explained;
  const report = { analysis: { ...analysis, ...narrowed }, ...about, ...explanations, ...known };
  await printReport(report, flags, context);
  if (flags.withStat === true) printTimes([nowMs, lookedMs, explainedMs], context);
  if (code !== undefined) return code;
  if (!isWhole) return exitCodes.refused;
  if (failOn === undefined) return exitCodes.succeeded;
  if (shown.some(({ severity }) => isAtLeast(severity, failOn))) return exitCodes.failed;
  return analysis.notChecked.some(mayHideMore) ? exitCodes.refused : exitCodes.succeeded;
}

function printTimes([begun = 0, looked = 0, explained = 0]: readonly number[], { io }: CommandContext): void {
  const asked = explained === looked ? '' : `, for explanations ${elapsed(looked, explained, explained)}`;
  io.stderr.write(`looking took ${elapsed(begun, looked, looked)}${asked}\n`);
}
