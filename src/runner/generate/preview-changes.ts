import { refOf, describeRef } from '../../analyze/object-name.ts';
import { canonicalJson } from '../../api/canonical-json.ts';
import { isSluiceError, type SluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { Cluster } from '../../cluster/port.ts';
import { digestOf } from '../../gate/digest.ts';
import { essentialObject, shownObject } from './shown-object.ts';

/** What applying one manifest would do. */
export interface Change {
  readonly manifest: KubeObject;
  readonly kind: 'new' | 'changed' | 'same';
  /** Absent for a new object. */
  readonly before?: JsonObject;
  /** What is there afterwards; of a new object the manifest. */
  readonly after: JsonObject;
  /** False: a dry run has to wait until the namespace that comes with it is there. */
  readonly isTried: boolean;
}

export interface Preview {
  readonly changes: readonly Change[];
  /** Of manifests that the cluster would not take. */
  readonly refusals: readonly { readonly manifest: KubeObject; readonly error: SluiceError }[];
  /** Twelve hex digits that stand for these changes on this cluster, as they are shown. */
  readonly digest: string;
}

/**
 * Asks the cluster what applying would do, by a dry run of each manifest; changes nothing. Throws SluiceError as the cluster
 * port does, but for what the cluster refuses.
 */
export async function previewChanges(
  cluster: Pick<Cluster, 'get' | 'apply'>,
  place: string,
  manifests: readonly KubeObject[],
): Promise<Preview> {
  const changes: Change[] = [];
  const refusals: { manifest: KubeObject; error: SluiceError }[] = [];
  const comingNamespaces = new Set<string>();
  for (const manifest of manifests) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- a namespace is looked at before what is in it
      const change = await previewChange(cluster, manifest, comingNamespaces);
      changes.push(change);
      if (manifest.kind === 'Namespace' && change.kind === 'new')
        comingNamespaces.add(manifest.metadata.name ?? '');
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusals.push({ manifest, error });
    }
  }
  const shown = changes.map(({ manifest, before = null, after }) => [
    describeRef(refOf(manifest, '')),
    before,
    after,
  ]);
  return { changes, refusals, digest: digestOf([place, shown]).slice('sha256:'.length).slice(0, 12) };
}

/** The answer of a server that was reached. */
export function isRefusal(error: unknown): error is SluiceError {
  return isSluiceError(error) && ['terminal', 'denied', 'invalid'].includes(error.kind);
}

async function previewChange(
  cluster: Pick<Cluster, 'get' | 'apply'>,
  manifest: KubeObject,
  comingNamespaces: ReadonlySet<string>,
): Promise<Change> {
  const { apiVersion, kind, metadata } = manifest;
  const { name = '', namespace } = metadata;
  const isTried = namespace === undefined || !comingNamespaces.has(namespace);
  const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const live = await cluster.get(ref);
  const tried = isTried ? await cluster.apply(manifest, { dryRun: true }) : manifest;
  if (live === undefined) return { manifest, kind: 'new', after: shownObject(manifest), isTried };
  const isSame = canonicalJson(essentialObject(live)) === canonicalJson(essentialObject(tried));
  const [before, after] = [shownObject(live), shownObject(tried, live)];
  return { manifest, kind: isSame ? 'same' : 'changed', before, after, isTried };
}
