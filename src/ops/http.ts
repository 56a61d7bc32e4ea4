import { isSluiceError } from '../api/errors.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import type { OnUnknown, OpOutcome } from '../api/op-spec.ts';
import { requestOfBody } from '../llm/budget/foreign-call.ts';
import { secretsOfHeader } from '../net/credential-headers.ts';
import type { HttpRequest, HttpResponse } from '../net/http-client.ts';
import { retryAfterMs } from '../net/retry-after.ts';
import { excerptOf } from './body-excerpt.ts';
import { httpParams, httpResult } from './http-schema.ts';
import { requestOf } from './http-request.ts';
import { isVendorAddress } from './model-route.ts';
import type { Op, OpContext } from './op.ts';
import { outcomeOfError, type OpError } from './outcome.ts';
import { listParam, textParam } from './param-values.ts';

export const http: Op = {
  name: 'http',
  cue: [
    { provider: 'http', do: 'do' },
    { provider: 'op', do: 'do' },
  ],
  description:
    'Sends an HTTP request. Any status is an answer; only an exchange that breaks off is an error.',
  params: httpParams,
  result: httpResult,
  needs: 'network',
  onUnknown,
  pure: false,
  // `vela/op` has the answer at `response`, `vela/http` directly under `$returns`.
  cueResult: (result, style) =>
    style === 'returns' && isObject(result) ? (result['response'] ?? {}) : result,
  async perform(params, context) {
    try {
      return await exchange(params, context);
    } catch (error) {
      return outcomeOfFault(error, onUnknown(params));
    }
  },
};

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS']);

/** A call to a model changes nothing but the bill, and the same question may be asked again. */
function onUnknown(params: JsonObject): OnUnknown {
  return repeatable.has(textParam(params, 'method', 'GET')) || isModelCall(params) ? 'retry' : 'fail';
}

function isModelCall(params: JsonObject): boolean {
  return params['model'] === true || isVendorAddress(textParam(params, 'url', ''));
}

async function exchange(params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const { headers: authored, ...request } = await requestOf(params, context);
  const url = textParam(params, 'url', '');
  addUrlPassword(url, context);
  addHeaderSecrets(authored, context);
  const outgoing: HttpRequest = {
    ...request,
    url,
    headers: authored,
    ...(context.beforeSend === undefined ? {} : { beforeSend: context.beforeSend }),
  };
  if (isModelCall(params)) return await askModel(outgoing, params, context);
  const response = await context.http.send(outgoing);
  return retryOutcome(response, params, url) ?? { kind: 'ok', result: resultOf(response) };
}

/** The settings for models say where it goes and with which key, and it is paid for out of the run's budget. */
async function askModel(request: HttpRequest, params: JsonObject, context: OpContext): Promise<OpOutcome> {
  const { authorization, ...others } = request.headers;
  // A secret has no business in a prompt, whoever put it there.
  const body = context.maskSecrets(request.body ?? '');
  const { model } = requestOfBody(body);
  const route = await context.modelRoute({ url: request.url, authorization, model });
  const headers = { ...others, ...route.headers };
  addHeaderSecrets(headers, context);
  const call = { payer: context.run, step: context.step.path, server: route.label, body };
  const { answer: response, use } = await context.models.metered(call, () =>
    route.http.send({ ...request, url: route.url, headers, ...(body === '' ? {} : { body }) }),
  );
  const refused = retryOutcome(response, params, route.url);
  if (refused !== undefined) return { ...refused, use };
  return { kind: 'ok', result: resultOf(response), notice: `model: ${route.label}`, use };
}

function addHeaderSecrets(headers: Readonly<Record<string, string>>, context: OpContext): void {
  for (const [name, value] of Object.entries(headers)) {
    for (const secret of secretsOfHeader(name, value)) context.addSecret(secret);
  }
}

/** The client refuses such an address; the password is masked all the same, since the run's text still holds it. */
function addUrlPassword(url: string, context: OpContext): void {
  const password = URL.canParse(url) ? decodeURIComponentOr(new URL(url).password) : '';
  if (password !== '') context.addSecret(password);
}

function decodeURIComponentOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function retryOutcome(response: HttpResponse, params: JsonObject, url: string): OpError | undefined {
  if (!listParam(params, 'retryOnStatus').includes(response.statusCode)) return undefined;
  const message = `${new URL(url).host} answered ${response.statusCode}${excerptOf(response.body)}`;
  const wait = retryAfterMs(response.headers);
  return {
    kind: 'error',
    class: 'transient',
    message,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function resultOf({ statusCode, body, headers, trailers }: HttpResponse): JsonObject {
  return {
    response: { statusCode, body, header: canonicalNames(headers), trailer: canonicalNames(trailers) },
  };
}

/** Names as KubeVela's templates index them: `Content-Type`. */
function canonicalNames(headers: HttpResponse['headers']): Record<string, readonly string[]> {
  const entries = Object.entries(headers).map(([name, values]): [string, readonly string[]] => [
    name.toLowerCase().replaceAll(/(?:^|-)[a-z]/g, (start) => start.toUpperCase()),
    values,
  ]);
  return Object.fromEntries(entries);
}

/** A request that may be repeated without harm makes an unknown outcome a passing fault, unless it would end the same way. */
function outcomeOfFault(error: unknown, unknown: OnUnknown): OpOutcome {
  const outcome = outcomeOfError(error);
  if (outcome.class !== 'indeterminate' || unknown === 'fail') return outcome;
  const endsTheSame = isSluiceError(error) && error.details?.['repeats'] === true;
  return endsTheSame ? { ...outcome, class: 'terminal' } : { ...outcome, class: 'transient', isRepeat: true };
}
