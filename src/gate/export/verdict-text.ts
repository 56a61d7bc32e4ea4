import { bySeverity, valueText, saysText } from './check-text.ts';
import type { Check, Verdict } from '../verdict.ts';

const longestCell = 120;
const heads = ['RESULT', 'CHECK', 'VALUE', 'CONDITION', 'WEIGHT', 'SAYS'];

/** The verdict as plain text for a log: one line of what it came to, and a table of every check, worst first. */
export function verdictText(verdict: Verdict): string {
  const { counts } = verdict;
  const score = verdict.score === null ? 'no score' : `score ${verdict.score} of ${verdict.threshold}`;
  const state = verdict.mode === 'observe' ? 'observing' : verdict.open ? 'open' : 'not open';
  const facts = [
    `gate ${cell(verdict.gate)}: ${verdict.outcome}, ${state}`,
    score,
    `decided by ${verdict.decidedBy}`,
    `${counts.evaluated} of ${counts.total} checks evaluated`,
    ...(counts.muted > 0 ? [`${counts.muted} muted`] : []),
  ];
  const lines = [facts.join('; '), ...reasonLines(verdict)];
  if (verdict.checks.length > 0)
    lines.push(...aligned([heads, ...verdict.checks.toSorted(bySeverity).map(row)]));
  return lines.join('\n');
}

/** Reasons that no check carries: a deadline, a clock, a policy that cannot be used. */
function reasonLines({ reasons, checks }: Verdict): readonly string[] {
  const own = reasons.filter(
    ({ ruleOrQuote }) => !checks.some(({ id }) => ruleOrQuote.startsWith(`${id}: `)),
  );
  return own.map(({ ruleOrQuote }) => `  ${cell(ruleOrQuote)}`);
}

function row(check: Check): readonly string[] {
  const result = check.muted === null ? check.result : `${check.result} (muted)`;
  const weight = check.weight === 0 ? 'info' : `${check.weight}${check.key ? ' key' : ''}`;
  return [result, check.id, valueText(check), check.condition ?? '', weight, saysText(check)].map(cell);
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = heads.map((_, column) => Math.max(...rows.map((each) => (each[column] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Text of others, which may be hostile: one line without control characters. */
function cell(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
  return line.length > longestCell ? `${line.slice(0, longestCell - 1)}…` : line;
}
