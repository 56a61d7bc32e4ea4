import type { KubeObject } from '../api/kube-object.ts';
import type { ReadOnlyCluster } from '../cluster/port.ts';
import { textAt } from '../analyze/json-fields.ts';
import { parseBounded } from './json-depth.ts';
import { kubeObjectsIn } from './kube-objects-in.ts';

export interface FencedEvidence {
  /** The prompt without the evidence. */
  readonly instructions: string;
  readonly objects: readonly KubeObject[];
  /** What rules found when the evidence was collected, a text each. */
  readonly findings: readonly string[];
  /** An object was cut, so that it cannot be read. */
  readonly isBroken: boolean;
}

const fence = /^BEGIN EVIDENCE ([A-Za-z0-9]{16,64})\n(.*)\nEND EVIDENCE \1$/m;

/** Evidence as the op `llm` fences it; undefined when there is none in the prompt. */
export function fencedEvidence(prompt: string): FencedEvidence | undefined {
  const match = fence.exec(prompt);
  const text = match === null ? undefined : parseBounded(match[2] ?? '');
  if (match === null || typeof text !== 'string') return undefined;
  const items = itemsIn(text);
  const values = items.filter(({ kind }) => kind === 'object').map((item) => parseBounded(item.text));
  return {
    instructions: prompt.slice(0, match.index) + prompt.slice(match.index + match[0].length),
    objects: values.flatMap((value) => kubeObjectsIn(value)),
    findings: items.filter(({ kind }) => kind === 'finding').map((item) => item.text),
    isBroken: values.includes(undefined),
  };
}

interface Item {
  readonly kind: string;
  readonly text: string;
}

/** Only a heading of its own begins a line without a mark. */
function itemsIn(text: string): readonly Item[] {
  return text
    .split(/^## /m)
    .slice(1)
    .map((block) => {
      const [heading = '', ...lines] = block.split('\n');
      return {
        kind: heading.split(' ', 1)[0] ?? '',
        text: lines
          .filter((line) => line.startsWith('| '))
          .map((line) => line.slice(2))
          .join('\n'),
      };
    });
}

/**
 * Evidence leaves uids out, so that equal objects have equal evidence. The live object of this name that was created at
 * this time is the one that was shown; its uid is taken over.
 */
export async function withLiveUid(
  object: KubeObject,
  clusters: readonly ReadOnlyCluster[],
): Promise<KubeObject> {
  const { apiVersion, kind } = object;
  const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')];
  const created = textAt(object, 'metadata', 'creationTimestamp');
  if (name === '' || created === '' || kind === 'Secret') return object;
  const ref = { apiVersion, kind, name, ...(namespace === '' ? {} : { namespace }) };
  const found = await Promise.all(
    // A cluster that cannot be read has nothing to compare with; the judgement itself says so.
    clusters.map((cluster) => cluster.get(ref).catch(() => undefined)),
  );
  const live = found.find((each) => textAt(each, 'metadata', 'creationTimestamp') === created);
  const uid = textAt(live, 'metadata', 'uid');
  return uid === '' ? object : { ...object, metadata: { ...object.metadata, uid } };
}
