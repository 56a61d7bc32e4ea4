import type { Json, JsonObject } from '../api/json.ts';

/*
 * KubeVela's command line writes `scope` in the header of a CUE file for the label custom.definition.oam.dev/scope of the object, and
 * so for every label and annotation of a user; a key with oam.dev in it stands there as it is.
 */
const userPrefix = 'custom.definition.oam.dev/';

/** Labels or annotations of an object, from those of a header. */
export function metadataOfHeader(fields: JsonObject): Readonly<Record<string, string>> {
  const texts = Object.entries(fields).filter(
    (field): field is [string, string] => typeof field[1] === 'string',
  );
  return Object.fromEntries(
    texts.map(([key, text]) => [key.includes('oam.dev') ? key : `${userPrefix}${key}`, text]),
  );
}

/** Labels or annotations of a header, from those of an object. */
export function headerOfMetadata(fields: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]): [string, Json] => [headerKey(key), value]),
  );
}

function headerKey(key: string): string {
  const rest = key.startsWith(userPrefix) ? key.slice(userPrefix.length) : '';
  return rest === '' || rest.includes('oam.dev') ? key : rest;
}
