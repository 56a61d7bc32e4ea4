import { setTimeout as wait } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { isObject, type JsonObject } from '../../api/json.ts';
import { textAt, valueAt } from '../json-reading.ts';
import type { ApiClient, ApiRequest } from './api-client.ts';

const pageSize = 500;
/** Where a page is larger than an answer may be, the next has so much fewer objects. */
const fewer = 10;
/** A list of more is refused: it would not fit into what uses it. */
const mostObjects = 50_000;
const mostText = 512 * 1024 * 1024;
/** Servers may answer with less than was asked for; one that always has another page is no use. */
const mostPages = 1000;
const longestMs = 5 * 60_000;
/** A server that has too much to do says when to come again; so often, and so soon, it is done as it says. */
const mostWaits = 3;
const longestWaitMs = 5000;

export interface ListRequest extends Pick<ApiRequest, 'doing' | 'accept'> {
  readonly kind: string;
  /** Path of the collection. */
  readonly path: string;
  readonly labelSelector?: string | undefined;
}

/** The items of a whole list, page by page, whatever the server answers in bounded time and memory. */
export async function listPages(client: ApiClient, request: ListRequest): Promise<readonly JsonObject[]> {
  const { kind, path, labelSelector = '', ...rest } = request;
  const endMs = performance.now() + longestMs;
  const objects: JsonObject[] = [];
  let size = 0;
  let next = '';
  let limit = pageSize;
  let waits = 0;
  for (let pages = 0, isDone = false; !isDone; pages += 1) {
    if (pages === mostPages) throw endless(kind, `more than ${mostPages} pages`);
    if (performance.now() > endMs) throw endless(kind, `more than ${longestMs / 60_000} minutes`);
    const query = new URLSearchParams({ limit: String(limit) });
    if (labelSelector !== '') query.set('labelSelector', labelSelector);
    if (next !== '') query.set('continue', next);
    // oxlint-disable-next-line no-await-in-loop -- each page names the next
    const page = await client
      .sendSized({ method: 'GET', path: `${path}?${query.toString()}`, ...rest })
      .catch((error: unknown) => {
        if (!isSluiceError(error)) throw error;
        if (error.code === 'AnswerTooLarge' && limit > 1) return 'too large';
        if (isToWait(error) && waits++ < mostWaits) return error.retryAfterMs ?? 0;
        throw error;
      });
    if (page === 'too large') {
      limit = Math.max(1, Math.floor(limit / fewer));
      continue;
    }
    if (typeof page === 'number') {
      // oxlint-disable-next-line no-await-in-loop -- the server has asked for it
      await wait(page);
      continue;
    }
    for (const item of itemsOf(page.answer, client.server, request)) objects.push(item);
    next = textAt(page.answer, 'metadata', 'continue');
    isDone = next === '';
    size += page.size;
    if (objects.length > mostObjects)
      throw tooLong(`There are more than ${mostObjects} objects of kind ${kind}.`);
    if (size > mostText)
      throw tooLong(`The objects of kind ${kind} are more than ${mostText / 1024 / 1024} MiB.`);
  }
  return objects;
}

function isToWait({ retryAfterMs, details }: SluiceError): boolean {
  return details?.['statusCode'] === 429 && retryAfterMs !== undefined && retryAfterMs <= longestWaitMs;
}

/** What is no list of objects is not taken for an empty one. `null` is how Go writes a list that was never made. */
function itemsOf(page: JsonObject, server: string, { doing }: ListRequest): readonly JsonObject[] {
  const items = valueAt(page, 'items');
  if (items === null) return [];
  if (Array.isArray(items) && items.every((item) => isObject(valueAt(item, 'metadata')))) return items;
  throw new SluiceError(
    'terminal',
    'NotKubernetes',
    `The answer of ${server} to ${doing} is no list of objects: it may be no Kubernetes API server.`,
  );
}

function endless(kind: string, what: string): SluiceError {
  return tooLong(`The list of kind ${kind} takes ${what}, and was given up.`);
}

function tooLong(message: string): SluiceError {
  return new SluiceError('terminal', 'ListTooLong', message, {
    hint: 'Narrow it down with a namespace or a label selector.',
  });
}
