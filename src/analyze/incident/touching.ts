import type { ObjectRef } from '../../api/kube-object.ts';
import { groupOf } from '../../cluster/known-kinds.ts';
import type { ClusterFinding } from '../cluster/analyze-cluster.ts';
import type { Incident } from './incident.ts';

type Ref = Omit<ObjectRef, 'cluster'>;

/** The incidents with a finding of one of these objects, or of something that one of them owns. */
export function incidentsTouching(incidents: readonly Incident[], refs: readonly Ref[]): readonly Incident[] {
  return incidents.filter((incident) =>
    membersOf(incident).some((finding) => refs.some((ref) => isOf(finding, ref))),
  );
}

/** All findings of an incident, the root first. */
export function membersOf({ root, alike, consequences }: Incident): readonly ClusterFinding[] {
  return [root, ...alike, ...consequences.map(({ finding }) => finding)];
}

/** Whether the finding is of the object, or of something that it owns. */
function isOf({ object, parent }: ClusterFinding, ref: Ref): boolean {
  if (isSameObject(object, ref)) return true;
  return object.namespace === ref.namespace && parent === `${ref.kind}/${ref.name}`;
}

/** By what they are called: of which version is asked does not matter. */
export function isSameObject(a: Ref, b: Ref): boolean {
  return (
    a.kind === b.kind &&
    a.name === b.name &&
    a.namespace === b.namespace &&
    groupOf(a.apiVersion) === groupOf(b.apiVersion)
  );
}
