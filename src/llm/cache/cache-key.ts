import { createHash } from 'node:crypto';
import { isObject, stringifyJson, type Json } from '../../api/json.ts';

/** All that an answer depends on. What is not in here must not change it. */
export interface CacheSubject {
  /** Address of the server without its credential: the same name may be another model elsewhere. */
  readonly endpoint: string;
  readonly model: string;
  /** Temperature, seed, limits, number of votes… */
  readonly parameters: Json;
  /** Of the instructions: a new version asks anew. */
  readonly promptVersion: string;
  readonly language: string;
  /** The evidence as it is sent, masked. The order of keys in objects does not matter; that of lists does. */
  readonly evidence: Json;
}

/** `sha256:` and the digest of the subject in canonical JSON. */
export function cacheKey(subject: CacheSubject): string {
  const { endpoint, model, parameters, promptVersion, language, evidence } = subject;
  const text = canonicalJson({ endpoint, model, parameters, promptVersion, language, evidence });
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** JSON with the keys of every object in one order, however they were written. */
export function canonicalJson(value: Json): string {
  return stringifyJson(ordered(value));
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => ordered(item));
  if (!isObject(value)) return value;
  const names = Object.keys(value).toSorted();
  return Object.fromEntries(names.map((name) => [name, ordered(value[name] ?? null)]));
}
