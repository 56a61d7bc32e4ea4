import type { JsonObject } from '../api/json.ts';
import { canonicalJson, digestOf } from './digest.ts';

export interface SubjectImage {
  readonly name: string;
  /** `sha256:…`; undefined for an image that is named by tag alone. */
  readonly digest?: string;
}

/** What a verdict is about. */
export interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly digest: string;
  readonly images: readonly SubjectImage[];
}

/** Computes the digest of what would be applied: rendered objects and images, whatever order they come in. */
export function subjectOf(
  kind: string,
  name: string,
  objects: readonly JsonObject[],
  images: readonly SubjectImage[],
): Subject {
  const sorted = images.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  const digest = digestOf({ objects: objects.map(canonicalJson).toSorted(), images: sorted });
  return { kind, name, digest, images: sorted };
}
