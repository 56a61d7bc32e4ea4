import { SluiceError } from '../api/errors.ts';
import { isObject, parseJson, type Json } from '../api/json.ts';
import type { HttpClient } from '../net/http-client.ts';
import { azureResource, checkEndpoint, type ModelEndpoint } from './endpoint.ts';
import { statusFault } from './model-fault.ts';

const timeoutMs = 15_000;
const limitBytes = 4 * 1024 * 1024;
const longestName = 200;

/**
 * Names of the models that a server has, in its order: a question that costs nothing. Throws SluiceError as HttpClient does and
 * as a call to a model would; the key is quoted nowhere.
 */
export async function listModels(
  endpoint: ModelEndpoint,
  http: HttpClient,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { kind, baseUrl, apiVersion, headers } = checkEndpoint(endpoint);
  const { host } = baseUrl;
  const address = baseUrl.href.replace(/\/+$/, '');
  const response = await http.send({
    method: 'GET',
    url: kind === 'azure' ? azureUrl(address, apiVersion) : `${address}/models`,
    headers: { accept: 'application/json', ...headers },
    timeoutMs,
    limitBytes,
    signal,
    maxRedirects: 0,
  });
  const secrets = endpoint.credential === undefined ? [] : [endpoint.credential.key.trim()];
  if (response.statusCode < 200 || response.statusCode > 299) {
    const fault = statusFault(response, { host, model: 'its models', secrets });
    if (response.statusCode !== 404) throw fault;
    throw new SluiceError('invalid', 'NoModelList', `${host} has no list of models there (404)`, {
      hint: 'check the address; it often ends in /v1',
    });
  }
  const models = namesIn(response.body);
  if (models !== undefined) return models;
  throw new SluiceError('terminal', 'ModelAnswerUnreadable', `what ${host} answers is no list of models`, {
    hint: 'check the address; it often ends in /v1',
  });
}

function azureUrl(address: string, apiVersion: string | undefined): string {
  const resource = `${azureResource(address)}/openai`;
  if (apiVersion === undefined) return `${resource}/v1/models`;
  return `${resource}/models?${new URLSearchParams({ 'api-version': apiVersion }).toString()}`;
}

function namesIn(body: string): readonly string[] | undefined {
  let value: Json;
  try {
    value = parseJson(body);
  } catch {
    return undefined;
  }
  const data = isObject(value) ? value['data'] : undefined;
  if (!Array.isArray(data)) return undefined;
  return (data as readonly Json[]).flatMap((each) => {
    const id = isObject(each) ? each['id'] : undefined;
    return typeof id === 'string' && id !== '' ? [id.slice(0, longestName)] : [];
  });
}
