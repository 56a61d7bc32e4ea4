import type { Fault } from '../../api/fault.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { textAt } from '../../analyze/json-fields.ts';
import { isNamespaced } from '../../cluster/known-kinds.ts';
import type { InputFile } from '../../runner/session.ts';
import { largestDump } from '../input-files.ts';
import { readDumpDocuments } from '../../yaml/read-dump-documents.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { findingPlaces, type FindingPlaces } from './finding-places.ts';

export interface GivenObject {
  readonly object: KubeObject;
  readonly document: SourceDocument;
}

/** A dump of a whole cluster. To read YAML takes fifty times as long as to read JSON. */
const limits = { jsonBytes: largestDump, yamlBytes: 16 * 1024 * 1024 };

/**
 * The objects of manifests and dumps, `kind: List` unpacked; one without a namespace gets `namespace`, if that is given. What
 * could not be read is a fault, and keeps no other from being read.
 */
export function readGivenObjects(
  files: readonly InputFile[],
  namespace: string | undefined,
): { readonly given: readonly GivenObject[]; readonly faults: readonly Fault[] } {
  const read = files.map(({ name, bytes }) => readDumpDocuments(bytes, name, limits));
  const given = read
    .flatMap(({ documents }) => documents)
    .flatMap((document) =>
      isObject(document.value) ? [{ document, object: inNamespace(document.value, namespace) }] : [],
    );
  return { given, faults: read.flatMap(({ faults }) => faults) };
}

export function placesOf(given: readonly GivenObject[]): FindingPlaces {
  return findingPlaces(
    given.map(({ document, object: { kind, metadata } }) => ({ ...metadata, kind, document })),
  );
}

function inNamespace(value: JsonObject, namespace: string | undefined): KubeObject {
  const apiVersion = textAt(value, 'apiVersion');
  const kind = textAt(value, 'kind');
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  const isPlaced = !isNamespaced(apiVersion, kind) || textAt(metadata, 'namespace') !== '';
  const place = isPlaced || namespace === undefined ? {} : { namespace };
  return { ...value, apiVersion, kind, metadata: { ...metadata, ...place } };
}
