import { setTimeout as sleep } from 'node:timers/promises';
import { isObject, type Json, type JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { crdObjects } from '../../src/api/schema/crd/crd-objects.ts';
import type { KubeApi } from './kube-api.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Puts our CRDs onto the cluster. Resolves when their objects can be created; does no harm where they are. */
export async function installCrds(api: KubeApi, crds: readonly KubeObject[] = crdObjects()): Promise<void> {
  await Promise.all(crds.map(async (crd) => installCrd(api, crd)));
}

async function installCrd(api: KubeApi, crd: KubeObject): Promise<void> {
  const path = `${definitions}/${crd.metadata.name ?? ''}`;
  let stored = await api.do(
    'PATCH',
    `${path}?fieldManager=sluice&force=true`,
    crd,
    'application/apply-patch+yaml',
  );
  while (conditionOf(stored, 'Established') !== 'True') {
    await sleep(50);
    stored = await api.do('GET', path);
  }
  // The server answers under the path a moment after it says that the definition is established.
  while ((await api.send('GET', `${pathOfKind(crd)}?limit=1`)).status !== 200) await sleep(50);
}

/** Where all objects of the kind that a CRD defines are listed. */
function pathOfKind(crd: KubeObject): string {
  const { group, names, versions } = crd['spec'] as unknown as {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: readonly { readonly name: string }[];
  };
  return `/apis/${group}/${versions[0]?.name ?? ''}/${names.plural}`;
}

/** The status of a condition: `True`, `False`, `Unknown`; undefined when there is none of that type. */
export function conditionOf(object: JsonObject, type: string): Json | undefined {
  const status = object['status'];
  const conditions = isObject(status) ? status['conditions'] : undefined;
  const found = Array.isArray(conditions)
    ? conditions.find((each) => isObject(each) && each['type'] === type)
    : undefined;
  return isObject(found) ? found['status'] : undefined;
}
