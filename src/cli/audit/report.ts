import type { ExemptionResult } from '../../analyze/exemptions/apply-exemptions.ts';
import type { Finding, FindingObject } from '../../analyze/finding.ts';
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

/** The findings about one object, worst first. */
export function findingsOf(
  { audited }: Pick<AuditReport, 'audited'>,
  { object }: Pick<Finding, 'object'>,
): readonly Finding[] {
  return audited.findings.filter((finding) => isSameObject(finding.object, object));
}

function isSameObject(a: FindingObject, b: FindingObject): boolean {
  return (
    a.kind === b.kind && a.namespace === b.namespace && a.name === b.name && a.apiVersion === b.apiVersion
  );
}
