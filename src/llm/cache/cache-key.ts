import { createHash } from 'node:crypto';
import { canonicalJson } from '../../api/canonical-json.ts';
import type { Json } from '../../api/json.ts';

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
