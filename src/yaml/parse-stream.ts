import {
  Composer,
  isCollection,
  isPair,
  isScalar,
  Lexer,
  Parser,
  YAMLParseError,
  type CST,
  type Document,
  type ErrorCode,
  type YAMLError,
} from 'yaml';
import { describeSyntaxError } from './syntax-message.ts';
import type { YamlFaultCode } from './yaml-fault-codes.ts';

export type ParsedDocument = Document.Parsed;

interface StreamFault {
  readonly code: YamlFaultCode;
  readonly message: string;
  readonly suggestion?: string;
  readonly offset: number;
}

export interface ParsedStream {
  /** Documents without syntax errors. */
  readonly documents: readonly ParsedDocument[];
  /** The first syntax error of each other document: those after it are mostly its echoes. */
  readonly faults: readonly StreamFault[];
}

/** So many errors of one document end the reading: a hostile text can hold millions, and each costs time. */
const errorLimit = 50;

/**
 * Syntax trees of all documents of a text, every scalar still text. Nesting is limited while tokens are read, before
 * anything recurses over them.
 */
export function parseStream(
  text: string,
  limits: { readonly depth: number; readonly documents: number },
): ParsedStream {
  const composer = new BoundedComposer();
  const documents: ParsedDocument[] = [];
  const faults: StreamFault[] = [];
  const refuse = (error: YAMLError, document?: ParsedDocument): void => {
    const offset = openingOf(error, document) ?? error.pos[0];
    faults.push({ code: 'YamlSyntax', offset, ...describeSyntaxError(error, text) });
  };
  const take = (document: ParsedDocument): void => {
    const error = document.errors[0];
    if (error === undefined) documents.push(document);
    else refuse(error, document);
  };
  try {
    for (const token of readTokens(text, limits.depth)) {
      if ('tooDeep' in token) {
        const message = `lists and maps are nested deeper than ${limits.depth} levels here`;
        return { documents, faults: [...faults, { code: 'NestingTooDeep', message, offset: token.tooDeep }] };
      }
      for (const document of composer.next(token)) take(document);
      if (documents.length + faults.length > limits.documents) {
        const message = `the file holds more than ${limits.documents} documents; split it into several files`;
        return { documents: [], faults: [{ code: 'TooManyDocuments', message, offset: 0 }] };
      }
    }
    for (const document of composer.end()) take(document);
  } catch (thrown) {
    if (!(thrown instanceof TooManyErrors)) throw thrown;
    refuse(thrown.first);
    return { documents, faults };
  }
  const stray = composer.streamInfo().errors[0];
  if (stray !== undefined) refuse(stray);
  return { documents, faults };
}

class TooManyErrors extends Error {
  readonly first: YAMLError;

  constructor(first: YAMLError) {
    super('too many syntax errors');
    this.first = first;
  }
}

/** Composes with no schema at all, and gives up where a document has too many errors. */
class BoundedComposer extends Composer {
  #count = 0;
  #first: YAMLError | undefined;

  constructor() {
    super({
      schema: 'failsafe',
      version: '1.1',
      resolveKnownTags: false,
      merge: false,
      uniqueKeys: false,
      keepSourceTokens: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    // The composer calls its own `onError` for each error and has no option to limit them.
    const report = (this as unknown as ComposerInternals).onError;
    (this as unknown as ComposerInternals).onError = (source, code, message, warning) => {
      if (warning !== true) this.#bound(new YAMLParseError(startOf(source), code, message));
      report(source, code, message, warning);
    };
  }

  override *next(token: CST.Token): Generator<ParsedDocument> {
    if (token.type === 'document') this.#count = 0;
    if (token.type === 'error')
      this.#bound(new YAMLParseError([token.offset, token.offset + 1], 'UNEXPECTED_TOKEN', token.message));
    yield* super.next(token);
  }

  #bound(error: YAMLError): void {
    if (this.#count === 0) this.#first = error;
    if (++this.#count > errorLimit) throw new TooManyErrors(this.#first ?? error);
  }
}

type ErrorSource = number | [number, number] | { readonly offset: number };

interface ComposerInternals {
  onError: (source: ErrorSource, code: ErrorCode, message: string, warning?: boolean) => void;
}

function startOf(source: ErrorSource): [number, number] {
  const offset = typeof source === 'number' ? source : Array.isArray(source) ? source[0] : source.offset;
  return [offset, offset + 1];
}

/** Where a quote that is not closed was opened: the parser points at the end of what it took for its text. */
function openingOf(error: YAMLError, document: ParsedDocument | undefined): number | undefined {
  if (!/Missing closing ["']quote/.test(error.message)) return undefined;
  const nodes: unknown[] = [document?.contents];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (isCollection(node)) nodes.push(...node.items);
    else if (isPair(node)) nodes.push(node.key ?? undefined, node.value ?? undefined);
    else if (isScalar(node) && node.range && node.range[0] < error.pos[0] && error.pos[0] <= node.range[1])
      return node.range[0];
    while (nodes.length > 0 && nodes.at(-1) === undefined) nodes.pop();
  }
  return undefined;
}

function* readTokens(text: string, depth: number): Generator<CST.Token | { readonly tooDeep: number }> {
  const parser = new Parser();
  // A level of nesting takes one entry of the parser's stack; the document and a scalar take one each.
  const stackLimit = depth + 3;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > stackLimit) {
      yield { tooDeep: parser.offset };
      return;
    }
  }
  yield* parser.end();
}
