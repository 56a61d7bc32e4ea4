import type { Finding } from '../../analyze/finding.ts';
import { describeRef } from '../../analyze/object-name.ts';
import { markdownText } from '../../gate/export/markdown-text.ts';
import { explanationMarkdown, headOf } from '../analyze/explain/explanation-text.ts';
import type { CliIo } from '../io.ts';
import { fittedLines } from '../reports/report-markdown.ts';
import { reportedPath } from '../reports/reported-path.ts';
import { gapLines, noteLines } from './notes.ts';
import { findingsByObject, type AuditReport } from './report.ts';
import { summaryText } from './summary.ts';

/** More help nobody; what is after the table should be seen. */
const mostRows = 60;
/** GitHub takes so many characters in a comment. */
const largestComment = 65_536;

/** The report as a comment on a pull request. */
export function auditMarkdown(report: AuditReport, io: Pick<CliIo, 'cwd' | 'env'>): string {
  const { explanation } = report;
  const findingsOf = findingsByObject(report);
  const all = (report.score?.objects ?? []).flatMap((scored) =>
    findingsOf(scored).map((finding) => [
      finding.severity,
      `${describeRef(scored.object)} (${scored.score})`,
      finding.id,
      `${finding.text}${placeText(finding, report, io)}`,
      finding.fix,
    ]),
  );
  const more = all.length - mostRows;
  const rows = all.slice(0, mostRows).map((cells) => `| ${cells.map(markdownText).join(' | ')} |`);
  const notes = [...gapLines(report), ...noteLines(report)].slice(0, mostRows);
  const head = ['', '| severity | object (score) | rule | says | fix |', '|---|---|---|---|---|'];
  const lines = [
    `### audit: ${summaryText(report)}`,
    ...(rows.length === 0 ? [] : [...head, ...rows]),
    ...(more > 0 ? ['', `and ${more} more findings`] : []),
    ...(notes.length === 0 ? [] : ['', ...notes.map((line) => `- ${markdownText(line)}`)]),
    ...(explanation === undefined
      ? []
      : ['', `**${markdownText(headOf(explanation))}**`, '', ...explanationMarkdown(explanation)]),
  ];
  return fittedLines(lines, largestComment);
}

function placeText(finding: Finding, { audited }: AuditReport, io: Pick<CliIo, 'cwd' | 'env'>): string {
  const place = audited.placeOf(finding);
  return place === undefined ? '' : ` (${reportedPath(place.file, io)}:${place.line})`;
}
