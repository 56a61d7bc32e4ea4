import { messageOf, isSluiceError } from '../../../api/errors.ts';
import type { ReadOnlyCluster } from '../../../cluster/port.ts';
import type { ObjectName } from '../../../evidence/masking/object-names.ts';

const kinds = [
  { kind: 'Node', as: 'node' },
  { kind: 'Namespace', as: 'ns' },
] as const;

/** Nodes and namespaces, which messages may name though nothing is wrong with them; and what could not be listed. */
export async function clusterNames(
  cluster: ReadOnlyCluster,
): Promise<{ readonly names: readonly ObjectName[]; readonly unread: readonly string[] }> {
  const names: ObjectName[] = [];
  const unread: string[] = [];
  for (const { kind, as } of kinds) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- two short lists
      const objects = await cluster.list({ apiVersion: 'v1', kind, metadataOnly: true });
      names.push(...objects.map(({ metadata: { name = '' } }) => ({ kind: as, name })));
    } catch (error) {
      // Files hold what they hold.
      if (isSluiceError(error) && error.code === 'NotGiven') continue;
      unread.push(`cannot list ${kind}, so only names in findings are replaced: ${messageOf(error)}`);
    }
  }
  return { names, unread };
}
