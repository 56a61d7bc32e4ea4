import { counted } from '../render/fault-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { acceptedLines } from './accepted-text.ts';
import { findingLines } from './finding-text.ts';
import { notCheckedText } from './not-checked-text.ts';
import type { AnalysisReport } from './report.ts';

/** The report for people: findings, worst first, what was not checked, what was accepted, and the counts. */
export function analysisText(report: AnalysisReport, style: Style): string {
  const { analysis, placeOf } = report;
  const { findings, notChecked } = analysis;
  const gaps = notChecked.map((gap) => `${style.yellow('not checked')}  ${cleanLine(notCheckedText(gap))}\n`);
  return [
    ...findings.map((finding) => `${findingLines(finding, placeOf(finding), style).join('\n')}\n\n`),
    ...gaps,
    ...acceptedLines(report).map((line) => `${cleanLine(line)}\n`),
    `${countsText(report)}\n`,
  ].join('');
}

/** `2 problems found in 14 objects` */
export function countsText({ analysis: { checked, findings }, baseline }: AnalysisReport): string {
  const objects = checked.reduce((sum, each) => sum + each.objects, 0);
  const problem = baseline === undefined ? 'problem' : 'new problem';
  const count = findings.length === 0 ? `no ${problem}s` : counted(findings.length, problem);
  return `${count} found in ${objects} object${objects === 1 ? '' : 's'}`;
}
