import type { JsonObject } from '../../src/api/json.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { findKnownKind, groupOf } from '../../src/cluster/known-kinds.ts';
import { objectAt, textAt } from '../../src/cluster/json-reading.ts';
import type { Api } from '../cluster/api.ts';

/** So many requests at once: more would only wait for the disk of etcd. */
const atOnce = 16;

/**
 * Makes the objects on an API server that has no controllers, with their statuses. Uids are the server's: what refers to one
 * comes after it in `objects`, and is made to refer to the new one.
 */
export async function fillServer(api: Api, objects: readonly KubeObject[]): Promise<void> {
  const uids = new Map<string, string>();
  for (const [kind, ofKind] of Map.groupBy(objects, (object) => object.kind)) {
    // oxlint-disable-next-line no-await-in-loop -- owners first
    await inTurns(ofKind, async (object) => {
      const made = await api.json('POST', collectionOf(object), withUids(object, uids));
      uids.set(object.metadata.uid ?? '', textAt(made, 'metadata', 'uid'));
      const status = object['status'];
      const path = `${collectionOf(object)}/${object.metadata.name ?? ''}`;
      if (status !== undefined) await api.text('PATCH', `${path}/status`, JSON.stringify({ status }));
      // No Pod is admitted without one, and no controller makes it.
      if (kind === 'Namespace')
        await api.text('POST', `${path}/serviceaccounts`, JSON.stringify({ metadata: { name: 'default' } }));
    });
  }
}

function collectionOf({ apiVersion, kind, metadata }: KubeObject): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${place}/${findKnownKind(groupOf(apiVersion), kind)?.plural ?? ''}`;
}

function withUids(object: KubeObject, uids: ReadonlyMap<string, string>): object {
  const { uid: _uid, creationTimestamp: _made, ...metadata } = object.metadata;
  const renewed = (holder: JsonObject): JsonObject => {
    const uid = uids.get(textAt(holder, 'uid'));
    return uid === undefined ? holder : { ...holder, uid };
  };
  const { involvedObject } = object;
  return {
    ...object,
    metadata: { ...metadata, ownerReferences: (metadata.ownerReferences ?? []).map(renewed) },
    ...(involvedObject === undefined ? {} : { involvedObject: renewed(objectAt(object, 'involvedObject')) }),
  };
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      // oxlint-disable-next-line no-await-in-loop -- each of these is one turn
      for (const item of waiting) await work(item);
    }),
  );
}
