import { isSluiceError, SluiceError } from '../../api/errors.ts';
import type { ObjectRef } from '../../api/kube-object.ts';
import { resolveKind, type KindName } from '../../cluster/known-kinds.ts';
import { compareText } from '../../cluster/object-order.ts';
import type { ReadOnlyCluster } from '../../cluster/port.ts';
import { nearest } from '../../step-types/nearest.ts';
import { noSuchObject, readWanted, type WantedObject } from '../audit/wanted-object.ts';

type Ref = Omit<ObjectRef, 'cluster'>;

/** What the words of a user come to. */
export type Subject =
  | { readonly kind: 'object'; readonly ref: Ref }
  /** Several objects have the name. */
  | { readonly kind: 'several'; readonly name: string; readonly refs: readonly Ref[] }
  /** No object is named. */
  | { readonly kind: 'question'; readonly words: readonly string[] };

/** What a name without a kind may be of, in the order in which people mean them. */
const namedKinds = [
  'deployment',
  'statefulset',
  'daemonset',
  'cronjob',
  'job',
  'service',
  'ingress',
  'pod',
  'persistentvolumeclaim',
  'horizontalpodautoscaler',
  'node',
  'namespace',
].flatMap((name) => resolveKind(name) ?? []);

/**
 * Reads `deploy/web`, `deploy web`, `web`, or a question. Throws SluiceError `invalid` for an object that is not there, with
 * what is near.
 */
export async function findSubject(
  words: readonly string[],
  namespace: string | undefined,
  cluster: ReadOnlyCluster,
): Promise<Subject> {
  const [first = '', second = '', ...more] = words;
  if (words.length === 1 && first.includes('/') && !/\s/.test(first))
    return { kind: 'object', ref: await found(readWanted(first), namespace, cluster) };
  const kind = words.length === 2 ? resolveKind(first) : undefined;
  if (kind !== undefined && more.length === 0)
    return { kind: 'object', ref: await found({ ...kind, name: second }, namespace, cluster) };
  const spoken = words.flatMap((word) => word.split(/\s+/)).filter((word) => word !== '');
  const [name] = spoken;
  if (name === undefined || spoken.length > 1) return { kind: 'question', words: spoken };
  const refs = await named(name, namespace, cluster);
  const [only, ...others] = refs;
  if (only === undefined) throw await nothingNamed(name, namespace, cluster);
  return others.length === 0 ? { kind: 'object', ref: only } : { kind: 'several', name, refs };
}

async function found(
  wanted: WantedObject,
  namespace: string | undefined,
  cluster: ReadOnlyCluster,
): Promise<Ref> {
  const { apiVersion, kind, name, namespaced } = wanted;
  const place = namespaced ? { namespace: namespace ?? 'default' } : {};
  const ref = { apiVersion, kind, name, ...place };
  if ((await cluster.get(ref)) !== undefined) return ref;
  const missing = noSuchObject(wanted, place.namespace);
  const all = await listed(cluster, wanted, undefined);
  const elsewhere = all.filter((each) => each.name === name);
  const near = nearest(
    name,
    new Set(all.filter((each) => each.namespace === place.namespace).map((each) => each.name)),
  );
  const hint =
    elsewhere.length > 0
      ? `There is one in namespace ${elsewhere.map((each) => each.namespace).join(', ')}: name it with -n.`
      : near === undefined
        ? namesText(kind, all)
        : `Did you mean ${near}?`;
  throw new SluiceError('invalid', missing.code, missing.message, hint === undefined ? {} : { hint });
}

const mostNames = 10;

function namesText(kind: string, all: readonly Ref[]): string | undefined {
  if (all.length === 0) return undefined;
  const names = all
    .slice(0, mostNames)
    .map((each) => (each.namespace === undefined ? each.name : `${each.namespace}/${each.name}`));
  return `Of kind ${kind} there is ${names.join(', ')}${all.length > mostNames ? ` and ${all.length - mostNames} more` : ''}.`;
}

/** Objects of any kind that people ask about which have this name. */
async function named(
  name: string,
  namespace: string | undefined,
  cluster: ReadOnlyCluster,
): Promise<readonly Ref[]> {
  const all = await Promise.all(namedKinds.map((kind) => listed(cluster, kind, namespace)));
  return all.flat().filter((ref) => ref.name === name);
}

async function nothingNamed(
  name: string,
  namespace: string | undefined,
  cluster: ReadOnlyCluster,
): Promise<SluiceError> {
  const all = await Promise.all(namedKinds.map((kind) => listed(cluster, kind, namespace)));
  const refs = all.flat();
  const near = nearest(name, new Set(refs.map((ref) => ref.name)));
  const ref = refs.find((each) => each.name === near);
  const place = namespace === undefined ? '' : ` in namespace ${namespace}`;
  return new SluiceError('invalid', 'NoSuchObject', `there is nothing called ${name}${place}`, {
    hint: ref === undefined ? 'Write it as KIND/NAME, such as deploy/web.' : `Did you mean ${wordsFor(ref)}?`,
  });
}

/** In the order of namespace and name; empty for a kind that may not be listed. */
async function listed(
  cluster: ReadOnlyCluster,
  { apiVersion, kind, namespaced }: KindName,
  namespace: string | undefined,
): Promise<readonly Ref[]> {
  try {
    const place = namespaced && namespace !== undefined ? { namespace } : {};
    const objects = await cluster.list({ apiVersion, kind, ...place, metadataOnly: true });
    return objects
      .map(({ metadata }) => ({
        apiVersion,
        kind,
        name: metadata.name ?? '',
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      }))
      .toSorted((a, b) => compareText(a.namespace ?? '', b.namespace ?? '') || compareText(a.name, b.name));
  } catch (error) {
    if (isSluiceError(error) && error.kind !== 'environment' && error.kind !== 'bug') return [];
    throw error;
  }
}

/** How to ask about it: `deployment/web -n shop`. */
export function wordsFor({ kind, namespace, name }: Ref): string {
  return `${kind.toLowerCase()}/${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}
