import type { Severity } from '../../analyze/finding.ts';
import type { ReportFinding } from './report.ts';

/** What a reader of one format gives. */
export interface Found {
  readonly tool: string;
  readonly findings: readonly ReportFinding[];
  /** Undefined where the format does not say how much was checked. */
  readonly checked: number | undefined;
  readonly exit?: number;
  readonly failures?: readonly string[];
}

export function finding(
  rule: string | undefined,
  severity: Severity,
  message: string | undefined,
  place: string,
  count = 1,
): ReportFinding {
  return { rule: rule ?? 'unnamed', severity, message: message ?? '', place, count };
}
