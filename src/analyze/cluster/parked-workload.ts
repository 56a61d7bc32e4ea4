import type { KubeObject } from '../../api/kube-object.ts';
import { numberAt, objectAt, textAt } from '../json-fields.ts';
import type { SnapshotKind } from './kinds.ts';
import type { Look } from './look.ts';
import { selectedMakers } from './written-endpoints.ts';

const kinds: readonly SnapshotKind[] = ['Deployment', 'StatefulSet'];

/** Whether what makes the Pods of a Service has none because a ScaledObject lets it go to zero. */
export function isParked(look: Look): boolean {
  return selectedMakers(look, kinds)
    .filter(({ maker }) => numberAt(maker, 'spec', 'replicas') === 0)
    .some(({ maker }) => look.known('ScaledObject').some((scaler) => mayGoToZero(scaler, maker)));
}

function mayGoToZero(scaler: KubeObject, maker: KubeObject): boolean {
  const target = objectAt(scaler, 'spec', 'scaleTargetRef');
  const least =
    numberAt(scaler, 'spec', 'idleReplicaCount') ?? numberAt(scaler, 'spec', 'minReplicaCount') ?? 0;
  return (
    least === 0 &&
    textAt(scaler, 'metadata', 'namespace') === textAt(maker, 'metadata', 'namespace') &&
    (textAt(target, 'kind') || 'Deployment') === maker.kind &&
    textAt(target, 'name') === textAt(maker, 'metadata', 'name')
  );
}
