import { analyzeCluster, type Analysis } from '../../src/analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../../src/analyze/cluster/default-analyzers.ts';
import { isAtLeast } from '../../src/analyze/finding.ts';
import type { Told } from './judge.ts';
import { openWorld, type OpenWorld } from './open-world.ts';
import type { Scenario } from './scenario.ts';

/** What `sluice analyze` says of a scenario, with every analyzer there is. */
export async function analyzeScenario({ world }: Scenario): Promise<Told> {
  return analyzeWorld(await openWorld(world));
}

const analyzers = defaultAnalyzers;

export async function analyzeWorld({ cluster, nowMs }: OpenWorld): Promise<Told> {
  return toldBy(await analyzeCluster(cluster, { analyzers, nowMs }));
}

function toldBy({ findings, notChecked }: Analysis): Told {
  const [root] = findings;
  const isBroken = findings.some(({ severity }) => isAtLeast(severity, 'medium'));
  // A kind that the server does not serve cannot be broken on it; any other gap leaves the answer open.
  const isOpen = notChecked.some(({ reason }) => reason !== 'NotInstalled');
  return {
    verdict: isBroken ? 'broken' : isOpen ? 'unknown' : 'healthy',
    ...(root === undefined ? {} : { root }),
    consequences: [],
    findings,
    notChecked,
    judged: new Set(analyzers.map(({ name }) => name)),
  };
}
