import type { Json, JsonObject } from '../../../src/api/json.ts';
import type { KubeObject, ObjectMeta } from '../../../src/api/kube-object.ts';
import type { ReadOnlyCluster } from '../../../src/cluster/port.ts';
import {
  analyzeCluster,
  type Analysis,
  type AnalyzeQuery,
} from '../../../src/analyze/cluster/analyze-cluster.ts';
import { defaultAnalyzers } from '../../../src/analyze/cluster/default-analyzers.ts';
import { optionalAnalyzers } from '../../../src/analyze/cluster/optional-analyzers.ts';
import { fakeCluster } from '../fake-cluster.ts';
import { ago, nowMs } from '../kube-fixtures.ts';

/** An object of namespace shop, an hour old, with a uid of its own. */
export function object(
  apiVersion: string,
  kind: string,
  name: string,
  body: Readonly<Record<string, Json>> = {},
  metadata: ObjectMeta = {},
): KubeObject {
  const uid = `uid-${kind}-${name}`;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'shop', uid, creationTimestamp: ago(3600), ...metadata },
    ...body,
  };
}

/** An Event about `about`, with `changes` to what it is about. */
export function event(
  about: KubeObject,
  reason: string,
  message: string,
  changes: JsonObject = {},
): KubeObject {
  const { kind, metadata } = about;
  const { uid = '', name = '', namespace = '' } = metadata;
  return object('v1', 'Event', `${name}.${reason}`, {
    type: 'Warning',
    reason,
    message,
    lastTimestamp: ago(10),
    involvedObject: { kind, uid, name, namespace, ...changes },
  });
}

export function ownedBy(owner: KubeObject): ObjectMeta {
  const { apiVersion, kind, metadata } = owner;
  return {
    ownerReferences: [
      { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '', controller: true },
    ],
  };
}

export type Row = readonly [what: string, objects: readonly KubeObject[], found: readonly string[]];

/** `ID: k8sgpt's text`, or `-` where it has none, of each finding of one analyzer. */
export async function found(objects: readonly KubeObject[], name: string): Promise<readonly string[]> {
  const analyzers = [...defaultAnalyzers, ...optionalAnalyzers].filter((each) => each.name === name);
  const { findings } = await analyze(objects, { analyzers });
  return findings.map(({ id, k8sgpt }) => `${id}: ${k8sgpt?.text ?? '-'}`);
}

export async function analyze(
  cluster: ReadOnlyCluster | readonly KubeObject[],
  query: Partial<AnalyzeQuery> = {},
): Promise<Analysis> {
  const place = 'list' in cluster ? cluster : fakeCluster(cluster);
  return analyzeCluster(place, { analyzers: defaultAnalyzers, nowMs, ...query });
}
