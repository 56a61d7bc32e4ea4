import { canonicalJson } from '../../api/canonical-json.ts';
import type { ClusterFinding } from '../cluster/analyze-cluster.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { compareSeverity } from '../finding.ts';
import { identityKey } from '../finding-identity.ts';
import { describeRef } from '../object-name.ts';
import { findCauses, type Cause } from './find-causes.ts';
import type { Consequence, Incident, IncidentKey } from './incident.ts';
import { keyOfRoot, missingOf } from './root-key.ts';

/**
 * Groups findings by what causes them: every finding without a cause is a root; roots of one owner, reason and container are
 * one incident, and so are roots that miss the same object. `findings` are in their canonical order, which is kept.
 */
export function groupIncidents(findings: readonly ClusterFinding[], snapshot: Snapshot): readonly Incident[] {
  const order = new Map(findings.map((finding, index) => [finding, index]));
  const causes = findCauses(findings, snapshot);
  const rootOf = new Map(findings.map((finding) => [finding, findRoot(finding, causes, order)]));
  const groups = new Map<string, Group>();
  const groupOf = new Map<ClusterFinding, Group>();
  // Roots first, in their order: the first of a group is the root of its incident.
  for (const finding of findings)
    if (rootOf.get(finding) === finding) groupOf.set(finding, groupOfRoot(finding));
  for (const [finding, root] of rootOf) groupOf.get(root)?.members.push(finding);
  return [...groups.values()]
    .flatMap((group) => incidentOf(group, causes) ?? [])
    .toSorted((a, b) => compareSeverity(a, b) || (order.get(a.root) ?? 0) - (order.get(b.root) ?? 0));

  function groupOfRoot(root: ClusterFinding): Group {
    const missing = missingOf(root);
    const key = keyOfRoot(root, snapshot);
    const text = identityKey(key);
    const place = missing === undefined ? text : canonicalJson(missing);
    const group: Group = groups.get(place) ?? { roots: new Map(), members: [] };
    groups.set(place, group);
    const alike = group.roots.get(text);
    if (alike === undefined) group.roots.set(text, { key, findings: [root] });
    else alike.findings.push(root);
    return group;
  }
}

/** Follows the causes. A webhook can be kept down by what it keeps from being made: in such a circle it is the root. */
function findRoot(
  finding: ClusterFinding,
  causes: ReadonlyMap<ClusterFinding, Cause>,
  order: ReadonlyMap<ClusterFinding, number>,
): ClusterFinding {
  const way = [finding];
  for (;;) {
    const cause = causes.get(way.at(-1) ?? finding)?.cause;
    if (cause === undefined) return way.at(-1) ?? finding;
    const start = way.indexOf(cause);
    if (start >= 0) {
      const circle = way.slice(start).toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
      return (
        circle.find(({ object }) => object.kind.endsWith('WebhookConfiguration')) ?? circle[0] ?? finding
      );
    }
    way.push(cause);
  }
}

interface Group {
  /** By the key of each; the first holds the root of the incident. */
  readonly roots: Map<string, { readonly key: IncidentKey; readonly findings: ClusterFinding[] }>;
  readonly members: ClusterFinding[];
}

function incidentOf(
  { roots, members }: Group,
  causes: ReadonlyMap<ClusterFinding, Cause>,
): Incident | undefined {
  const [first] = roots.values();
  const [root, ...alike] = first?.findings ?? [];
  if (first === undefined || root === undefined) return undefined;
  const own = new Set(first.findings);
  const consequences = members
    .filter((finding) => !own.has(finding))
    .map((finding): Consequence => {
      const { cause = root, because = sharedMissing(finding) } = causes.get(finding) ?? {};
      return { finding, because, cause };
    });
  const [worst = root] = members.toSorted(compareSeverity);
  return { key: first.key, severity: worst.severity, root, alike, consequences };
}

/** A root of another owner is here because it misses the same object. */
function sharedMissing(finding: ClusterFinding): string {
  const missing = missingOf(finding);
  const target = missing === undefined ? 'the same object' : describeRef(missing);
  return `${describeRef(finding.object)} refers to ${target}, too`;
}
