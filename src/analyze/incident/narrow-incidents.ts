import type { ClusterFinding } from '../cluster/analyze-cluster.ts';
import { compareSeverity } from '../finding.ts';
import { identityOf } from '../finding-identity.ts';
import type { Incident } from './incident.ts';

/**
 * The incidents with only these findings. Where the root is left out, one like it takes its place, else the first of the
 * consequences: it is no longer explained by anything that is shown.
 */
export function narrowIncidents(
  incidents: readonly Incident[],
  shown: readonly ClusterFinding[],
): readonly Incident[] {
  const isShown = new Set(shown);
  return incidents.flatMap((incident) => {
    const roots = [incident.root, ...incident.alike].filter((finding) => isShown.has(finding));
    const consequences = incident.consequences.filter(({ finding }) => isShown.has(finding));
    const [root, ...alike] =
      roots.length > 0 ? roots : consequences.slice(0, 1).map(({ finding }) => finding);
    if (root === undefined) return [];
    const others = consequences.filter(({ finding }) => finding !== root);
    const members = [root, ...alike, ...others.map(({ finding }) => finding)];
    const [worst = root] = members.toSorted(compareSeverity);
    const key = roots.length > 0 ? incident.key : identityOf(root);
    return [{ key, severity: worst.severity, root, alike, consequences: others }];
  });
}
