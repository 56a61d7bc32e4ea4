import type { Analysis, ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import type { Severity } from '../../analyze/finding.ts';
import { counted } from '../render/fault-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { notCheckedText } from './not-checked-text.ts';

/** The analysis for people: findings, worst first, what was not checked, and the counts. */
export function analysisText({ checked, findings, notChecked }: Analysis, style: Style): string {
  const objects = checked.reduce((sum, each) => sum + each.objects, 0);
  const gaps = notChecked.map((gap) => `${style.yellow('not checked')}  ${cleanLine(notCheckedText(gap))}\n`);
  const counts = findings.length === 0 ? 'no problems found' : `${counted(findings.length, 'problem')} found`;
  return [
    ...findings.map((finding) => findingText(finding, style)),
    ...gaps,
    `${counts} in ${objects} object${objects === 1 ? '' : 's'}\n`,
  ].join('');
}

function findingText(finding: ClusterFinding, style: Style): string {
  const { object, parent, severity, id, text, fix, evidence } = finding;
  const place = object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
  const owner = parent === undefined ? '' : style.dim(` (${cleanLine(parent)})`);
  const lines = [
    `${paint(severity, style)}  ${style.bold(cleanLine(`${object.kind} ${place}`))}${owner}  ${cleanLine(id)}`,
    `  ${cleanLine(text)}`,
    ...evidence.map((each) => `  ${style.dim(cleanLine(`${each.source}: ${each.text}`))}`),
    `  fix: ${cleanLine(fix)}`,
  ];
  return `${lines.join('\n')}\n\n`;
}

function paint(severity: Severity, style: Style): string {
  if (severity === 'critical' || severity === 'high') return style.red(severity);
  return severity === 'medium' ? style.yellow(severity) : style.dim(severity);
}
