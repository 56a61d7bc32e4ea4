import type { JsonObject } from '../api/json.ts';
import type { KubeObject, ObjectRef } from '../api/kube-object.ts';
import { isClusterScoped } from './cluster-scoped-kinds.ts';
import { objectParam, textParam } from './param-values.ts';

/** The object that a manifest names; a namespaced kind without a namespace is in the run's. */
export function refOf(manifest: JsonObject, cluster: string, runNamespace: string): ObjectRef {
  const metadata = objectParam(manifest, 'metadata');
  const [apiVersion, kind] = [textParam(manifest, 'apiVersion', ''), textParam(manifest, 'kind', '')];
  const ref = { cluster, apiVersion, kind, name: textParam(metadata, 'name', '') };
  if (isClusterScoped(apiVersion, kind)) return ref;
  return { ...ref, namespace: textParam(metadata, 'namespace', runNamespace) };
}

/** The object as a cluster returned it. */
export function refOfObject(object: KubeObject, cluster: string): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  const ref = { cluster, apiVersion, kind, name: metadata.name ?? '' };
  return metadata.namespace === undefined ? ref : { ...ref, namespace: metadata.namespace };
}

/** For people: `Deployment default/web`, with `on cluster NAME` when it is not the default one. */
export function describeRef(ref: ObjectRef): string {
  const name = ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
  return `${ref.kind} ${name}${onCluster(ref.cluster)}`;
}

export function onCluster(cluster: string): string {
  return cluster === '' ? '' : ` on cluster ${cluster}`;
}
