import { SluiceError } from '../../api/errors.ts';
import type { StoredVerdict } from '../../gate/verdict-store.ts';
import type { BackendFlags, Place } from '../with-backend.ts';

/** The namespace that a command about verdicts means. */
export function verdictNamespace(place: Place, { namespace }: BackendFlags): string {
  return namespace ?? (place.kind === 'cluster' ? place.namespace : 'default');
}

/** The verdict of an id; throws `invalid` NoSuchVerdict with those there are. */
export async function findStored(place: Place, flags: BackendFlags, id: string): Promise<StoredVerdict> {
  const namespace = verdictNamespace(place, flags);
  const found = await place.verdicts.get(namespace, id);
  if (found !== undefined) return found;
  const known = await place.verdicts.list({ namespace, limit: 10 });
  throw new SluiceError('invalid', 'NoSuchVerdict', `there is no verdict ${id} in namespace ${namespace}`, {
    hint:
      known.length === 0
        ? 'No gate has given one there; -n chooses another namespace.'
        : `The newest are: ${known.map((each) => each.id).join(', ')}; -n chooses another namespace.`,
  });
}
