import type { JsonObject } from '../../api/json.ts';

/** As a controller marks what it made. */
export function controllerReference(
  apiVersion: string,
  kind: string,
  owner: { readonly name: string; readonly uid: string },
): JsonObject {
  return {
    apiVersion,
    blockOwnerDeletion: true,
    controller: true,
    kind,
    name: owner.name,
    uid: owner.uid,
  };
}
