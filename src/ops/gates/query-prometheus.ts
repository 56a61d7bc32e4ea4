import { parseDuration } from '../../api/duration.ts';
import { isSluiceError, type ErrorKind } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import { answerLimitBytes, readPrometheusAnswer } from '../../gate/providers/prometheus.ts';
import type { HttpResponse } from '../../net/http-client.ts';
import { tlsOf } from '../http-request.ts';
import type { OpContext } from '../op.ts';
import { objectParam, textParam, textsParam } from '../param-values.ts';
import { readSecret } from '../read-secret.ts';
import type { Taken } from './taken.ts';

export interface MetricQuery {
  readonly provider: string;
  readonly query: string;
  /** Go duration to look back; undefined: the value at the time. */
  readonly range?: string;
}

const defaultTimeoutMs = 30_000;
/** Points of a range: enough for a percentile, and no more than servers allow. */
const pointsOfRange = 240;
const longestText = 300;

/** Kinds of errors that a later query may not meet. */
const passing: ReadonlySet<ErrorKind> = new Set(['transient', 'indeterminate', 'environment']);

/**
 * Asks a server with the API of Prometheus for the value of a query at `atMs`, or for all values of the range that ends there.
 * Everything that goes wrong is part of the answer, named with the server and the query; secrets are masked in it.
 */
export async function queryPrometheus(
  query: MetricQuery,
  server: JsonObject,
  atMs: number,
  leftMs: number,
  context: OpContext,
): Promise<Taken> {
  const fail = (message: string, isFinal: boolean): Taken => {
    const about = `${query.provider}: ${message} (query ${query.query})`;
    const text = context.maskSecrets(about).replaceAll(/\s+/g, ' ').trim();
    const error = text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text;
    return { sample: { atMs, values: [], error }, isFinal };
  };
  try {
    const response = await send(query, server, atMs, leftMs, context);
    if (response.statusCode >= 300) return fail(statusText(response), isLasting(response.statusCode));
    const answer = readPrometheusAnswer(response.body, query.range !== undefined);
    if (answer.kind === 'error') return fail(answer.message, false);
    const warnings = answer.warnings.map((each) => context.maskSecrets(each));
    return {
      // The server's own time: what it holds for newest may be older than what was asked for.
      sample: { atMs: query.range === undefined ? (answer.oldestMs ?? atMs) : atMs, values: answer.values },
      isFinal: false,
      ...(warnings.length === 0 ? {} : { warnings }),
    };
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const repeats = error.details?.['repeats'] === true;
    return fail(error.message, repeats || !passing.has(error.kind));
  }
}

async function send(
  { query, range }: MetricQuery,
  server: JsonObject,
  atMs: number,
  leftMs: number,
  context: OpContext,
): Promise<HttpResponse> {
  const url = new URL(textParam(server, 'address', ''));
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query${range === undefined ? '' : '_range'}`;
  url.searchParams.set('query', query);
  for (const [name, value] of timesOf(range, atMs)) url.searchParams.set(name, value);
  // Servers that join several others must not leave one out without a word.
  url.searchParams.set('partial_response', 'false');
  const timeoutMs = parseDuration(textParam(server, 'timeout', '')) ?? defaultTimeoutMs;
  const tls = await tlsOf(objectParam(server, 'tls'), context);
  return context.http.send({
    method: 'GET',
    url: url.href,
    headers: await headersOf(server, context),
    timeoutMs: Math.max(1, Math.min(timeoutMs, leftMs)),
    limitBytes: answerLimitBytes,
    signal: context.signal,
    ...(tls === undefined ? {} : { tls }),
    ...(context.beforeSend === undefined ? {} : { beforeSend: context.beforeSend }),
  });
}

function timesOf(range: string | undefined, atMs: number): readonly (readonly [string, string])[] {
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  if (range === undefined) return [['time', seconds(atMs)]];
  const rangeMs = parseDuration(range) ?? 0;
  const stepMs = Math.max(1000, Math.ceil(rangeMs / pointsOfRange));
  return [
    ['start', seconds(atMs - rangeMs)],
    ['end', seconds(atMs)],
    ['step', seconds(stepMs)],
  ];
}

/** The token is read for each query: it may have been changed meanwhile, and is kept nowhere. */
async function headersOf(server: JsonObject, context: OpContext): Promise<Record<string, string>> {
  const own = Object.entries(textsParam(server, 'header')).map(([name, value]) => [
    name.toLowerCase(),
    value,
  ]);
  const headers: Record<string, string> = { ...Object.fromEntries(own), accept: 'application/json' };
  const ref = objectParam(objectParam(server, 'token'), 'secretRef');
  const name = textParam(ref, 'name', '');
  if (name === '') return headers;
  const secret = await readSecret(name, context.run.namespace, context);
  return { ...headers, authorization: `Bearer ${secret.value(textParam(ref, 'key', '')).trim()}` };
}

function statusText({ statusCode, body }: HttpResponse): string {
  const answer = readPrometheusAnswer(body, false);
  const known = answer.kind === 'error' && body.includes('"status"') ? answer.message : '';
  const text = known === '' ? body.replaceAll(/\s+/g, ' ').trim().slice(0, 200) : known;
  return `answered ${statusCode}${text === '' ? '' : `: ${text}`}`;
}

/** 422 is a query that could not be carried out on today's data. */
function isLasting(statusCode: number): boolean {
  return statusCode < 500 && ![408, 422, 425, 429].includes(statusCode);
}
