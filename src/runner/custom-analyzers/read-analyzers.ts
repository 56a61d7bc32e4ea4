import { parseDuration } from '../../api/duration.ts';
import type { Fault } from '../../api/fault.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import type { Severity } from '../../analyze/finding.ts';
import { fieldAt, objectAt, objectsAt, textAt } from '../../analyze/json-fields.ts';
import { parseLabelSelector } from '../../cluster/label-selector.ts';
import type { ExpressionEngine } from '../../expr/expression.ts';
import { isSluiceError } from '../../api/errors.ts';
import { loadParser, type JsonataParser } from '../../step-types/expression/parse-expression.ts';
import {
  documentFault,
  inOrder,
  readCheckedDocument,
  type GivenFile,
} from '../../step-types/schema/read-checked-document.ts';
import { createTreeCompiler } from '../../step-types/sluice/compile-tree.ts';
import { placeInText } from '../../step-types/sluice/expr-faults.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';
import { analyzersSchema } from './analyzers-schema.ts';
import type { CustomAnalyzer, HttpAnalyzer, RuleAnalyzer, Selection } from './custom-analyzer.ts';

export interface ReadParts {
  readonly expressions: Pick<ExpressionEngine, 'parse'>;
  /** The value of a header that stands elsewhere. Throws SluiceError; its message quotes no value. */
  readonly secret: (from: { readonly env?: string; readonly file?: string }, file: string) => Promise<string>;
}

export type ReadAnalyzers =
  | { readonly ok: true; readonly analyzers: readonly CustomAnalyzer[] }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads files of analyzers, or says all their faults, each with its place. A name stands in all files once. */
export async function readAnalyzers(files: readonly GivenFile[], parts: ReadParts): Promise<ReadAnalyzers> {
  const parser = await loadParser();
  const analyzers: CustomAnalyzer[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop -- in the order of the files
    const read = await readCheckedDocument(file, analyzersSchema, 'analyzers');
    if (!read.ok) {
      faults.push(...read.faults);
      continue;
    }
    const { document } = read;
    if (document === undefined) continue;
    const found: Fault[] = [];
    for (const [index, entry] of objectsAt(document.value, 'analyzers').entries()) {
      const reader = new EntryReader(document, ['analyzers', index], entry, parser, parts);
      // oxlint-disable-next-line no-await-in-loop -- in the order of the file
      const analyzer = await reader.read();
      found.push(...reader.faults);
      if (analyzers.some(({ name }) => name === analyzer.name))
        found.push(reader.fault(['name'], 'NameTaken', `there are two analyzers named ${analyzer.name}`));
      analyzers.push(analyzer);
    }
    faults.push(...inOrder(found));
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, analyzers };
}

const rulesFields = ['when', 'severity', 'text', 'fix'] as const;
const longestTimeoutMs = 300_000;

/** Reads one entry that has the shape of the schema. */
class EntryReader {
  readonly faults: Fault[] = [];
  readonly #document: SourceDocument;
  readonly #path: FieldPath;
  readonly #entry: JsonObject;
  readonly #parser: JsonataParser;
  readonly #parts: ReadParts;

  constructor(
    document: SourceDocument,
    path: FieldPath,
    entry: JsonObject,
    parser: JsonataParser,
    parts: ReadParts,
  ) {
    this.#document = document;
    this.#path = path;
    this.#entry = entry;
    this.#parser = parser;
    this.#parts = parts;
  }

  async read(): Promise<CustomAnalyzer> {
    const http = this.#entry['http'];
    const common = { name: textAt(this.#entry, 'name'), selects: this.#selections() };
    if (!isObject(http)) return { ...common, ...(await this.#rule()) };
    for (const field of [...rulesFields, 'fieldPath'])
      if (this.#entry[field] !== undefined)
        this.#add(
          [field],
          'BadAnalyzer',
          `${field} is of a rule, and this analyzer is asked over HTTP`,
          'key',
        );
    return { ...common, ...(await this.#http(http)) };
  }

  fault(path: FieldPath, code: string, message: string): Fault {
    return documentFault(this.#document, [...this.#path, ...path], code, message);
  }

  #add(path: FieldPath, code: string, message: string, at: 'key' | 'value' = 'value'): void {
    const place = this.#document.locate([...this.#path, ...path], at);
    this.faults.push({ ...place, code, severity: 'error', message });
  }

  #selections(): readonly Selection[] {
    return objectsAt(this.#entry, 'selects').map((each, index): Selection => {
      const [namespace, labelSelector] = [textAt(each, 'namespace'), textAt(each, 'labelSelector')];
      try {
        parseLabelSelector(labelSelector);
      } catch (error) {
        if (!isSluiceError(error)) throw error;
        this.#add(['selects', index, 'labelSelector'], 'BadSelector', error.message);
      }
      return {
        apiVersion: textAt(each, 'apiVersion'),
        kind: textAt(each, 'kind'),
        ...(namespace === '' ? {} : { namespace }),
        ...(labelSelector === '' ? {} : { labelSelector }),
      };
    });
  }

  async #rule(): Promise<Omit<RuleAnalyzer, 'name' | 'selects'>> {
    for (const field of rulesFields)
      if (this.#entry[field] === undefined)
        this.#add(
          [],
          'MissingField',
          `a rule wants ${field}; an analyzer that is asked over HTTP wants http`,
        );
    const when = textAt(this.#entry, 'when');
    if (when !== '') await this.#checkWhen(when);
    const fieldPath = textAt(this.#entry, 'fieldPath');
    return {
      how: 'rule',
      when,
      place: (line, column) => this.#document.locateInScalar([...this.#path, 'when'], line, column),
      severity: textAt(this.#entry, 'severity') as Severity,
      text: this.#tree('text'),
      fix: this.#tree('fix'),
      ...(fieldPath === '' ? {} : { fieldPath }),
      document: this.#document,
    };
  }

  async #checkWhen(when: string): Promise<void> {
    const at = (line: number, column: number): ReturnType<SourceDocument['locate']> =>
      this.#document.locateInScalar([...this.#path, 'when'], line, column);
    const parsed = await this.#parts.expressions.parse(when);
    if (!parsed.ok) {
      for (const { message, at: where } of parsed.faults) {
        const { line = 1, column = 1 } = where ?? {};
        this.faults.push({
          ...at(line, column),
          code: 'BadExpression',
          severity: 'error',
          message: `when: ${message}`,
        });
      }
      return;
    }
    for (const { segments, line, column } of parsed.references) {
      if (segments[0] === 'object') continue;
      const message = `when: there is no ${segments[0] ?? ''} here; the object is \`object\``;
      this.faults.push({ ...at(line, column), code: 'UnknownPath', severity: 'error', message });
    }
  }

  #tree(field: 'text' | 'fix'): RuleAnalyzer['text'] {
    const path = [...this.#path, field];
    const compiler = createTreeCompiler(
      this.#parser,
      ({ code, path: where, offset = 0, message, suggestion }) => {
        this.faults.push({
          ...placeInText(this.#document, where, offset),
          code,
          severity: 'error',
          message,
          ...(suggestion === undefined ? {} : { suggestion }),
        });
      },
    );
    const names = { schemas: new Map([['object', {}]]), elsewhere: new Map<string, string>() };
    return compiler.compile(textAt(this.#entry, field), path, field, names).tree;
  }

  async #http(http: JsonObject): Promise<Omit<HttpAnalyzer, 'name' | 'selects'>> {
    const url = textAt(http, 'url');
    if (!URL.canParse(url)) this.#add(['http', 'url'], 'BadAddress', 'this is no address');
    else if (new URL(url).username !== '' || new URL(url).password !== '')
      this.#add(['http', 'url'], 'BadAddress', 'an address holds no user and no password; use headers');
    const timeoutMs = parseDuration(textAt(http, 'timeout') || '10s') ?? 0;
    if (timeoutMs <= 0 || timeoutMs > longestTimeoutMs)
      this.#add(['http', 'timeout'], 'BadTimeout', 'the timeout must be above zero and at most 5m');
    const headers: [string, string][] = [];
    for (const [index, header] of objectsAt(http, 'headers').entries()) {
      // oxlint-disable-next-line no-await-in-loop -- few, and each may be at fault
      const value = await this.#headerValue(header, index);
      if (/[\r\n\0]/.test(value))
        this.#add(['http', 'headers', index], 'BadHeader', 'the value of a header is one line');
      headers.push([textAt(header, 'name'), value]);
    }
    return { how: 'http', url, timeoutMs, headers: Object.fromEntries(headers) };
  }

  async #headerValue(header: JsonObject, index: number): Promise<string> {
    if (fieldAt(header, 'value') !== undefined) return textAt(header, 'value');
    const from = objectAt(header, 'valueFrom');
    const [env, file] = [textAt(from, 'env'), textAt(from, 'file')];
    try {
      return (await this.#parts.secret(env === '' ? { file } : { env }, this.#document.file)).trim();
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      this.#add(['http', 'headers', index, 'valueFrom'], 'MissingSecret', error.message);
      return '';
    }
  }
}
