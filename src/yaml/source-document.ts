import type { Json } from '../api/json.ts';
import type { Place } from '../api/place.ts';

export type FieldPath = readonly (string | number)[];

/** One YAML or JSON document of a file, and where each of its fields stands. */
export interface SourceDocument {
  readonly file: string;
  /** Position among the documents of the file, from 0. */
  readonly index: number;
  readonly value: Json;
  /** The text of this document alone, for pinning. */
  readonly text: string;
  /** Place of the value at `path`; of its nearest ancestor when the field is missing. `key` points at the key instead. */
  locate(path: FieldPath, at?: 'key' | 'value'): Place;
  /** Place in the file of line and column (from 1) inside the scalar at `path`: what a CUE or JSONata error points at. */
  locateInScalar(path: FieldPath, line: number, column: number): Place;
}
