import type { Analysis, ClusterFinding } from './cluster/analyze-cluster.ts';
import { isAtLeast } from './finding.ts';

/** `unknown`: nothing was found, and not all could be looked at. */
export type ClusterVerdict = 'broken' | 'healthy' | 'unknown';

/** A cluster is broken by a finding of severity medium or worse. What a server does not serve cannot be broken on it. */
export function verdictOf({
  findings,
  notChecked,
}: Pick<Analysis, 'findings' | 'notChecked'>): ClusterVerdict {
  if (findings.some(({ severity }) => isAtLeast(severity, 'medium'))) return 'broken';
  return notChecked.some(({ reason }) => reason !== 'NotInstalled') ? 'unknown' : 'healthy';
}

/** Where to begin; undefined where nothing was found. */
export function rootOf({ findings }: Pick<Analysis, 'findings'>): ClusterFinding | undefined {
  return findings[0];
}
