import type { ObjectRef } from '../api/kube-object.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** Where a finding counts in the score: `runtime` is how the workload does now, the others are how it is written. */
export type Category =
  | 'runtime'
  | 'isolation'
  | 'secrets'
  | 'image'
  | 'resources'
  | 'availability'
  /** Who may do what with the API. */
  | 'access'
  /** Who reaches it over the network. */
  | 'exposure'
  /** It means something else than it seems to. */
  | 'correctness';

/** `cluster` is '' for the default cluster, and for an object that was seen on none. */
export interface FindingObject extends ObjectRef {
  readonly uid?: string;
}

/** One observation, quoted as it was found (masked and cut). */
export interface Evidence {
  /** Such as `Pod default/web-7d4` or `Event FailedScheduling (4x) on Pod default/web-7d4`. */
  readonly source: string;
  readonly text: string;
}

/**
 * One thing that is wrong. (object, id, fieldPath, container) identifies it from one look to the next: `text` may change,
 * these do not.
 */
export interface Finding {
  /** Stable PascalCase name of the rule or reason. */
  readonly id: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly object: FindingObject;
  readonly fieldPath?: string;
  readonly container?: string;
  /** What is wrong; one or two sentences. Never holds the value of an environment variable or of a Secret. */
  readonly text: string;
  /** What to do, imperative. */
  readonly fix: string;
  readonly evidence: readonly Evidence[];
  /** kubectl commands that look closer or carry out the fix. */
  readonly commands?: readonly string[];
}

const ranks: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

/** Worst first, then by name and place, so that the same state always gives the same order. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    ranks[a.severity] - ranks[b.severity] ||
    compareText(a.id, b.id) ||
    compareText(a.fieldPath ?? '', b.fieldPath ?? '') ||
    compareText(a.text, b.text)
  );
}

/** Worst first; keeps the order of equals. */
export function compareSeverity(a: Pick<Finding, 'severity'>, b: Pick<Finding, 'severity'>): number {
  return ranks[a.severity] - ranks[b.severity];
}

/** How many there are of each severity. */
export function countSeverities(
  findings: readonly Pick<Finding, 'severity'>[],
): Readonly<Record<Severity, number>> {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

/** Whether `severity` is as bad as `limit` or worse. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return ranks[severity] <= ranks[limit];
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
