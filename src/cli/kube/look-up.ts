import { SluiceError } from '../../api/errors.ts';
import { isNamespaced, resolveKind, type KindName } from '../../cluster/known-kinds.ts';
import type { Cluster } from '../../cluster/port.ts';
import { nearest } from '../../step-types/nearest.ts';
import type { Session } from '../../runner/session.ts';

/** A kind as a user calls it: singular, plural or short name in any case, or `GROUP/VERSION/Kind` for one that nobody knows. */
export function findKind(name: string): KindName {
  const known = resolveKind(name) ?? spelledOut(name);
  if (known !== undefined) return known;
  const begun = commonKinds.find((kind) => kind.startsWith(name.toLowerCase()));
  const near = begun ?? nearest(name, commonKinds);
  throw new SluiceError('invalid', 'UnknownKind', `there is no kind ${name} that sluice knows`, {
    hint:
      near === undefined
        ? 'A kind of your own is called GROUP/VERSION/Kind, such as example.com/v1/Widget.'
        : `Did you mean ${near}?`,
  });
}

export async function openCluster(session: Session, name: string | undefined): Promise<Cluster> {
  return session.clusters.get(name ?? '');
}

/** What people ask for most, for completion and suggestions. */
export const commonKinds: readonly string[] = [
  'deployments',
  'pods',
  'replicasets',
  'statefulsets',
  'jobs',
  'services',
  'configmaps',
  'secrets',
  'events',
  'namespaces',
];

function spelledOut(name: string): KindName | undefined {
  const match = /^((?:[a-z0-9.-]+\/)?v[a-z0-9]+)\/([A-Z][A-Za-z0-9]*)$/.exec(name);
  const [, apiVersion, kind] = match ?? [];
  if (apiVersion === undefined || kind === undefined) return undefined;
  return { apiVersion, kind, namespaced: isNamespaced(apiVersion, kind) };
}
