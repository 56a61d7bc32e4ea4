import { canonicalJson } from '../api/canonical-json.ts';
import type { JudgedObject } from '../api/kept-verdict.ts';
import { digestOf } from './digest.ts';

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
  /** Each object that may be applied on the strength of it. */
  readonly objects: readonly JudgedObject[];
  readonly images: readonly SubjectImage[];
}

/** Computes the digest of what would be applied: rendered objects and images, whatever order they come in. */
export function subjectOf(
  kind: string,
  name: string,
  objects: readonly JudgedObject[],
  images: readonly SubjectImage[],
): Subject {
  const sorted = images.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  const byDigest = objects.toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
  const digest = digestOf({ objects: byDigest.map((each) => each.digest), images: sorted });
  return { kind, name, digest, objects: byDigest, images: sorted };
}
