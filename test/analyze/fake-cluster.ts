import type { KubeObject } from '../../src/api/kube-object.ts';
import type { ReadOnlyCluster } from '../../src/cluster/port.ts';
import { SluiceError } from '../../src/api/errors.ts';

export interface FakeCluster extends ReadOnlyCluster {
  /** `get Deployment default/web`, `list Pod default`, in order. */
  readonly calls: readonly string[];
}

/** A cluster over an array of objects. Reads of the kinds in `denied` throw as a cluster without permission does. */
export function fakeCluster(
  objects: readonly KubeObject[],
  options: {
    readonly name?: string;
    readonly kind?: 'memory' | 'kubernetes';
    readonly denied?: readonly string[];
  } = {},
): FakeCluster {
  const calls: string[] = [];
  const check = (kind: string): void => {
    if (options.denied?.includes(kind) === true) {
      throw new SluiceError('denied', 'Forbidden', `${kind} is forbidden: User "ci" cannot list it`);
    }
  };
  return {
    name: options.name ?? '',
    kind: options.kind ?? 'memory',
    calls,
    get: async (ref) => {
      calls.push(`get ${ref.kind} ${ref.namespace ?? ''}/${ref.name}`);
      check(ref.kind);
      return objects.find(
        (each) =>
          each.kind === ref.kind &&
          each.apiVersion === ref.apiVersion &&
          each.metadata.name === ref.name &&
          each.metadata.namespace === ref.namespace,
      );
    },
    list: async (query) => {
      calls.push(`list ${query.kind} ${query.namespace ?? ''}`);
      check(query.kind);
      return objects.filter(
        (each) =>
          each.kind === query.kind &&
          each.apiVersion === query.apiVersion &&
          (query.namespace === undefined || each.metadata.namespace === query.namespace),
      );
    },
  };
}
