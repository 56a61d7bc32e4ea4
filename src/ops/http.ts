import { isSluiceError } from '../api/errors.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import type { OnUnknown, OpOutcome } from '../api/op-spec.ts';
import { secretsOfHeader } from '../net/credential-headers.ts';
import type { HttpResponse } from '../net/http-client.ts';
import { retryAfterMs } from '../net/retry-after.ts';
import { httpParams, httpResult } from './http-schema.ts';
import { requestOf } from './http-request.ts';
import { isVendorAddress } from './model-route.ts';
import type { ModelRoute, Op, OpContext } from './op.ts';
import { outcomeOfError } from './outcome.ts';
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
  const { authorization, ...others } = authored;
  const route = isModelCall(params) ? await context.modelRoute({ url, authorization }) : undefined;
  const sent = withAuthorization(others, route === undefined ? authorization : route.authorization);
  addHeaderSecrets(sent, context);
  const { body } = request;
  const response = await (route?.http ?? context.http).send({
    ...request,
    // A secret has no business in a prompt, whoever put it there.
    ...(route === undefined || body === undefined ? {} : { body: context.maskSecrets(body) }),
    url: route?.url ?? url,
    headers: sent,
    ...(context.beforeSend === undefined ? {} : { beforeSend: context.beforeSend }),
  });
  return retryOutcome(response, params, route?.url ?? url) ?? answer(response, route);
}

function withAuthorization(
  headers: Readonly<Record<string, string>>,
  authorization: string | undefined,
): Readonly<Record<string, string>> {
  return authorization === undefined ? headers : { ...headers, authorization };
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

function retryOutcome(response: HttpResponse, params: JsonObject, url: string): OpOutcome | undefined {
  if (!listParam(params, 'retryOnStatus').includes(response.statusCode)) return undefined;
  const excerpt = response.body.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  const message = `${new URL(url).host} answered ${response.statusCode}${excerpt === '' ? '' : `: ${excerpt}`}`;
  const wait = retryAfterMs(response.headers);
  return {
    kind: 'error',
    class: 'transient',
    message,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function answer(response: HttpResponse, route: ModelRoute | undefined): OpOutcome {
  const { statusCode, body, headers, trailers } = response;
  const result = {
    response: { statusCode, body, header: canonicalNames(headers), trailer: canonicalNames(trailers) },
  };
  return route === undefined
    ? { kind: 'ok', result }
    : { kind: 'ok', result, notice: `model: ${route.label}` };
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
