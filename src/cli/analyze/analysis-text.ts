import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import { mayHideMore } from '../../analyze/cluster/read-gap.ts';
import type { Incident } from '../../analyze/incident/incident.ts';
import { counted } from '../render/fault-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { acceptedLines } from './accepted-text.ts';
import { explanationLines } from './explain/explanation-text.ts';
import type { FieldDocs } from './field-docs.ts';
import { incidentLines } from './incident-text.ts';
import { notCheckedText } from './not-checked-text.ts';
import type { AnalysisReport } from './report.ts';

/** The report for people: incidents, worst first, what was not checked, what was accepted, and the counts. */
export function analysisText(report: AnalysisReport, style: Style, columns?: number): string {
  const { analysis, placeOf, docs, explanations } = report;
  const incidentText = (incident: Incident): string => {
    const explanation = explanations?.get(incident);
    const said = explanation === undefined ? [] : explanationLines(explanation, style, columns);
    const doc = docs === undefined ? [] : docLines(incident.root, docs, style);
    return `${[...incidentLines(incident, placeOf, style), ...doc, ...said].join('\n')}\n\n`;
  };
  const { incidents, notChecked } = analysis;
  const gaps = notChecked.map((gap) => `${style.yellow('not checked')}  ${cleanLine(notCheckedText(gap))}\n`);
  return [
    ...incidents.map(incidentText),
    ...gaps,
    ...acceptedLines(report).map((line) => `${cleanLine(line)}\n`),
    `${countsText(report)}\n`,
  ].join('');
}

function docLines(root: ClusterFinding, docs: FieldDocs, style: Style): readonly string[] {
  if (root.fieldPath === undefined) return [];
  const doc = docs.get(root);
  const text =
    doc === undefined
      ? `field ${root.fieldPath}: no documentation at hand`
      : `field ${doc.field} <${doc.type}>, by ${doc.source}: ${doc.text}`;
  return [`  ${style.dim(cleanLine(text))}`];
}

/** `3 problems found in 14 objects: 1 incident`; nothing found says so where something may be hidden. */
export function countsText({ analysis, baseline }: AnalysisReport): string {
  const { checked, findings, incidents, notChecked } = analysis;
  const objects = checked.reduce((sum, each) => sum + each.objects, 0);
  const problem = baseline === undefined ? 'problem' : 'new problem';
  const count = findings.length === 0 ? `no ${problem}s` : counted(findings.length, problem);
  const causes = incidents.length < findings.length ? `: ${counted(incidents.length, 'incident')}` : '';
  const doubt = findings.length === 0 && notChecked.some(mayHideMore);
  return `${count} found in ${objects} object${objects === 1 ? '' : 's'}${causes}${doubt ? '; what was not checked may hide some' : ''}`;
}
