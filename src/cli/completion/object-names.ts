import { resolveKind, type KindName } from '../../cluster/known-kinds.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';

/** The kinds that people ask about, as `kubectl get all` orders them. */
const asked = [
  'deployment',
  'statefulset',
  'daemonset',
  'cronjob',
  'job',
  'service',
  'ingress',
  'pod',
  'node',
];

/**
 * Words of the form KIND/NAME that begin with what was typed, the kind as the user calls it. `namespace` is that of the
 * objects; `default` when absent.
 */
export async function objectWords(
  typed: string,
  namespace: string = 'default',
  cluster: ReadOnlyCluster,
): Promise<readonly string[]> {
  const slash = typed.lastIndexOf('/');
  const prefix = typed.slice(0, slash);
  const kinds = slash < 0 ? asked.filter((kind) => kind.startsWith(typed.toLowerCase())) : [prefix];
  const lists = await Promise.all(
    kinds.map(async (word) => {
      const kind = resolveKind(word);
      return kind === undefined
        ? []
        : (await namesOf(kind, namespace, cluster)).map((name) => `${word}/${name}`);
    }),
  );
  return lists.flat().filter((word) => word.startsWith(typed));
}

async function namesOf(
  { apiVersion, kind, namespaced }: KindName,
  namespace: string,
  cluster: ReadOnlyCluster,
): Promise<readonly string[]> {
  const place = namespaced ? { namespace } : {};
  const objects = await cluster.list({ apiVersion, kind, ...place, metadataOnly: true });
  return objects.map(({ metadata: { name = '' } }) => name);
}
