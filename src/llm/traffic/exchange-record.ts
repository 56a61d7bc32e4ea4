import { createHash } from 'node:crypto';
import { SluiceError, type ErrorKind } from '../../api/errors.ts';
import { isObject, parseJson, stringifyJson, type Json } from '../../api/json.ts';
import type { HttpRequest } from '../../net/http-client.ts';
import { canonicalJson } from '../../api/canonical-json.ts';
import { readRecordedModels, type RecordedModels } from './recorded-models.ts';
import { withoutKeys } from './without-keys.ts';

/** One line of a recording. No host and no header of the request: who asked whom is nobody's business later. */
export interface ExchangeRecord {
  readonly version: 1;
  readonly request: RecordedRequest;
  readonly outcome: RecordedAnswer | RecordedFault;
}

export interface RecordedRequest {
  /** Of method, path and canonical body, known secrets masked: what a replay goes by. The rest is for people. */
  readonly digest: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  /** Text that is no JSON stays text. */
  readonly body: Json;
}

export interface RecordedAnswer {
  readonly status: number;
  /** Only those that change how an answer is read. */
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded; of a stream all of it. */
  readonly body: string;
}

/** The HTTP client threw. */
export interface RecordedFault {
  readonly fault: { readonly kind: ErrorKind; readonly code: string; readonly message: string };
}

/** What a request asks for. `mask` replaces known secrets. */
export function recordedRequest(request: HttpRequest, mask: (text: string) => string): RecordedRequest {
  const { method } = request;
  const { pathname, search } = new URL(request.url);
  const path = mask(pathname + search);
  const text = mask(request.body ?? '');
  const known = canonicalJson({ method, path, body: jsonOrText(text) });
  const digest = createHash('sha256').update(known).digest('hex');
  return { digest, method, path: withoutKeys(path), body: jsonOrText(withoutKeys(text)) };
}

/** A record as a line of a file, its end included. */
export function recordLine(record: ExchangeRecord): string {
  return `${stringifyJson(record)}\n`;
}

/** What a replay must know beside the exchanges, to ask the same questions. */
export interface RecordingHeader {
  /** What placeholders and nonces were derived from. */
  readonly evidenceKey: string;
  readonly models: RecordedModels;
}

/** A recording as a whole. */
export interface Recording {
  /** Undefined for one that holds exchanges alone. */
  readonly header: RecordingHeader | undefined;
  readonly records: readonly ExchangeRecord[];
}

/** The first line of a recording. */
export function headerLine(header: RecordingHeader): string {
  return `${stringifyJson({ version: 1, ...header })}\n`;
}

/** Reads the text of a recording. Throws SluiceError `invalid` that names the line. */
export function parseRecording(text: string): Recording {
  const lines = text.split('\n').map((line, index) => ({ line, number: index + 1 }));
  const [first, ...others] = lines.filter(({ line }) => line.trim() !== '');
  if (first === undefined) return { header: undefined, records: [] };
  const header = headerOf(first.line);
  const exchanges = header === undefined ? [first, ...others] : others;
  return { header, records: exchanges.map(({ line, number }) => parseRecord(line, number)) };
}

function headerOf(line: string): RecordingHeader | undefined {
  const value = jsonOrText(line);
  if (!isObject(value) || value['version'] !== 1) return undefined;
  const { evidenceKey } = value;
  const models = readRecordedModels(value['models']);
  return typeof evidenceKey === 'string' && models !== undefined ? { evidenceKey, models } : undefined;
}

function parseRecord(line: string, number: number): ExchangeRecord {
  const value = jsonOrText(line);
  if (
    isObject(value) &&
    value['version'] === 1 &&
    isRequest(value['request']) &&
    isOutcome(value['outcome'])
  ) {
    return value as unknown as ExchangeRecord;
  }
  throw new SluiceError(
    'invalid',
    'BadRecording',
    `line ${number} of the recording is no exchange with a model`,
    {
      hint: 'record it again; each line is an object with version 1, request and outcome',
    },
  );
}

function isRequest(value: unknown): boolean {
  if (!isObject(value) || !('body' in value)) return false;
  return ['digest', 'method', 'path'].every((name) => typeof value[name] === 'string');
}

function isOutcome(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { fault, status, headers, body } = value;
  if (fault !== undefined) {
    return isObject(fault) && ['kind', 'code', 'message'].every((name) => typeof fault[name] === 'string');
  }
  const isHeaders = isObject(headers) && Object.values(headers).every((each) => typeof each === 'string');
  return Number.isInteger(status) && isHeaders && typeof body === 'string';
}

function jsonOrText(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
