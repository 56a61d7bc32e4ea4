import type { KubeObject } from '../../api/kube-object.ts';
import type { ClusterFinding } from '../cluster/analyze-cluster.ts';
import type { Snapshot } from '../cluster/snapshot.ts';
import { identityOf } from '../finding-identity.ts';
import { flagAt, objectsAt, textAt } from '../json-fields.ts';
import { missingIn, type MissingObject } from '../missing-object.ts';
import { describeRef } from '../object-name.ts';
import type { IncidentKey } from './incident.ts';

/** Reasons that an image has: another image of the same container is another cause. */
const ofImage: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'CrashLoopBackOff',
  'ContainerFailed',
  'OOMKilled',
]);

/** What an incident with this root is known by. */
export function keyOfRoot(root: ClusterFinding, snapshot: Snapshot): IncidentKey {
  const { kind, namespace = '', name } = root.object;
  const object = snapshot.has(kind) ? snapshot.find(kind, namespace, name) : undefined;
  const missing = missingOf(root);
  const detail = missing === undefined ? imageOf(root, object) : describeRef(missing);
  return {
    ...identityOf(root),
    ...topOwner(object, snapshot),
    ...(detail === '' ? {} : { detail }),
  };
}

export function missingOf({ missing, text, object }: ClusterFinding): MissingObject | undefined {
  return missing ?? missingIn(text, object.namespace);
}

/** The last known of the owners; what only stands on a node, its node does not own. */
function topOwner(
  object: KubeObject | undefined,
  snapshot: Snapshot,
): Partial<Pick<IncidentKey, 'kind' | 'name'>> {
  let top = {};
  let current = object;
  // A chain of owners is short; a circle of them, which a manifest can hold, must end, too.
  for (let depth = 0; depth < 5 && current !== undefined; depth++) {
    const owner = objectsAt(current, 'metadata', 'ownerReferences').find(
      (each) => flagAt(each, 'controller') !== false && textAt(each, 'kind') !== 'Node',
    );
    const [kind, name] = [textAt(owner, 'kind'), textAt(owner, 'name')];
    if (kind === '' || name === '') break;
    top = { kind, name };
    const namespace = textAt(current, 'metadata', 'namespace');
    current = snapshot.has(kind) ? snapshot.find(kind, namespace, name) : undefined;
  }
  return top;
}

function imageOf({ id, container }: ClusterFinding, pod: KubeObject | undefined): string {
  if (!ofImage.has(id)) return '';
  const all = [...objectsAt(pod, 'spec', 'initContainers'), ...objectsAt(pod, 'spec', 'containers')];
  const image = textAt(
    all.find((each) => textAt(each, 'name') === container),
    'image',
  );
  // Not quoted: it is compared and digested, and shown nowhere.
  return image.slice(0, 300);
}
