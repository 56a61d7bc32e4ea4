import type { ExemptionResult } from '../../analyze/exemptions/apply-exemptions.ts';
import type { Finding } from '../../analyze/finding.ts';
import type { SetScore } from '../../analyze/score-set.ts';
import type { Explanation } from '../analyze/explain/explanation.ts';
import type { Audited } from './audited.ts';
import type { ImageScan } from './images/scan-images.ts';

/** What there is to print of one audit: `audited` holds only findings that are not exempted. */
export interface AuditReport {
  readonly audited: Audited;
  /** Undefined where no object was judged, which is not the same as being sound. */
  readonly score: SetScore | undefined;
  /** Absent without `--ignore`. */
  readonly exemptions?: Omit<ExemptionResult<Finding>, 'kept'>;
  readonly images: ImageScan;
  /** Absent without `--explain`. */
  readonly explanation?: Explanation;
}

/** The findings of each rule, the worst rule first. */
export function byRule({ audited }: Pick<AuditReport, 'audited'>): readonly (readonly Finding[])[] {
  return [...Map.groupBy(audited.findings, ({ id }) => id).values()];
}

/** Gives the findings about one object, worst first. */
export function findingsByObject({
  audited,
}: Pick<AuditReport, 'audited'>): (about: Pick<Finding, 'object'>) => readonly Finding[] {
  const byObject = Map.groupBy(audited.findings, keyOf);
  return (about) => byObject.get(keyOf(about)) ?? [];
}

function keyOf({ object: { apiVersion, kind, namespace = '', name } }: Pick<Finding, 'object'>): string {
  return [apiVersion, kind, namespace, name].join('\n');
}
