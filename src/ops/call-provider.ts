import { parseJson, isObject, stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import type { OpOutcome } from '../api/op-spec.ts';
import type { HttpClient } from '../net/http-client.ts';
import { excerptOf } from './body-excerpt.ts';
import { callProviderParams } from './call-provider-schema.ts';
import { http } from './http.ts';
import type { Op, OpContext } from './op.ts';
import { terminal } from './outcome.ts';
import { listParam, numberParam, objectParam, textParam } from './param-values.ts';

export const callProvider: Op = {
  name: 'call-provider',
  // By the name of their Package, which no table lists.
  cue: [],
  description:
    "Calls a function of a Package (`cue.oam.dev`): a POST of the parameters as JSON to the provider's endpoint. Any status but 2xx is an error.",
  params: callProviderParams,
  result: {
    type: 'object',
    required: ['value'],
    properties: { value: { description: 'What the function answers.' } },
    additionalProperties: false,
  },
  needs: 'network',
  // Nothing says which functions only read.
  onUnknown: () => 'fail',
  pure: false,
  // A package declares the answer itself under `$returns`.
  cueResult: (result) => (isObject(result) ? (result['value'] ?? null) : result),
  async perform(params, context) {
    const outcome = await http.perform(
      requestParams(params),
      isInsecure(params) ? unchecked(context) : context,
    );
    return outcome.kind === 'ok' ? answerOf(outcome, params) : outcome;
  },
};

/** Statuses that say that nothing was done, and that it may be asked for again. */
const nothingDone = [429, 503];

function requestParams(params: JsonObject): JsonObject {
  return {
    method: 'POST',
    url: urlOf(params),
    request: {
      header: { ...objectParam(params, 'header'), 'Content-Type': 'application/json' },
      body: stringifyJson(params['params'] ?? {}),
    },
    retryOnStatus: [...listParam(params, 'retryOnStatus'), ...nothingDone],
  };
}

/** As KubeVela makes it: the name of the function is the last segment. */
function urlOf(params: JsonObject): string {
  return `${textParam(params, 'endpoint', '').replace(/\/$/, '')}/${textParam(params, 'function', '')}`;
}

function isInsecure(params: JsonObject): boolean {
  return params['insecureSkipVerify'] === true;
}

function unchecked(context: OpContext): OpContext {
  const client: HttpClient = {
    send: (request) => context.http.send({ ...request, tls: { ...request.tls, insecure: true } }),
    close: () => context.http.close(),
  };
  return { ...context, http: client };
}

type Answered = Extract<OpOutcome, { kind: 'ok' }>;

function answerOf(outcome: Answered, params: JsonObject): OpOutcome {
  const response = isObject(outcome.result) ? objectParam(outcome.result, 'response') : {};
  const status = numberParam(response, 'statusCode') ?? 0;
  const body = textParam(response, 'body', '');
  const who = `${textParam(params, 'function', '')} of ${new URL(urlOf(params)).host}`;
  if (status < 200 || status > 299) return terminal(`${who} answered ${status}${excerptOf(body)}`);
  const value = body.trim() === '' ? {} : jsonOf(body);
  if (value === undefined) return terminal(`${who} answered with no JSON${excerptOf(body)}`);
  return { ...outcome, result: { value } };
}

function jsonOf(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
