import type { ClusterFinding } from '../cluster/analyze-cluster.ts';
import type { FindingIdentity } from '../finding-identity.ts';
import type { Severity } from '../finding.ts';

/** What goes away with its root. */
export interface Consequence {
  readonly finding: ClusterFinding;
  /** The link to what causes it, such as `Service shop/web selects Pod shop/web-1`. */
  readonly because: string;
  /** What explains it directly: the root, or another consequence. */
  readonly cause: ClusterFinding;
}

/** Problems that belong together. Each finding is in one incident. */
export interface Incident {
  /** Stays from one look to the next while the root does: of a Pod it names what owns it, so Pods may come and go. */
  readonly key: IncidentKey;
  /** Of its worst member. */
  readonly severity: Severity;
  readonly root: ClusterFinding;
  /** The same problem on other objects of the same owner. */
  readonly alike: readonly ClusterFinding[];
  /** In the order of findings. */
  readonly consequences: readonly Consequence[];
}

/** An incident is known by its root, and by what tells two roots of one reason under one owner apart. */
export interface IncidentKey extends FindingIdentity {
  /** The image that fails, or the object that is missing. */
  readonly detail?: string;
}
