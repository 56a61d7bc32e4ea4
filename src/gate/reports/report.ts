import type { Severity } from '../../analyze/finding.ts';
import type { Sample } from '../evaluate/gate-input.ts';

/** One thing that a tool found, in the words all tools share. */
export interface ReportFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** `file:line` or `Kind namespace/name`; '' where the tool names none. */
  readonly place: string;
  /** How many it stands for: tools cut their lists, and then say how many there were. */
  readonly count: number;
}

export interface Report {
  readonly tool: string;
  readonly findings: readonly ReportFinding[];
  /** Zero is a missing value: a tool that looked at nothing finds nothing. */
  readonly checkedObjects: number;
  /** The tool's exit status; null where nobody saw it. */
  readonly toolExit: number | null;
  /** What the tool itself could not do, such as a rule that ended in an error. */
  readonly failures: readonly string[];
}

/** What the caller knows about the tool's run, and the report may not say. */
export interface ToolRun {
  readonly exit?: number;
  /** How many objects were handed to the tool; used where its format has no count. */
  readonly checkedObjects?: number;
}

/** A findings objective's sample: the number of findings at or above a severity, where the tool is known to have looked. */
export function sampleOfReport(report: Report, severity: Severity, atMs: number): Sample {
  const { tool, findings, checkedObjects, toolExit, failures } = report;
  const error = (text: string): Sample => ({ atMs, values: [], error: `${tool}: ${text}` });
  const [failure] = failures;
  if (failure !== undefined) return error(failure);
  if (toolExit !== null && (toolExit >= 126 || toolExit < 0))
    return error(`it was not run to its end (exit ${toolExit})`);
  if (toolExit !== null && toolExit !== 0 && findings.length === 0)
    return error(`it ended with ${toolExit} and reports nothing`);
  if (checkedObjects === 0) return { atMs, values: [] };
  const counted = findings.filter((each) => rank(each.severity) <= rank(severity));
  return { atMs, values: [counted.reduce((sum, { count }) => sum + count, 0)] };
}

const worstFirst: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

function rank(severity: Severity): number {
  return worstFirst.indexOf(severity);
}
