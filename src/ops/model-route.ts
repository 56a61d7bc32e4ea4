import { azureResource, checkEndpoint, type ModelEndpoint } from '../llm/endpoint.ts';
import type { ModelWish } from '../llm/model-service.ts';
import { isPlaceholder } from '../net/credential-headers.ts';
import type { ModelRequest } from './op.ts';

/** Whether a URL stands under exactly `https://api.openai.com/v1/`. */
export function isVendorAddress(url: string): boolean {
  return vendorPath(url) !== undefined;
}

/** What a request that a step type writes itself wishes for. An address that is not the vendor's is the step's own. */
export function wishOfRequest({ url, authorization }: ModelRequest): ModelWish {
  const key = tokenOf(authorization);
  return {
    ...(isVendorAddress(url) ? {} : { baseUrl: url }),
    ...(key === undefined ? {} : { key }),
  };
}

/**
 * Where such a request goes: an address under the vendor's moves under the chosen one, any other stays as it is. The step's own
 * header is sent as it was written. Throws SluiceError `invalid`: a key that is not for that host, an Azure address that needs the
 * name of the model.
 */
export function requestAt(
  endpoint: ModelEndpoint,
  request: ModelRequest,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const path = vendorPath(request.url);
  const own = tokenOf(request.authorization) === undefined ? undefined : request.authorization?.trim();
  const headers =
    own !== undefined && endpoint.kind === 'openai'
      ? { authorization: own }
      : checkEndpoint(endpoint).headers;
  return { url: path === undefined ? request.url : urlUnder(endpoint, path, request.model ?? ''), headers };
}

function urlUnder({ kind, baseUrl, apiVersion }: ModelEndpoint, path: string, model: string): string {
  if (kind === 'openai') return baseUrl + path;
  const resource = `${azureResource(baseUrl)}/openai`;
  if (apiVersion === undefined) return `${resource}/v1${path}`;
  const url = new URL(`${resource}/deployments/${encodeURIComponent(model)}${path}`);
  url.searchParams.set('api-version', apiVersion);
  return url.href;
}

/** What follows the vendor's base address, query included; undefined for any other address. */
function vendorPath(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname, search, username, password } = new URL(url);
  const isVendor = origin === 'https://api.openai.com' && username === '' && password === '';
  return isVendor && pathname.startsWith('/v1/') ? pathname.slice('/v1'.length) + search : undefined;
}

/** Undefined for a header that holds nothing, or a leftover of an example. */
function tokenOf(authorization: string | undefined): string | undefined {
  const value = authorization?.trim() ?? '';
  const token = /^bearer(?:\s+|$)/i.test(value) ? value.replace(/^bearer\s*/i, '') : value;
  return token === '' || isPlaceholder(token) ? undefined : token;
}
