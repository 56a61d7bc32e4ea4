import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import type { Place } from '../../api/place.ts';
import { markdownText } from '../../gate/export/markdown-text.ts';
import type { CliIo } from '../io.ts';
import { fittedLines } from '../reports/report-markdown.ts';
import { reportedPath } from '../reports/reported-path.ts';
import { acceptedLines } from './accepted-text.ts';
import { countsText } from './analysis-text.ts';
import type { Explanation } from './explain/explanation.ts';
import { explanationMarkdown, headOf } from './explain/explanation-text.ts';
import { findingName } from './finding-text.ts';
import { repeated } from './incident-text.ts';
import { notCheckedText } from './not-checked-text.ts';
import type { AnalysisReport } from './report.ts';

/** More help nobody; what is after the table should be seen. */
const mostRows = 60;
/** GitHub takes so many characters in a comment. */
const largestComment = 65_536;

/** The report as a comment on a pull request. */
export function analysisMarkdown(report: AnalysisReport, io: Pick<CliIo, 'cwd' | 'env'>): string {
  const { analysis, placeOf } = report;
  const { incidents, notChecked } = analysis;
  const all = incidents.flatMap((incident) => incidentRows(incident, (finding) => at(placeOf(finding), io)));
  const rows = all.slice(0, mostRows);
  const more = all.length - rows.length;
  const lines = [
    `### analyze: ${countsText(report)}`,
    ...(rows.length === 0
      ? []
      : ['', '| severity | object | problem | says | fix |', '|---|---|---|---|---|', ...rows]),
    ...(more > 0 ? ['', `and ${more} more rows`] : []),
    ...incidents.flatMap((incident) => explanationBlock(incident, report.explanations?.get(incident))),
    ...listed(notChecked.slice(0, mostRows).map((gap) => `not checked: ${notCheckedText(gap)}`)),
    ...listed(acceptedLines(report).slice(0, mostRows)),
  ];
  return fittedLines(lines, largestComment);
}

/** The root first; a consequence has its cause where a root has its fix. */
function incidentRows(
  { root, alike, consequences }: Incident,
  placed: (finding: ClusterFinding) => string,
): readonly string[] {
  const more = alike.length === 0 ? '' : ` and ${alike.length} more`;
  return [
    row([root.severity, `${findingName(root)}${more}`, root.id, `${root.text}${placed(root)}`, root.fix]),
    ...repeated(consequences).flatMap(([first, ...others]) => {
      if (first === undefined) return [];
      const { finding, because } = first;
      const name = `↳ ${findingName(finding)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
      return [row([finding.severity, name, finding.id, `${finding.text}${placed(finding)}`, because])];
    }),
  ];
}

/** Below the table. */
function explanationBlock({ root }: Incident, explanation: Explanation | undefined): readonly string[] {
  if (explanation === undefined) return [];
  return [
    '',
    `**${markdownText(`${findingName(root)} ${root.id}`)}** ${markdownText(headOf(explanation))}`,
    '',
    ...explanationMarkdown(explanation),
  ];
}

function at(place: Place | undefined, io: Pick<CliIo, 'cwd' | 'env'>): string {
  return place === undefined ? '' : ` (${reportedPath(place.file, io)}:${place.line})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(markdownText).join(' | ')} |`;
}

function listed(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines.map((line) => `- ${markdownText(line)}`)];
}
