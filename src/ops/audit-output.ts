import type { NotJudged } from '../analyze/audit-cluster.ts';
import type { SetAudit } from '../analyze/audit-set.ts';
import { mayHideMore } from '../analyze/cluster/read-gap.ts';
import { countSeverities, type Finding, type Severity } from '../analyze/finding.ts';
import { describeRef } from '../analyze/object-name.ts';
import type { SetScore } from '../analyze/score-set.ts';

/** More than these go into no output of a step: what runs keep is bounded. */
const mostFindings = 100;
const mostGaps = 50;
const mostLines = 20;

/** What a gate asks for of an audit. */
interface AuditSummary {
  readonly score: number;
  readonly mean: number;
  readonly objects: number;
  /** '' where nothing was found. */
  readonly worst: Severity | '';
  readonly counts: Readonly<Record<Severity, number>>;
  readonly findings: number;
  readonly ignored: number;
  /** What could not be judged and may hide a finding. */
  readonly unchecked: number;
}

/** An audit as outputs of a step hold it. Of many findings the worst; the summary counts all. */
export function auditOutput(
  { findings, notCovered, notJudged }: SetAudit & { readonly notJudged: readonly NotJudged[] },
  score: SetScore | undefined,
  ignored: number,
): {
  readonly findings: readonly Finding[];
  readonly notCovered: SetAudit['notCovered'];
  readonly notJudged: readonly NotJudged[];
  readonly summary: AuditSummary;
  readonly message: string;
  readonly table: string;
} {
  const unchecked = notJudged.filter(mayHideMore).length;
  return {
    findings: findings.slice(0, mostFindings),
    notCovered: notCovered.slice(0, mostGaps),
    notJudged: notJudged.slice(0, mostGaps),
    summary: {
      score: score?.worst ?? 0,
      mean: score?.total ?? 0,
      objects: score?.objects.length ?? 0,
      worst: findings[0]?.severity ?? '',
      counts: countSeverities(findings),
      findings: findings.length,
      ignored,
      unchecked,
    },
    message: [
      ...(score === undefined ? ['nothing was judged'] : [`score ${score.worst} of 100`]),
      ...(findings[0] === undefined ? [] : [worstText(findings, findings[0])]),
      ...(unchecked === 0 ? [] : [`${unchecked} not checked`]),
    ].join('; '),
    table: findings
      .slice(0, mostLines)
      .map(({ severity, object, id, text }) => `${severity}  ${describeRef(object)}  ${id}: ${text}`)
      .join('\n'),
  };
}

function worstText({ length }: readonly Finding[], { id, object }: Finding): string {
  return `${length} ${length === 1 ? 'finding' : 'findings'}, the worst: ${id} of ${describeRef(object)}`;
}
