import type { Finding } from '../../analyze/finding.ts';
import type { SetScore } from '../../analyze/score-set.ts';
import { formatPlace } from '../../api/place.ts';
import { explanationLines } from '../analyze/explain/explanation-text.ts';
import { findingName, paintSeverity } from '../analyze/finding-text.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { gapLines, noteLines } from './notes.ts';
import { findingsByObject, type AuditReport } from './report.ts';
import { summaryText } from './summary.ts';

type ScoredObject = SetScore['objects'][number];

/** The report for people: each object with its score and what takes from it, worst first; then what was not judged. */
export function auditText(report: AuditReport, style: Style, columns?: number): string {
  const { explanation } = report;
  const scored = report.score?.objects ?? [];
  const findingsOf = findingsByObject(report);
  const withFindings = scored.filter((object) => findingsOf(object).length > 0);
  const sound = scored.length - withFindings.length;
  return [
    ...withFindings.map(
      (object) => `${objectLines(object, findingsOf(object), report, style).join('\n')}\n\n`,
    ),
    ...(sound === 0 ? [] : [`${sound} object${sound === 1 ? '' : 's'} without findings\n`]),
    ...gapLines(report).map((line) => `${style.yellow(cleanLine(line))}\n`),
    ...noteLines(report).map((line) => `${cleanLine(line)}\n`),
    `${style.bold(summaryText(report))}\n`,
    ...(explanation === undefined
      ? []
      : explanationLines(explanation, style, columns).map((line) => `${line}\n`)),
  ].join('');
}

/** The points of all lines add up to 100 minus the score. A rule counts once, at its first and worst finding. */
function objectLines(
  scored: ScoredObject,
  findings: readonly Finding[],
  report: AuditReport,
  style: Style,
): readonly string[] {
  const points = new Map(scored.explanation.map((line) => [line.item, line.points]));
  const byRule = Map.groupBy(findings, ({ id }) => id);
  const lines = [...byRule.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          ...findingLines(first, points.get(first.id) ?? 0, report, style),
          ...others.flatMap((other) =>
            // What one image or place has is not what the next one has.
            other.evidence.length > 0
              ? findingLines(other, 0, report, style)
              : [`      ${style.dim(cleanLine(`also at ${placeText(other, report)}`))}`],
          ),
        ],
  );
  const corrections = scored.explanation
    .filter(({ item }) => !byRule.has(item))
    .map((line) => `${pointsText(line.points)}  ${cleanLine(line.because)}`);
  return [
    `${style.bold(cleanLine(findingName(scored)))}  score ${scored.score} of 100`,
    ...lines,
    ...corrections,
  ];
}

function findingLines(
  finding: Finding,
  points: number,
  report: AuditReport,
  style: Style,
): readonly string[] {
  const { severity, id, text, fix, evidence } = finding;
  const place = style.dim(cleanLine(placeText(finding, report)));
  return [
    `${pointsText(points)}  ${paintSeverity(severity, style)}  ${cleanLine(id)}  ${place}`.trimEnd(),
    `      ${cleanLine(text)}`,
    ...evidence.map((each) => `      ${style.dim(cleanLine(`${each.source}: ${each.text}`))}`),
    `      fix: ${cleanLine(fix)}`,
  ];
}

function placeText(finding: Finding, { audited }: AuditReport): string {
  const { fieldPath = '' } = finding;
  const place = audited.placeOf(finding);
  return place === undefined ? fieldPath : `${formatPlace(place)} ${fieldPath}`;
}

function pointsText(points: number): string {
  return (points > 0 ? `-${points}` : points < 0 ? `+${-points}` : '0').padStart(4);
}
