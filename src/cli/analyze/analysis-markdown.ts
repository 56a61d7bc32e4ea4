import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { markdownText } from '../../gate/export/markdown-text.ts';
import type { CliIo } from '../io.ts';
import { reportedPath } from '../reports/reported-path.ts';
import { acceptedLines } from './accepted-text.ts';
import { countsText } from './analysis-text.ts';
import { findingPlace } from './finding-text.ts';
import { notCheckedText } from './not-checked-text.ts';
import type { AnalysisReport } from './report.ts';

/** GitHub takes 65,536 characters in a comment: more rows than this do not fit. */
const mostRows = 60;

/** The report as a comment on a pull request. */
export function analysisMarkdown(report: AnalysisReport, io: Pick<CliIo, 'cwd' | 'env'>): string {
  const { analysis, placeOf } = report;
  const { findings, notChecked } = analysis;
  const rows = findings.slice(0, mostRows).map((finding) => {
    const place = placeOf(finding);
    const at = place === undefined ? '' : ` (${reportedPath(place.file, io)}:${place.line})`;
    return row([finding.severity, objectText(finding), finding.id, `${finding.text}${at}`, finding.fix]);
  });
  const more = findings.length - rows.length;
  const lines = [
    `### analyze: ${countsText(report)}`,
    ...(rows.length === 0
      ? []
      : ['', '| severity | object | problem | says | fix |', '|---|---|---|---|---|', ...rows]),
    ...(more > 0 ? ['', `and ${more} more`] : []),
    ...listed(notChecked.slice(0, mostRows).map((gap) => `not checked: ${notCheckedText(gap)}`)),
    ...listed(acceptedLines(report).slice(0, mostRows)),
  ];
  return `${lines.join('\n')}\n`;
}

function objectText(finding: ClusterFinding): string {
  return `${finding.object.kind} ${findingPlace(finding)}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(markdownText).join(' | ')} |`;
}

function listed(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `- ${markdownText(line)}`)];
}
