import { isObject } from '../api/json.ts';
import type { HttpResponse } from '../net/http-client.ts';

/** What a server reports in the place of an answer, though its status said that all was well. */
export class ReportedError extends Error {
  /** As the server wrote it. */
  readonly error: unknown;

  constructor(error: unknown) {
    super('the server reported an error');
    this.error = error;
  }
}

/** What was thrown reports of a server, be it ours or the package's; undefined when nothing. */
export function reportedBy(thrown: unknown): unknown {
  const reported: unknown =
    isObject(thrown) || thrown instanceof Error ? Reflect.get(thrown, 'error') : undefined;
  return reported ?? undefined;
}

export function messageOf(reported: unknown): string {
  const said = isObject(reported) ? reported['message'] : reported;
  return typeof said === 'string' ? said : '';
}

/**
 * The refusal that a reported error stands for: gateways that have to answer before they know how it ends give the status
 * in the error. Undefined when it names none.
 */
export function refusalOf(reported: unknown, response: HttpResponse | undefined): HttpResponse | undefined {
  if (!isObject(reported)) return undefined;
  const statusCode = [reported['code'], reported['status']]
    .map(Number)
    .find((code) => code >= 400 && code <= 599);
  if (statusCode === undefined || !Number.isInteger(statusCode)) return undefined;
  return {
    statusCode,
    headers: response?.headers ?? {},
    trailers: {},
    body: JSON.stringify({ error: reported }),
  };
}
