import type { Fault } from '../../api/fault.ts';
import type { JsonObject } from '../../api/json.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';
import { compileCheck } from './parameter-check.ts';

export interface GivenFile {
  /** What places show. */
  readonly name: string;
  readonly bytes: string | Uint8Array;
}

export type CheckedDocument =
  /** No document: the file is empty. */
  | { readonly ok: true; readonly document: SourceDocument | undefined }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** The one document of a file, held against a schema. `what` names the file's contents: `exemptions`. */
export async function readCheckedDocument(
  file: GivenFile,
  schema: JsonObject,
  what: string,
): Promise<CheckedDocument> {
  const { documents, faults } = readDocuments(file.bytes, file.name);
  const broken = faults.filter(({ severity }) => severity === 'error');
  if (broken.length > 0) return { ok: false, faults: broken };
  const [document, second] = documents;
  if (document === undefined) return { ok: true, document };
  if (second !== undefined) {
    const message = `the file holds more than one document; put all ${what} under one \`${what}:\``;
    return { ok: false, faults: [documentFault(second, [], 'SecondDocument', message)] };
  }
  const check = await compileCheck(schema, `a file of ${what}`);
  const checked = check(document.value);
  if (checked.ok) return { ok: true, document };
  return {
    ok: false,
    faults: inOrder(
      checked.faults.map(({ path, code, message, suggestion }) => ({
        ...documentFault(
          document,
          path,
          code,
          message.replace(/^parameter /, '').replace(/^the properties /, 'the file '),
        ),
        ...(code === 'UnknownParameter' ? document.locate(path, 'key') : {}),
        ...(suggestion === undefined ? {} : { suggestion }),
      })),
    ),
  };
}

export function documentFault(
  document: SourceDocument,
  path: FieldPath,
  code: string,
  message: string,
): Fault {
  return { ...document.locate(path), code, severity: 'error', message };
}

/** As they stand in the file. */
export function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
}
