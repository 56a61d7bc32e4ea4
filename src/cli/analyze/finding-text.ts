import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import type { Severity } from '../../analyze/finding.ts';
import { formatPlace, type Place } from '../../api/place.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';

/** `namespace/name`, or the name alone. */
export function findingPlace({ object }: Pick<ClusterFinding, 'object'>): string {
  return object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
}

/** `Pod namespace/name` */
export function findingName(finding: Pick<ClusterFinding, 'object'>): string {
  return `${finding.object.kind} ${findingPlace(finding)}`;
}

/** What is wrong, where it stands in the files, the evidence, and the fix: a line each. */
export function findingLines(
  finding: ClusterFinding,
  place: Place | undefined,
  style: Style,
): readonly string[] {
  const { parent, severity, id, text, fix, evidence } = finding;
  const owner = parent === undefined ? '' : style.dim(` (${cleanLine(parent)})`);
  const name = cleanLine(findingName(finding));
  return [
    `${paintSeverity(severity, style)}  ${style.bold(name)}${owner}  ${cleanLine(id)}`,
    `  ${cleanLine(text)}`,
    ...(place === undefined ? [] : [`  ${style.dim(cleanLine(`at ${formatPlace(place)}`))}`]),
    ...evidence.map((each) => `  ${style.dim(cleanLine(`${each.source}: ${each.text}`))}`),
    `  fix: ${cleanLine(fix)}`,
  ];
}

export function paintSeverity(severity: Severity, style: Style): string {
  if (severity === 'critical' || severity === 'high') return style.red(severity);
  return severity === 'medium' ? style.yellow(severity) : style.dim(severity);
}
