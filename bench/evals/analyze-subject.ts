import { analyzeCluster, type Analysis } from '../../src/analyze/cluster/analyze-cluster.ts';
import type { Analyzer } from '../../src/analyze/cluster/analyzer.ts';
import { defaultAnalyzers } from '../../src/analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../../src/analyze/cluster/optional-analyzers.ts';
import { rootOf, verdictOf } from '../../src/analyze/verdict.ts';
import type { Told } from './judge.ts';
import { openWorld, type OpenWorld } from './open-world.ts';
import type { Scenario } from './scenario.ts';

/** What `sluice analyze` says of a scenario, with every analyzer there is. */
export async function analyzeScenario({ world }: Scenario): Promise<Told> {
  return analyzeWorld(await openWorld(world));
}

export const allAnalyzers: readonly Analyzer[] = [...defaultAnalyzers, ...optionalAnalyzers];

export async function analyzeWorld({ cluster, nowMs }: OpenWorld): Promise<Told> {
  return toldBy(await analyzeCluster(cluster, { analyzers: allAnalyzers, nowMs }));
}

function toldBy(analysis: Analysis): Told {
  const root = rootOf(analysis);
  const [incident] = analysis.incidents;
  return {
    verdict: verdictOf(analysis),
    ...(root === undefined ? {} : { root }),
    consequences: (incident?.consequences ?? []).map(({ finding }) => finding),
    findings: analysis.findings,
    notChecked: analysis.notChecked,
    judged: new Set(allAnalyzers.flatMap(({ judges }) => judges)),
  };
}
