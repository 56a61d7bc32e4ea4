import { messageOf } from '../api/errors.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { objectsAt, textAt } from '../analyze/json-fields.ts';
import { workloadOf } from '../analyze/pod-template.ts';
import { quoteText } from '../analyze/quote-text.ts';
import { compareText } from '../cluster/object-order.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';

/** More than these are not read. */
const mostSecrets = 20;

/**
 * The Secrets that the containers of these objects are given: programs repeat in logs and messages what they were given, and
 * only who knows the values can find them there.
 */
export async function usedSecrets(
  cluster: ReadOnlyCluster,
  objects: readonly KubeObject[],
  note: (text: string) => void,
): Promise<readonly KubeObject[]> {
  const names = new Map(objects.flatMap(secretsOf).map((ref) => [`${ref.namespace}/${ref.name}`, ref]));
  const refs = [...names].toSorted(([a], [b]) => compareText(a, b)).map(([, ref]) => ref);
  if (refs.length > mostSecrets)
    note(`${mostSecrets} of ${refs.length} Secrets are known, the values of the others are not looked for`);
  const read = await Promise.all(
    refs.slice(0, mostSecrets).map((ref) =>
      cluster.get({ apiVersion: 'v1', kind: 'Secret', ...ref }).catch((error: unknown) => {
        const why = quoteText(messageOf(error), 200);
        return `cannot read Secret ${ref.name}, so its values are not looked for: ${why}`;
      }),
    ),
  );
  // Here, so that the notes have one order whoever answers first.
  for (const each of read) if (typeof each === 'string') note(each);
  return read.filter((each) => typeof each === 'object');
}

interface SecretRef {
  readonly namespace: string;
  readonly name: string;
}

/** Of variables and of volumes. */
function secretsOf(object: KubeObject): readonly SecretRef[] {
  const workload = workloadOf(object);
  if (workload === undefined) return [];
  const { containers, podSpec } = workload;
  const volumes = objectsAt(podSpec, 'volumes');
  const names = [
    ...containers.flatMap(({ spec }) => [
      ...objectsAt(spec, 'env').map((variable) => textAt(variable, 'valueFrom', 'secretKeyRef', 'name')),
      ...objectsAt(spec, 'envFrom').map((source) => textAt(source, 'secretRef', 'name')),
    ]),
    ...volumes.map((volume) => textAt(volume, 'secret', 'secretName')),
    ...volumes.flatMap((volume) =>
      objectsAt(volume, 'projected', 'sources').map((source) => textAt(source, 'secret', 'name')),
    ),
  ];
  const namespace = textAt(object, 'metadata', 'namespace') || 'default';
  return names.filter((name) => name !== '').map((name) => ({ namespace, name }));
}
