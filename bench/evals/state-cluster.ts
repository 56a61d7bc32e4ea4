import { SluiceError } from '../../src/api/errors.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { groupOf, resourceOf } from '../../src/cluster/known-kinds.ts';
import { parseLabelSelector } from '../../src/cluster/label-selector.ts';
import { compareByPlace } from '../../src/cluster/object-order.ts';
import type { Cluster, ReadOnlyCluster } from '../../src/cluster/port.ts';
import type { ContainerLog } from './scenario.ts';

export interface HeldState {
  readonly objects: readonly KubeObject[];
  readonly denied?: readonly string[];
  readonly notInstalled?: readonly string[];
  readonly logs?: readonly ContainerLog[];
}

/** A cluster that holds what it was given and refuses what a scenario says that it refuses. */
export function stateCluster(state: HeldState): ReadOnlyCluster & Required<Pick<Cluster, 'podLog'>> {
  const { objects, denied = [], notInstalled = [], logs = [] } = state;
  const ofKind = (apiVersion: string, kind: string): readonly KubeObject[] => {
    const resource = resourceOf(apiVersion, kind);
    if (notInstalled.includes(kind))
      throw new SluiceError('terminal', 'NoSuchKind', `the server does not serve ${resource}`);
    if (denied.includes(kind))
      throw new SluiceError('denied', 'Forbidden', `${resource} is forbidden: User "on-call" cannot list it`);
    return objects.filter((each) => each.kind === kind && groupOf(each.apiVersion) === groupOf(apiVersion));
  };
  return {
    name: '',
    kind: 'memory',
    async get({ apiVersion, kind, namespace, name }) {
      return ofKind(apiVersion, kind).find(
        ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
      );
    },
    async list({ apiVersion, kind, namespace, labelSelector = '' }) {
      const matches = parseLabelSelector(labelSelector);
      return ofKind(apiVersion, kind)
        .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
        .filter(({ metadata }) => matches(metadata.labels))
        .toSorted(compareByPlace);
    },
    async podLog({ namespace = '', name }, { container, previous, maxLines }) {
      if (denied.includes('Log'))
        throw new SluiceError('denied', 'Forbidden', 'pods/log is forbidden: User "on-call" cannot get it');
      const log = logs.find((each) => each.pod === `${namespace}/${name}` && each.container === container);
      const text = (previous ? log?.previous : log?.text) ?? '';
      return text
        .split('\n')
        .slice(-maxLines - 1)
        .join('\n');
    },
  };
}
