import { countSeverities, type Severity } from '../../analyze/finding.ts';
import type { AuditReport } from './report.ts';

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** `score 34 of 100, the worst of 3 objects (mean 71): 1 critical, 2 medium` */
export function summaryText(report: AuditReport): string {
  const { score } = report;
  if (score === undefined) return 'nothing was judged';
  const { worst, total, objects } = score;
  const counts = countSeverities(report.audited.findings);
  const found = severities.filter((each) => counts[each] > 0).map((each) => `${counts[each]} ${each}`);
  const place = objects.length === 1 ? '' : `, the worst of ${objects.length} objects (mean ${total})`;
  return `score ${worst} of 100${place}: ${found.length === 0 ? 'no findings' : found.join(', ')}`;
}
