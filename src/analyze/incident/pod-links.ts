import type { KubeObject } from '../../api/kube-object.ts';
import type { SnapshotKind } from '../cluster/kinds.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import type { Finding } from '../finding.ts';
import { objectsAt, textAt, textsAt } from '../json-fields.ts';
import { linksTo, type Link, type LinkMaker } from './link.ts';

const nodeDown = ['NodeNotReady', 'NetworkUnavailable'];
const nodePressure = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];
const refusedByRegistry = /unauthorized|denied|forbidden|authenticat|\b40[13]\b/i;
const owners: readonly SnapshotKind[] = [
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
];

/** A taint that the cluster puts on a node, and the problem of the node that it stands for. */
const taints: readonly (readonly [string, string])[] = [
  ['node.kubernetes.io/not-ready', 'NodeNotReady'],
  ['node.kubernetes.io/unreachable', 'NodeNotReady'],
  ['node.kubernetes.io/network-unavailable', 'NetworkUnavailable'],
  ['node.kubernetes.io/memory-pressure', 'MemoryPressure'],
  ['node.kubernetes.io/disk-pressure', 'DiskPressure'],
  ['node.kubernetes.io/pid-pressure', 'PIDPressure'],
];

/**
 * What may explain a problem of a Pod; without one, what may explain that it is not ready: its node, then what owns it.
 * What a container does by itself, such as ending or naming no image, nothing else explains.
 */
export const podLinks: LinkMaker = (pod, snapshot, finding) => {
  switch (finding?.id) {
    case undefined:
      return [...nodeOf(pod, snapshot, nodeDown), ...ownersOf(pod, snapshot)];
    case 'Unschedulable':
      return [
        ...(/volume/i.test(finding.text)
          ? [...claimsOf(pod, snapshot), ...ownersOf(pod, snapshot, ['StorageClassMissing'])]
          : []),
        ...taintedNodes(finding.text, snapshot),
      ];
    case 'FailedMount':
      return [...claimsOf(pod, snapshot), ...nodeOf(pod, snapshot, nodeDown)];
    case 'FailedCreatePodSandBox':
    case 'TerminationStuck':
    case 'Unhealthy':
      return nodeOf(pod, snapshot, nodeDown);
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      return refusedByRegistry.test(finding.text) ? ownersOf(pod, snapshot, ['PullSecretMissing']) : [];
    case 'InitContainerRunning':
      return awaitedServices(pod, finding, snapshot);
    case 'Evicted':
      return nodeOf(pod, snapshot, nodePressure);
    default:
      return [];
  }
};

/** What owns a Pod, a ReplicaSet or a Job. */
export function ownersOf(object: KubeObject, snapshot: Snapshot, ids?: readonly string[]): readonly Link[] {
  const namespace = textAt(object, 'metadata', 'namespace');
  return objectsAt(object, 'metadata', 'ownerReferences').flatMap((reference) => {
    const kind = owners.find((each) => each === textAt(reference, 'kind'));
    const owner =
      kind === undefined || !snapshot.has(kind)
        ? undefined
        : snapshot.find(kind, namespace, textAt(reference, 'name'));
    return linksTo([owner], 'belongs to', ids);
  });
}

function nodeOf(pod: KubeObject, snapshot: Snapshot, ids: readonly string[]): readonly Link[] {
  const name = textAt(pod, 'spec', 'nodeName');
  if (name === '' || !snapshot.has('Node')) return [];
  return linksTo([snapshot.find('Node', '', name)], 'runs on', ids);
}

function taintedNodes(message: string, snapshot: Snapshot): readonly Link[] {
  const ids = taints.filter(([taint]) => message.includes(taint)).map(([, id]) => id);
  if (ids.length === 0 || !snapshot.has('Node')) return [];
  return linksTo(snapshot.all('Node'), 'cannot go to', ids);
}

/** The Services that its command, arguments or variables name. */
function awaitedServices(pod: KubeObject, { container }: Finding, snapshot: Snapshot): readonly Link[] {
  if (!snapshot.has('Service')) return [];
  const spec = objectsAt(pod, 'spec', 'initContainers').find((each) => textAt(each, 'name') === container);
  const written = [
    ...textsAt(spec, 'command'),
    ...textsAt(spec, 'args'),
    ...objectsAt(spec, 'env').map((variable) => textAt(variable, 'value')),
  ].join(' ');
  const namespace = textAt(pod, 'metadata', 'namespace');
  const names = new Set(written.slice(0, longestCommand).match(/[a-z0-9](?:[-a-z0-9]*[a-z0-9])?/g));
  const services = [...names].map((name) => snapshot.find('Service', namespace, name));
  return linksTo(services, 'waits for', ['NoEndpoints', 'EndpointsNotReady']);
}

const longestCommand = 10_000;

function claimsOf(pod: KubeObject, snapshot: Snapshot): readonly Link[] {
  if (!snapshot.has('PersistentVolumeClaim')) return [];
  const namespace = textAt(pod, 'metadata', 'namespace');
  const claims = objectsAt(pod, 'spec', 'volumes')
    .map((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName'))
    .filter((name) => name !== '')
    .map((name) => snapshot.find('PersistentVolumeClaim', namespace, name));
  return linksTo(claims, 'waits for');
}
