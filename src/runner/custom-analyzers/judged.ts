import type { ClusterFinding, NotChecked } from '../../analyze/cluster/analyze-cluster.ts';

/** What one analyzer found, and what it could not tell. */
export interface Judged {
  readonly findings: readonly ClusterFinding[];
  readonly gaps: readonly Omit<NotChecked, 'analyzer'>[];
}
