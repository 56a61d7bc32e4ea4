import type { Analysis, ClusterFinding, NotChecked } from './cluster/analyze-cluster.ts';
import { isAtLeast } from './finding.ts';

/** `unknown`: nothing was found, and not all could be looked at. */
export type ClusterVerdict = 'broken' | 'healthy' | 'unknown';

/**
 * A cluster is broken by a finding of severity medium or worse. What a server does not serve cannot be broken on it, and what
 * was not handed over was not asked about.
 */
export function verdictOf({
  findings,
  notChecked,
}: Pick<Analysis, 'findings' | 'notChecked'>): ClusterVerdict {
  if (findings.some(({ severity }) => isAtLeast(severity, 'medium'))) return 'broken';
  return notChecked.some(mayHide) ? 'unknown' : 'healthy';
}

/** Whether something could be wrong in what was not looked at. */
export function mayHide({ reason }: Pick<NotChecked, 'reason'>): boolean {
  return reason !== 'NotInstalled' && reason !== 'NotGiven';
}

/** Where to begin: the root of the worst incident. Undefined where nothing was found. */
export function rootOf({ incidents }: Pick<Analysis, 'incidents'>): ClusterFinding | undefined {
  return incidents[0]?.root;
}
