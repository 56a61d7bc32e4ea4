import { stringifyJson, type Json } from '../api/json.ts';
import { formatFieldPath } from './field-path-text.ts';
import type { FieldPath, SourceDocument } from './source-document.ts';

/** A document that comes from no text, such as an object read from a cluster. Every place is line 1, with its path. */
export function jsonDocument(value: Json, file: string): SourceDocument {
  const place = (path: FieldPath): ReturnType<SourceDocument['locate']> => ({
    file,
    line: 1,
    column: 1,
    path: formatFieldPath(path),
  });
  return {
    file,
    index: 0,
    value,
    get text() {
      return stringifyJson(value);
    },
    locate: (path) => place(path),
    locateInScalar: (path) => place(path),
  };
}
