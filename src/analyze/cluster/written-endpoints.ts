import type { KubeObject } from '../../api/kube-object.ts';
import { objectAt, textAt } from '../json-fields.ts';
import { hasLabels } from '../label-match.ts';
import { podLabelsOf } from '../object-set.ts';
import { workloadOf, type Workload } from '../pod-template.ts';
import type { SnapshotKind } from './kinds.ts';
import type { Look } from './look.ts';

/** What makes Pods in manifests. */
export const podMakers: readonly SnapshotKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** What of `kinds` in the namespace of the Service makes Pods that it selects. */
export function selectedMakers(
  look: Look,
  kinds: readonly SnapshotKind[] = podMakers,
): readonly { readonly maker: KubeObject; readonly workload: Workload }[] {
  const wanted = objectAt(look.object, 'spec', 'selector');
  return makersIn(look, kinds).filter(({ workload }) => hasLabels(wanted, podLabelsOf(workload)));
}

/**
 * Whether manifests, which hold neither Pods nor endpoints, make Pods beside the Service and none that it selects. What
 * it selects may be in no file where they make none at all.
 */
export function selectsNothingWritten(look: Look): boolean {
  if (look.isGiven('EndpointSlice') || look.isGiven('Pod')) return false;
  return makersIn(look, podMakers).length > 0 && selectedMakers(look).length === 0;
}

function makersIn(
  look: Look,
  kinds: readonly SnapshotKind[],
): readonly { readonly maker: KubeObject; readonly workload: Workload }[] {
  return kinds
    .flatMap((kind) => look.known(kind))
    .filter((maker) => textAt(maker, 'metadata', 'namespace') === look.namespace)
    .flatMap((maker) => {
      const workload = workloadOf(maker);
      return workload === undefined ? [] : [{ maker, workload }];
    });
}
