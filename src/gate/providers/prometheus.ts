import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { readStrictJson } from '../strict-json.ts';

/** What a server with the HTTP API of Prometheus (`/api/v1/query`, `/api/v1/query_range`) has answered. */
export type PrometheusAnswer =
  | {
      readonly kind: 'data';
      /** One for each series, or for each point of each series; as text, so that `NaN` and `+Inf` stay. */
      readonly values: readonly string[];
      /** Time of the oldest of them in ms; undefined where there is none. */
      readonly oldestMs: number | undefined;
      readonly warnings: readonly string[];
    }
  | { readonly kind: 'error'; readonly message: string };

export const answerLimitBytes: number = 4 * 1024 * 1024;
const maxDepth = 16;
const maxValues = 10_000;
const longestWarning = 200;

/**
 * Reads the body of an answer to a query for one value of each series, or for all values of a range. What is not exactly of the
 * API is an error, never no data.
 */
export function readPrometheusAnswer(body: string, isRange: boolean): PrometheusAnswer {
  const json = readStrictJson(body, { maxBytes: answerLimitBytes, maxDepth });
  if (!json.ok) return refuse(`the answer cannot be used: ${json.message}`);
  const root = json.value;
  if (!isObject(root)) return refuse('the answer is no object');
  if (root['status'] === 'error') return refuse(errorText(root));
  if (root['status'] !== 'success' || !isObject(root['data']))
    return refuse('the answer is not one of the API of Prometheus: it has no `status` and `data`');
  const { resultType, result } = root['data'];
  if (resultType === 'matrix' && !isRange)
    return refuse(
      'the query gives all values of a time: take one of them, such as by last_over_time, or set `range`',
    );
  const points = pointsOf(resultType, result);
  if (typeof points === 'string') return refuse(points);
  if (points.length > maxValues)
    return refuse(`there are more than ${maxValues} values: aggregate them in the query`);
  const times = points.map(({ atMs }) => atMs);
  return {
    kind: 'data',
    values: points.map(({ value }) => value),
    oldestMs: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
    warnings: textsOf(root['warnings']),
  };
}

interface Point {
  readonly atMs: number;
  readonly value: string;
}

function pointsOf(kind: Json | undefined, result: Json | undefined): readonly Point[] | string {
  if (kind === 'scalar') return eachPoint([result ?? null]);
  if (kind === 'string') return 'the query gives a text, not numbers';
  if (!Array.isArray(result)) return 'the answer has no list of results';
  const series = result as readonly Json[];
  if (series.some((each) => isObject(each) && ('histogram' in each || 'histograms' in each)))
    return 'the query gives native histograms: take a number of them, such as by histogram_quantile';
  if (kind === 'vector')
    return eachPoint(series.map((each) => (isObject(each) ? (each['value'] ?? null) : null)));
  if (kind === 'matrix')
    return eachPoint(
      series.flatMap((each) =>
        isObject(each) && Array.isArray(each['values']) ? (each['values'] as readonly Json[]) : [null],
      ),
    );
  return 'the answer has a kind of result that is not known';
}

/** `[seconds, "value"]`; one that is none makes the whole unusable. */
function eachPoint(pairs: readonly Json[]): readonly Point[] | string {
  const points: Point[] = [];
  for (const pair of pairs) {
    const [seconds, value] = Array.isArray(pair) ? (pair as readonly Json[]) : [];
    if (typeof seconds !== 'number' || typeof value !== 'string')
      return 'the answer has a value that is no pair of a time and a text';
    points.push({ atMs: Math.round(seconds * 1000), value });
  }
  return points;
}

function errorText(root: JsonObject): string {
  const [kind, message] = [root['errorType'], root['error']];
  const text = typeof message === 'string' && message !== '' ? message : 'no reason given';
  return typeof kind === 'string' ? `${kind}: ${text}` : text;
}

function textsOf(value: Json | undefined): readonly string[] {
  if (!Array.isArray(value)) return [];
  const texts = (value as readonly Json[]).filter((each) => typeof each === 'string');
  return texts.slice(0, 5).map((each) => each.slice(0, longestWarning));
}

function refuse(message: string): PrometheusAnswer {
  return { kind: 'error', message };
}
