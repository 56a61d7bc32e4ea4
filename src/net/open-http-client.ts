import { SluiceError, isSluiceError } from '../api/errors.ts';
import { openScope, type CallScope } from './call-scope.ts';
import { systemConnect, systemLookup, type Connect, type Lookup } from './dial.ts';
import type { EgressPolicy } from './egress.ts';
import { exchange, type Answer, type Network } from './exchange.ts';
import type { HttpClient, HttpRequest, HttpResponse } from './http-client.ts';
import type { ProxySettings } from './proxy-choice.ts';
import { createRateLimiter, type RateLimiter } from './rate-limit.ts';
import { readBody } from './read-body.ts';
import { nextHop, type Hop } from './redirect.ts';
import { checkRequest } from './request-check.ts';
import { exchangeFault, indeterminate } from './transport-fault.ts';

export interface HttpClientOptions {
  readonly egress: EgressPolicy;
  readonly proxy?: ProxySettings;
  /** PEM certificates that are trusted beside the system's. */
  readonly ca?: string;
  /** How names are resolved and addresses connected to; the system's way by default. */
  readonly lookup?: Lookup;
  readonly connect?: Connect;
  /** Monotonic ms, for rate limits. */
  readonly nowMs?: () => number;
}

const maxRedirects = 5;

/**
 * A client whose every connection passes the egress policy. Connections are not kept: a kept one that the other side has
 * closed meanwhile turns a request into one whose outcome nobody knows.
 */
export function openHttpClient(options: HttpClientOptions): HttpClient {
  const network: Network = {
    dialer: {
      policy: options.egress,
      lookup: options.lookup ?? systemLookup,
      connect: options.connect ?? systemConnect,
    },
    proxy: options.proxy ?? {},
    ca: options.ca,
  };
  const limiter = createRateLimiter(options.nowMs ?? (() => performance.now()));
  const closing = new AbortController();
  const open = new Set<Promise<unknown>>();
  return {
    async send(request) {
      const call = sendOne(request, network, limiter, closing.signal);
      open.add(call);
      try {
        return await call;
      } finally {
        open.delete(call);
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled(open);
    },
  };
}

async function sendOne(
  request: HttpRequest,
  network: Network,
  limiter: RateLimiter,
  closing: AbortSignal,
): Promise<HttpResponse> {
  const checked = checkRequest(request);
  takeToken(checked, request.rate, limiter);
  const headers = { 'user-agent': 'sluice', 'accept-encoding': 'gzip, deflate, br', ...checked.headers };
  const scope = openScope(checked.url.host, request.timeoutMs, [request.signal, closing]);
  const first: Hop = { ...checked, headers, body: request.body };
  return await scope.run(() => follow(first, request, network, scope));
}

/** Sends, and sends again where a redirect points, until there is an answer. */
async function follow(
  first: Hop,
  request: HttpRequest,
  network: Network,
  scope: CallScope,
): Promise<HttpResponse> {
  let hop = first;
  let tookEffect = false;
  const limit = request.maxRedirects ?? maxRedirects;
  for (let redirects = 0; ; redirects += 1) {
    scope.host = hop.url.host;
    // A client certificate and its authority are for the host that the author named.
    const tls = hop.url.origin === first.url.origin ? request.tls : undefined;
    const beforeSend = redirects === 0 ? request.beforeSend : undefined;
    // oxlint-disable-next-line no-await-in-loop -- each hop is named by the answer before it
    const answer: Answer = await exchange(hop, tls, network, scope, beforeSend).catch(
      tookEffect ? asIndeterminate : rethrow,
    );
    const next: Hop | undefined =
      limit === 0 ? undefined : nextHop(hop, answer.statusCode, answer.headers['location']?.[0]);
    // oxlint-disable-next-line no-await-in-loop -- the last round
    if (next === undefined) return await readAnswer(answer, hop, request);
    answer.discard();
    if (redirects === limit) {
      throw new SluiceError(
        'terminal',
        'TooManyRedirects',
        `${scope.host} redirects more than ${limit} times`,
      );
    }
    // Answered by "the result is there", the request has done its work; answered by "ask there", it has not.
    tookEffect ||= next.method !== hop.method;
    scope.sent = tookEffect;
    hop = next;
  }
}

/** The request was carried out by an earlier hop: that nothing reached this one does not undo it. */
function asIndeterminate(fault: unknown): never {
  if (!isSluiceError(fault) || fault.kind !== 'transient') throw fault;
  throw indeterminate(fault.code, fault.message);
}

function rethrow(fault: unknown): never {
  throw fault;
}

async function readAnswer(
  answer: Answer,
  hop: Hop,
  { limitBytes, observer }: HttpRequest,
): Promise<HttpResponse> {
  try {
    observer?.head(answer.statusCode, answer.headers);
    const body = await readBody(answer.body, answer.headers, limitBytes, hop.url.host, observer);
    return { statusCode: answer.statusCode, headers: answer.headers, trailers: answer.trailers(), body };
  } catch (error) {
    throw exchangeFault(error, hop.url.host);
  } finally {
    answer.discard();
  }
}

function takeToken(
  { url, method }: { readonly url: URL; readonly method: string },
  rate: HttpRequest['rate'],
  limiter: RateLimiter,
): void {
  if (rate === undefined) return;
  const waitMs = limiter.take(`${method} ${url.origin}${url.pathname}`, rate);
  if (waitMs === 0) return;
  throw new SluiceError('transient', 'RateLimited', `the request to ${url.host} exceeds the rate limiter`, {
    retryAfterMs: waitMs,
  });
}
