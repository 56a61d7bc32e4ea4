import { parseImage } from '../analyze/image-reference.ts';
import { workloadOf } from '../analyze/pod-template.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { JudgedObject } from '../api/kept-verdict.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { judgedObject } from './judged-object.ts';
import { subjectOf, type Subject, type SubjectImage } from './subject.ts';

export interface ReadSubject {
  readonly subject: Subject;
  /** Those that were given whole, and not by their digest alone. */
  readonly manifests: readonly JsonObject[];
}

export type SubjectReading =
  | ({ readonly ok: true } & ReadSubject)
  | { readonly ok: false; readonly message: string };

const digestForm = /^sha256:[0-9a-f]{64}$/;

/**
 * Reads the parameter `subject` of a gate: a name, a manifest, an object with its digest, or a list of them. Names judge nothing
 * that could be applied.
 */
export function readSubject(value: Json | undefined, runNamespace: string): SubjectReading {
  const items: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [value ?? null];
  const [names, judged, manifests]: [string[], JudgedObject[], JsonObject[]] = [[], [], []];
  for (const item of items) {
    if (typeof item === 'string' && item.trim() !== '') names.push(item.trim());
    else if (isManifest(item)) {
      manifests.push(item);
      judged.push(judgedObject(item, runNamespace));
    } else if (isJudged(item)) judged.push(withoutMore(item));
    else
      return {
        ok: false,
        message:
          'the subject must be a name, a manifest (apiVersion, kind, metadata.name), an object with its digest, or a list of them',
      };
  }
  if (names.length + judged.length === 0) return { ok: false, message: 'the subject is empty' };
  const [only] = judged;
  const kind = judged.length === 0 ? 'Name' : judged.length === 1 ? (only?.kind ?? '') : 'Objects';
  const shown = [...names, ...judged.map(placeOf)];
  const more = shown.length > 3 ? ` and ${shown.length - 3} more` : '';
  const name = `${shown.slice(0, 3).join(', ')}${more}`;
  return { ok: true, subject: subjectOf(kind, name, judged, imagesOf(manifests)), manifests };
}

function isManifest(value: Json): value is JsonObject {
  if (!isObject(value) || !isObject(value['metadata'])) return false;
  return [value['apiVersion'], value['kind'], value['metadata']['name']].every(isName);
}

function isJudged(value: Json): value is JsonObject {
  if (!isObject(value) || !['apiVersion', 'kind', 'name'].every((key) => isName(value[key]))) return false;
  return typeof value['digest'] === 'string' && digestForm.test(value['digest']);
}

function isName(value: Json | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

function withoutMore(value: JsonObject): JudgedObject {
  const { apiVersion, kind, namespace, name, digest } = value as unknown as JudgedObject;
  return { apiVersion, kind, namespace: namespace ?? null, name, digest };
}

function placeOf({ namespace, name }: JudgedObject): string {
  return namespace === null ? name : `${namespace}/${name}`;
}

function imagesOf(manifests: readonly JsonObject[]): readonly SubjectImage[] {
  const names = manifests.flatMap((manifest) => {
    const containers = workloadOf(manifest as unknown as KubeObject)?.containers ?? [];
    return containers.flatMap(({ spec }) => (typeof spec['image'] === 'string' ? [spec['image']] : []));
  });
  return [...new Set(names)].map((name) => {
    const image = parseImage(name);
    return image.kind === 'image' && image.digest !== '' ? { name, digest: image.digest } : { name };
  });
}
