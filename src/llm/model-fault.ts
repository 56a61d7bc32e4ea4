import { SluiceError, type ErrorOptions } from '../api/errors.ts';
import { isObject } from '../api/json.ts';
import type { HttpResponse } from '../net/http-client.ts';
import { retryAfterMs } from '../net/retry-after.ts';
import { providerText } from './provider-text.ts';

/** Where a call went, for messages, and what must not stand in them. */
export interface CallPlace {
  readonly host: string;
  readonly model: string;
  readonly secrets: readonly string[];
}

/** What a server says of a request it did not answer. */
interface Complaint {
  /** Its code, type, parameter and message in one: only searched, never shown whole. */
  readonly all: string;
  readonly message: string;
  readonly code: string;
}

/** All that a server's refusal says, for a search. */
export function complaintText(response: HttpResponse): string {
  return complaintOf(response.body).all;
}

/** The fault of an answer that is not 2xx. Of 401 and 403 nothing is quoted: servers repeat parts of the key there. */
export function statusFault(response: HttpResponse, place: CallPlace): SluiceError {
  const { statusCode, headers } = response;
  const { host, model } = place;
  const complaint = complaintOf(response.body);
  const said = quoted(complaint.message, place);
  if (statusCode >= 300 && statusCode < 400) {
    return fault(
      'terminal',
      'ModelMoved',
      `${host} redirects to another address, and evidence does not follow`,
      {
        hint: 'set the base URL to the address that answers itself',
      },
    );
  }
  if (statusCode === 401 || isKeyUnknown(statusCode, complaint)) {
    return fault(
      'denied',
      'ModelKeyRefused',
      `${host} does not accept the key (${statusCode}): it is wrong, expired or missing`,
      {
        hint: `store a valid key for ${host}`,
      },
    );
  }
  if (isQuota(statusCode, complaint)) {
    return fault(
      'denied',
      'ModelQuotaUsedUp',
      `the account at ${host} has no credit or quota left (${statusCode})`,
      {
        hint: 'check plan and billing at the provider; waiting does not help',
      },
    );
  }
  if (statusCode === 403) {
    return fault('denied', 'ModelForbidden', `${host} forbids this key to use ${model} (403)`, {
      hint: 'ask for access to the model, or name another one',
    });
  }
  if (statusCode === 429) {
    return fault('transient', 'ModelBusy', `${host} allows no more requests for now (429)`, waitOf(headers));
  }
  if (isContext(statusCode, complaint)) {
    return fault(
      'invalid',
      'ModelContextTooSmall',
      `the request is too long for ${model} at ${host}${said}`,
      {
        hint: 'send less evidence, ask for a shorter answer, or name a model with a larger context window',
      },
    );
  }
  if (statusCode === 404 || isModelUnknown(statusCode, complaint)) {
    return fault(
      'invalid',
      'ModelUnknown',
      `${host} does not know the model ${model}, or the address is wrong${said}`,
      {
        hint: 'check the name of the model, and that the base URL has the path the server expects, such as /v1',
      },
    );
  }
  if (statusCode >= 500 && statusCode !== 501) {
    return fault('transient', 'ModelServerFault', `${host} failed (${statusCode})${said}`, waitOf(headers));
  }
  return fault(
    'terminal',
    'ModelRequestRefused',
    `${host} refuses the request for ${model} (${statusCode})${said}`,
  );
}

/** A fault that a server reports inside a stream, after it had begun well. */
export function streamFault(said: string, place: CallPlace): SluiceError {
  const message = `${place.host} failed while it answered${quoted(said, place)}`;
  return fault('indeterminate', 'ModelAnswerBroken', message);
}

export function unreadable(place: CallPlace): SluiceError {
  return fault('terminal', 'ModelAnswerUnreadable', `what ${place.host} answers is no chat completion`, {
    hint: 'check the base URL; it often ends in /v1',
  });
}

function quoted(said: string, place: CallPlace): string {
  const text = providerText(said, place.secrets);
  return text === '' ? '' : `: "${text}"`;
}

function fault(
  kind: SluiceError['kind'],
  code: string,
  message: string,
  options: ErrorOptions = {},
): SluiceError {
  return new SluiceError(kind, code, message, options);
}

/** LiteLLM without a database looks every key but its own up in it; Google's servers call a bad key a bad request. */
function isKeyUnknown(statusCode: number, { code, message }: Complaint): boolean {
  return (
    statusCode === 400 &&
    (/\b(?:invalid_api_key|no_db_connection)\b/.test(code) || /\bapi key not valid\b/i.test(message))
  );
}

function isQuota(statusCode: number, { code }: Complaint): boolean {
  return statusCode === 402 || (statusCode === 429 && /insufficient_quota|billing|credit/i.test(code));
}

function isContext(statusCode: number, { all }: Complaint): boolean {
  if (statusCode === 413) return true;
  return (
    [400, 422, 500].includes(statusCode) &&
    /context[ _-]?(?:length|window|size)|maximum context|prompt is too long|too many (?:input )?tokens|input is too long/i.test(
      all,
    )
  );
}

function isModelUnknown(statusCode: number, { all }: Complaint): boolean {
  return (
    statusCode === 400 &&
    /model_not_found|invalid model name|unknown model|deploymentnotfound|model .{0,100}(?:not found|does not exist)/i.test(
      all,
    )
  );
}

/** `retry-after-ms` is what OpenAI and Azure say beside the standard header. */
function waitOf(headers: HttpResponse['headers']): ErrorOptions {
  const exact = headers['retry-after-ms']?.[0]?.trim() ?? '';
  const waitMs = /^\d{1,12}$/.test(exact) ? Number(exact) : retryAfterMs(headers);
  return waitMs === undefined ? {} : { retryAfterMs: waitMs };
}

/**
 * The shapes in use: `{error: {message, code, type, param}}`, also in a list of one, `{error: text}`, `{message}`, `{detail}`;
 * else the text itself.
 */
function complaintOf(body: string): Complaint {
  const read = parsed(body.slice(0, 65_536));
  const value: unknown = Array.isArray(read) ? read[0] : read;
  const inner = isObject(value) ? (value['error'] ?? value) : value;
  if (!isObject(inner)) {
    const message = typeof inner === 'string' ? inner : body;
    return { all: message.slice(0, 4000), message, code: '' };
  }
  const text = (name: string): string => (typeof inner[name] === 'string' ? inner[name] : '');
  const message =
    text('message') ||
    text('detail') ||
    (typeof inner['detail'] === 'object' ? JSON.stringify(inner['detail']) : '');
  const code = `${text('code')} ${text('type')}`;
  return { all: `${code} ${text('param')} ${message}`.slice(0, 4000), message, code };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
