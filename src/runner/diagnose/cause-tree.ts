import type { ClusterFinding } from '../../analyze/cluster/analyze-cluster.ts';
import type { Consequence, Incident } from '../../analyze/incident/incident.ts';
import type { Following } from './investigation.ts';

/** What follows from the root of an incident, each under what explains it directly. */
export function causeTree({ root, alike, consequences }: Incident): readonly Following[] {
  const members = new Set(consequences.map(({ finding }) => finding));
  const roots = new Set([root, ...alike]);
  // In a circle of causes nobody stands under the root: who was met before is not met again.
  const met = new Set<ClusterFinding>();
  const tree = under((cause) => roots.has(cause) || !members.has(cause));
  const left = consequences.filter(({ finding }) => !met.has(finding));
  return [...tree, ...left.map((each) => following([each], []))];

  function under(isCause: (cause: ClusterFinding) => boolean): readonly Following[] {
    const below = consequences.filter(({ finding, cause }) => isCause(cause) && !met.has(finding));
    for (const { finding } of below) met.add(finding);
    return groups(below).map((group) => {
      const own = new Set(group.map(({ finding }) => finding));
      return following(
        group,
        under((cause) => own.has(cause)),
      );
    });
  }
}

/** Consequences of one reason on objects of one owner are one line. */
function groups(consequences: readonly Consequence[]): readonly (readonly [Consequence, ...Consequence[]])[] {
  const byReason = Map.groupBy(consequences, ({ finding: { object, parent, id, container } }) =>
    JSON.stringify([parent ?? [object.namespace, object.name], object.kind, id, container]),
  );
  return [...byReason.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others]],
  );
}

function following(
  [first, ...others]: readonly [Consequence, ...Consequence[]],
  follows: readonly Following[],
): Following {
  const { finding, because } = first;
  const { object, id, severity, text } = finding;
  return { object, id, severity, text, because, others: others.length, follows };
}
