import type { Finding } from '../../analyze/finding.ts';
import { fieldAt, objectsAt, textAt } from '../../analyze/json-fields.ts';
import type { Place } from '../../api/place.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';

/** Where what a finding is about stands in the files; undefined for a finding of a cluster. */
export type FindingPlaces = (finding: Finding) => Place | undefined;

export interface PlacedObject {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly document: SourceDocument;
}

/** Of two documents of one name the first is pointed at. */
export function findingPlaces(objects: readonly PlacedObject[]): FindingPlaces {
  const byName = Map.groupBy(objects, keyOf);
  return ({ object, fieldPath = '' }) => {
    const document = byName.get(keyOf(object))?.[0]?.document;
    return document?.locate(pathOf(fieldPath, document.value), 'key');
  };
}

function keyOf({ kind, namespace = '', name = '' }: Omit<PlacedObject, 'document'>): string {
  return `${kind} ${namespace}/${name}`;
}

const segments = /\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\{([^{}]*)\}|([^.[\]{}]+)/g;

/** Reads `spec.containers{web}.image`, where braces hold the name or the type of an item. */
function pathOf(text: string, value: unknown): FieldPath {
  const path: (string | number)[] = [];
  for (const [, index, quoted, item, key] of text.matchAll(segments)) {
    if (index !== undefined) path.push(Number(index));
    else if (item === undefined) path.push(key ?? quoted ?? '');
    else if (!pushItem(path, item, value)) return path;
  }
  return path;
}

/** False, with the path as it was, where no item has the name. */
function pushItem(path: (string | number)[], item: string, value: unknown): boolean {
  const list = path.at(-1);
  // Findings call every container one of spec.containers.
  const lists =
    list === 'containers' ? ['containers', 'initContainers', 'ephemeralContainers'] : [list ?? ''];
  for (const name of lists) {
    const at = [...path.slice(0, -1), name];
    const items = fieldAt(value, ...at);
    const index = objectsAt(value, ...at).findIndex(
      (each) => textAt(each, 'name') === item || textAt(each, 'type') === item,
    );
    if (!Array.isArray(items) || index < 0) continue;
    path.splice(-1, 1, name, index);
    return true;
  }
  return false;
}
