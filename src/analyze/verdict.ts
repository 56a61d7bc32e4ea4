import type { Analysis, ClusterFinding } from './cluster/analyze-cluster.ts';
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
  return notChecked.some(({ reason }) => !beside.has(reason)) ? 'unknown' : 'healthy';
}

const beside: ReadonlySet<string> = new Set(['NotInstalled', 'NotGiven']);

/** Where to begin: the root of the worst incident. Undefined where nothing was found. */
export function rootOf({ incidents }: Pick<Analysis, 'incidents'>): ClusterFinding | undefined {
  return incidents[0]?.root;
}
