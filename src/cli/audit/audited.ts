import type { NotJudged } from '../../analyze/audit-cluster.ts';
import type { SetAudit } from '../../analyze/audit-set.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { FindingPlaces } from '../analyze/finding-places.ts';

/** What the rules say of what was given, wherever that came from. */
export interface Audited extends SetAudit {
  /** What was judged and what it was judged by. */
  readonly given: readonly KubeObject[];
  readonly notJudged: readonly NotJudged[];
  /** How many roles were left out because they come with Kubernetes. */
  readonly builtInRoles: number;
  readonly placeOf: FindingPlaces;
  /** False where a file could not be read; standard error says which. */
  readonly isWhole: boolean;
}
