import type { KubeObject } from '../../api/kube-object.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { conditionOf } from '../diagnosis/pod-view.ts';
import { objectsAt, textAt } from '../json-fields.ts';
import { linksTo, notReady, type Link, type LinkMaker } from './link.ts';
import { ownersOf } from './pod-links.ts';
import { webhookKinds } from './traffic-links.ts';

/** The Pods of a workload, itself or through its ReplicaSets or Jobs, and the webhooks that keep them from being made. */
export const workloadLinks: LinkMaker = (object, snapshot, finding) => [
  ...owned(object, snapshot),
  ...refusingWebhooks(object, snapshot),
  // On the way from a Pod or a Service: what is above it may be known to be wrong.
  ...(finding === undefined ? ownersOf(object, snapshot) : []),
];

function owned(object: KubeObject, snapshot: Snapshot): readonly Link[] {
  const pods = snapshot.has('Pod') ? notReady(snapshot.ownedBy('Pod', object)) : [];
  const sets = snapshot.has('ReplicaSet') ? snapshot.ownedBy('ReplicaSet', object) : [];
  const jobs = snapshot.has('Job') ? snapshot.ownedBy('Job', object) : [];
  return linksTo([...sets, ...jobs, ...pods], 'owns');
}

const failedCall = /failed calling webhook "([^"]{1,253})"/g;

/** A webhook that answers and says no is a policy; one that cannot be called keeps everybody's Pods from being made. */
function refusingWebhooks(object: KubeObject, snapshot: Snapshot): readonly Link[] {
  const events = snapshot.has('Event') ? snapshot.eventsOf(object) : [];
  const messages = [
    textAt(conditionOf(object, 'ReplicaFailure'), 'message'),
    ...events.filter(({ reason }) => reason === 'FailedCreate').map(({ message }) => message),
  ];
  const names = new Set(
    messages.flatMap((message) => [...message.matchAll(failedCall)].map(([, name = '']) => name)),
  );
  if (names.size === 0) return [];
  const configurations = webhookKinds.flatMap((kind) => (snapshot.has(kind) ? snapshot.all(kind) : []));
  return configurations.flatMap((to) => {
    const paths = objectsAt(to, 'webhooks').flatMap((webhook, index) =>
      names.has(textAt(webhook, 'name')) ? [`webhooks[${index}].`] : [],
    );
    if (paths.length === 0) return [];
    return [
      {
        to,
        verb: 'is refused its Pods by',
        accepts: ({ fieldPath = '' }) => paths.some((path) => fieldPath.startsWith(path)),
      } satisfies Link,
    ];
  });
}
