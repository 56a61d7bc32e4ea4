import type { Severity } from '../../analyze/finding.ts';
import type { AuditReport } from './report.ts';

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

export type Counts = Readonly<Record<Severity, number>>;

export function countsOf({ audited }: Pick<AuditReport, 'audited'>): Counts {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of audited.findings) counts[severity]++;
  return counts;
}

/** `score 34 of 100, the worst of 3 objects (mean 71): 1 critical, 2 medium` */
export function summaryText(report: AuditReport): string {
  const { score } = report;
  if (score === undefined) return 'nothing was judged';
  const { worst, total, objects } = score;
  const counts = countsOf(report);
  const found = severities.filter((each) => counts[each] > 0).map((each) => `${counts[each]} ${each}`);
  const place = objects.length === 1 ? '' : `, the worst of ${objects.length} objects (mean ${total})`;
  return `score ${worst} of 100${place}: ${found.length === 0 ? 'no findings' : found.join(', ')}`;
}
