import type { Json, JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import { messageOf } from '../api/errors.ts';
import { isObject, stringifyJson } from '../api/json.ts';
import { objectAt, numberAt, objectsAt, textAt } from '../analyze/json-fields.ts';
import { isOwnedBy } from '../analyze/live-state.ts';
import { quoteText } from '../analyze/quote-text.ts';
import { compareText } from '../cluster/object-order.ts';

const longestChain = 5;

/** The objects over an object, nearest first, as far as they can be read; matched by uid. */
export async function ownersOf(
  cluster: ReadOnlyCluster,
  object: KubeObject,
  note: (text: string) => void,
): Promise<readonly KubeObject[]> {
  const chain: KubeObject[] = [];
  let current = object;
  while (chain.length < longestChain) {
    const references = objectsAt(current, 'metadata', 'ownerReferences');
    const reference = references.find((each) => each['controller'] === true) ?? references[0];
    const uid = textAt(reference, 'uid');
    if (reference === undefined || uid === '') break;
    // Each owner is known only from the one below it.
    // oxlint-disable-next-line no-await-in-loop
    const owner = await readOwner(cluster, reference, textAt(object, 'metadata', 'namespace'), note);
    if (owner === undefined || textAt(owner, 'metadata', 'uid') !== uid) break;
    chain.push(owner);
    current = owner;
  }
  return chain;
}

async function readOwner(
  cluster: ReadOnlyCluster,
  reference: JsonObject,
  namespace: string,
  note: (text: string) => void,
): Promise<KubeObject | undefined> {
  const kind = textAt(reference, 'kind');
  const ref = { apiVersion: textAt(reference, 'apiVersion'), kind, name: textAt(reference, 'name') };
  try {
    return await cluster.get(namespace === '' || kind === 'Node' ? ref : { ...ref, namespace });
  } catch (error) {
    note(`cannot read the owner ${kind} ${ref.name}: ${quoteText(messageOf(error), 200)}`);
    return undefined;
  }
}

const revision = 'deployment.kubernetes.io/revision';
const shownRevisions = 5;
const shownChanges = 40;

/** The newest revisions of a Deployment, and what the last change changed; '' when there is none. */
export function changesText(deployment: KubeObject, replicaSets: readonly KubeObject[]): string {
  const sets = replicaSets
    .filter((set) => isOwnedBy(set, deployment))
    .toSorted(
      (a, b) =>
        revisionOf(b) - revisionOf(a) ||
        compareText(textAt(a, 'metadata', 'name'), textAt(b, 'metadata', 'name')),
    );
  const [newest, before] = sets;
  if (newest === undefined) return '';
  const lines = sets.slice(0, shownRevisions).map((set) => {
    const images = objectsAt(set, 'spec', 'template', 'spec', 'containers').map((container) =>
      textAt(container, 'image'),
    );
    return `revision ${revisionOf(set)} of ${textAt(set, 'metadata', 'creationTimestamp')}: ${numberAt(set, 'status', 'readyReplicas') ?? 0} of ${numberAt(set, 'spec', 'replicas') ?? 0} ready, ${images.join(', ')}`;
  });
  if (before === undefined) return lines.join('\n');
  const changes = differences(templateOf(before), templateOf(newest));
  const rest = changes.length - shownChanges;
  return [
    ...lines,
    changes.length === 0
      ? 'the last two have the same template'
      : `from revision ${revisionOf(before)} to ${revisionOf(newest)}:`,
    ...changes.slice(0, shownChanges),
    ...(rest > 0 ? [`[${rest} more changes left out]`] : []),
  ].join('\n');
}

function revisionOf(set: KubeObject): number {
  return Number.parseInt(textAt(set, 'metadata', 'annotations', revision), 10) || 0;
}

function templateOf(set: KubeObject): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  collect(objectAt(set, 'spec', 'template'), '', leaves);
  return leaves;
}

const deepest = 60;

/** Items of a list go by their name, so that a variable put in the middle is one change, and a value stands beside its name. */
function collect(value: Json, path: string, leaves: Map<string, string>, depth: number = 0): void {
  if (path.endsWith('.pod-template-hash')) return;
  if (depth < deepest && Array.isArray(value)) {
    for (const [index, item] of (value as readonly Json[]).entries()) {
      const name = textAt(item, 'name');
      collect(item, `${path}[${name === '' ? index : name}]`, leaves, depth + 1);
    }
  } else if (depth < deepest && isObject(value)) {
    for (const [key, item] of Object.entries(value))
      collect(item, path === '' ? key : `${path}.${key}`, leaves, depth + 1);
  } else leaves.set(path, stringifyJson(value));
}

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].toSorted(compareText);
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path}: ${before.get(path) ?? '(none)'} -> ${after.get(path) ?? '(none)'}`);
}
