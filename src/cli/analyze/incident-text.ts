import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import type { Consequence, Incident } from '../../analyze/incident/incident.ts';
import { cleanLine } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { findingLines, findingName, paintSeverity } from './finding-text.ts';
import type { FindingPlaces } from './finding-places.ts';

/** The root with all there is to say of it, then a line for what is like it and one for each thing that follows. */
export function incidentLines(
  { root, alike, consequences }: Incident,
  placeOf: FindingPlaces,
  style: Style,
): readonly string[] {
  return [
    ...findingLines(root, placeOf(root), style),
    ...(alike.length === 0 ? [] : [`  the same: ${cleanLine(namesOf(alike))}`]),
    ...repeated(consequences).map((same) => consequenceLine(same, style)),
  ];
}

/** Consequences of one reason on objects of one owner: what is said of the first is true of all. */
export function repeated(consequences: readonly Consequence[]): readonly (readonly Consequence[])[] {
  const groups = Map.groupBy(consequences, ({ finding }) =>
    JSON.stringify([
      finding.parent ?? findingName(finding),
      finding.object.kind,
      finding.id,
      finding.container,
    ]),
  );
  return [...groups.values()];
}

function consequenceLine(same: readonly Consequence[], style: Style): string {
  const [first] = same;
  if (first === undefined) return '';
  const { finding, because } = first;
  const more = same.length === 1 ? '' : ` and ${same.length - 1} more`;
  const said = `${findingName(finding)}${more}  ${finding.id}: ${finding.text}`;
  return `  > ${paintSeverity(finding.severity, style)}  ${cleanLine(said)} ${style.dim(cleanLine(`(${because})`))}`;
}

const mostNames = 3;

function namesOf(findings: readonly ClusterFinding[]): string {
  const names = findings.slice(0, mostNames).map((finding) => findingName(finding));
  const more = findings.length - names.length;
  return `${names.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
