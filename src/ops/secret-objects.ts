import { isObject, parseJson, type Json, type JsonObject } from '../api/json.ts';

/** Calls `add` with every value that a Secret holds, decoded and as its base64; other objects hold none. */
export function addSecretValues(object: JsonObject, add: (value: string) => void): void {
  if (object['apiVersion'] !== 'v1' || object['kind'] !== 'Secret') return;
  for (const value of texts(object['stringData'])) addWithLeaves(value, add);
  for (const encoded of texts(object['data'])) {
    if (encoded.length >= 4) add(encoded);
    addWithLeaves(Buffer.from(encoded, 'base64').toString('utf8'), add);
  }
}

/** A value shorter than this says too little: masking it would blot out half of every text. */
const shortestLength = 4;

function addWithLeaves(value: string, add: (value: string) => void): void {
  if (value.length >= shortestLength) add(value);
  for (const leaf of dockerCredentials(value)) if (leaf.length >= shortestLength) add(leaf);
}

/** The passwords inside a `.dockerconfigjson`: they are used, and so shown, apart from the document that holds them. */
function dockerCredentials(value: string): readonly string[] {
  if (!value.startsWith('{') || !value.includes('"auth')) return [];
  const document = tryParse(value);
  const auths = isObject(document) && isObject(document['auths']) ? document['auths'] : document;
  if (!isObject(auths)) return [];
  const names = ['password', 'auth', 'identitytoken', 'registrytoken'];
  return Object.values(auths).flatMap((entry) =>
    isObject(entry) ? names.map((name) => entry[name]).filter((leaf) => typeof leaf === 'string') : [],
  );
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function texts(value: Json | undefined): readonly string[] {
  return isObject(value) ? Object.values(value).filter((item) => typeof item === 'string') : [];
}
