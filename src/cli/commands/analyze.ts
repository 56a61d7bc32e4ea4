import { analyzeCluster, type Analysis, type AnalyzeQuery } from '../../analyze/cluster/analyze-cluster.ts';
import type { Analyzer } from '../../analyze/cluster/analyzer.ts';
import { defaultAnalyzers } from '../../analyze/cluster/default-analyzers.ts';
import { isAtLeast, type Severity } from '../../analyze/finding.ts';
import { SluiceError } from '../../api/errors.ts';
import { analysisText } from '../analyze/analysis-text.ts';
import { givenCluster } from '../analyze/given-cluster.ts';
import { k8sgptOutput } from '../analyze/k8sgpt-output.ts';
import type { CommandContext, SessionFlags } from '../command-context.ts';
import { exitCodes } from '../exit-code.ts';
import { readInputFiles } from '../input-files.ts';
import { withHub } from '../kube/hub.ts';
import { clusterPlace } from '../place.ts';
import { printFaults } from '../print-faults.ts';
import { objectText } from '../render/object-output.ts';
import { nearest } from '../../step-types/nearest.ts';
import { withSession } from '../with-session.ts';

export interface AnalyzeFlags extends SessionFlags {
  readonly from?: readonly string[];
  readonly filter?: readonly string[];
  readonly namespace?: string;
  readonly selector?: string;
  readonly output: 'text' | 'json' | 'yaml' | 'k8sgpt';
  readonly failOn?: Severity;
}

/**
 * Prints what is wrong in a cluster or in files. Exit code 0 also with problems, unless one is at or above `--fail-on`;
 * 2 when a file could not be read, whatever the others hold.
 */
export async function analyze(flags: AnalyzeFlags, context: CommandContext): Promise<number> {
  const query: AnalyzeQuery = {
    analyzers: chosen(flags.filter ?? []),
    nowMs: context.io.now(),
    ...(flags.namespace === undefined ? {} : { namespace: flags.namespace }),
    ...(flags.selector === undefined ? {} : { labelSelector: flags.selector }),
  };
  if (flags.from !== undefined) {
    const files = await readInputFiles(flags.from, context.io);
    const { cluster, faults } = givenCluster(files);
    const isWhole = printFaults(context, faults, files, 'stderr');
    const code = await report(await analyzeCluster(cluster, query), flags, context);
    return isWhole ? code : exitCodes.refused;
  }
  if ((await clusterPlace(flags, context.io)) !== undefined) {
    return withHub(context, flags, async ({ cluster }) =>
      report(await analyzeCluster(cluster, query), flags, context),
    );
  }
  return withSession(context, flags, async (session) =>
    report(await analyzeCluster(await session.clusters.get(''), query), flags, context),
  );
}

/** The analyzers of `--filter`, each given alone or in a list with commas, in any case. */
function chosen(filters: readonly string[]): readonly Analyzer[] {
  const wanted = filters.flatMap((text) => text.split(',')).map((name) => name.trim());
  const names = defaultAnalyzers.map(({ name }) => name);
  const isCalled = (name: string, text: string): boolean => name.toLowerCase() === text.toLowerCase();
  const unknown = wanted.find((text) => !names.some((name) => isCalled(name, text)));
  if (unknown !== undefined) {
    const near = nearest(unknown, names);
    throw new SluiceError('invalid', 'UnknownAnalyzer', `there is no analyzer ${unknown}`, {
      hint: near === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${near}?`,
    });
  }
  return wanted.length === 0
    ? defaultAnalyzers
    : defaultAnalyzers.filter(({ name }) => wanted.some((text) => isCalled(name, text)));
}

async function report(analysis: Analysis, flags: AnalyzeFlags, context: CommandContext): Promise<number> {
  const { io, out } = context;
  const { output, failOn } = flags;
  if (output === 'text') io.stdout.write(analysisText(analysis, out));
  else if (output === 'k8sgpt') io.stdout.write(await objectText(k8sgptOutput(analysis), 'json'));
  else io.stdout.write(await objectText(printed(analysis), output));
  const isBad = failOn !== undefined && analysis.findings.some(({ severity }) => isAtLeast(severity, failOn));
  return isBad ? exitCodes.failed : exitCodes.succeeded;
}

/** Without the words of another program: an undefined field is not written. */
function printed({ checked, findings, notChecked }: Analysis): object {
  return { findings: findings.map((finding) => ({ ...finding, k8sgpt: undefined })), notChecked, checked };
}
