import { SluiceError } from '../../api/errors.ts';
import type { Cluster } from '../../cluster/port.ts';
import type { Session } from '../../runner/session.ts';

export interface FoundKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly isNamespaced: boolean;
}

/** What a user calls a kind: singular, plural or short name, in any case. */
export async function findKind(name: string): Promise<FoundKind> {
  throw new SluiceError('invalid', 'UnknownKind', `there is no kind ${name}`);
}

export async function openCluster(session: Session, name: string | undefined): Promise<Cluster> {
  return session.clusters.get(name ?? '');
}

/** For completion: what people ask for most. */
export const commonKinds: readonly string[] = [
  'deployments',
  'pods',
  'replicasets',
  'jobs',
  'services',
  'configmaps',
  'secrets',
  'events',
  'namespaces',
];
