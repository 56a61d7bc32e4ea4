import { isPlaceholder } from '../net/credential-headers.ts';
import type { ModelRequest, ModelRoute } from './op.ts';

const vendorUrl = 'https://api.openai.com/v1';

/** What the operator's environment says about models; an empty value counts as none. */
export interface ModelEnvironment {
  readonly OPENAI_BASE_URL?: string | undefined;
  readonly OPENAI_API_KEY?: string | undefined;
  readonly OPENAI_MODEL?: string | undefined;
}

export interface ModelSettings {
  readonly env: ModelEnvironment;
  /** Every cluster of the run is in memory, or someone asked for it. */
  readonly offlineAllowed: boolean;
  /** Base address of the offline engine, such as `http://127.0.0.1:4010/v1`. */
  readonly offlineUrl: string | undefined;
}

export interface ModelQuestion extends ModelSettings {
  /** The Authorization header that the step sends, if any. */
  readonly stepAuthorization: string | undefined;
  /** The address that the step itself names. */
  readonly stepBaseUrl?: string | undefined;
}

export type ModelDecision =
  | {
      readonly kind: 'route';
      readonly chosen: 'step' | 'environment' | 'vendor' | 'offline';
      /** Without a slash at its end. */
      readonly baseUrl: string;
      /** Undefined: send none. */
      readonly authorization: string | undefined;
      /** For people: `offline engine` or the host. */
      readonly label: string;
    }
  /** The text of a plan fault. */
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

/**
 * Where a call to a model goes and which key it carries. The address: the step's own, OPENAI_BASE_URL, the vendor's if
 * there is a key, the offline engine if it is allowed. The key: the step's unless it is empty or a placeholder, else
 * OPENAI_API_KEY, which goes nowhere but to the address that the environment means.
 */
export function routeModel(question: ModelQuestion): ModelDecision {
  const { env, stepBaseUrl } = question;
  const own = realAuthorization(question.stepAuthorization);
  if (isGiven(stepBaseUrl)) return route('step', stepBaseUrl, own, "the step's base URL");
  const key =
    isGiven(env.OPENAI_API_KEY) && !isPlaceholder(env.OPENAI_API_KEY) ? env.OPENAI_API_KEY.trim() : '';
  const authorization = own ?? (key === '' ? undefined : `Bearer ${key}`);
  if (isGiven(env.OPENAI_BASE_URL))
    return route('environment', env.OPENAI_BASE_URL, authorization, 'OPENAI_BASE_URL');
  if (authorization !== undefined) return route('vendor', vendorUrl, authorization, 'the vendor');
  if (question.offlineAllowed && question.offlineUrl !== undefined) {
    return route('offline', question.offlineUrl, undefined, 'the offline engine');
  }
  return {
    kind: 'refused',
    message: 'there is no key for the model, and the offline engine is not allowed for this run',
    hint: 'give the step a token, set OPENAI_API_KEY or OPENAI_BASE_URL, or allow the offline engine with --offline',
  };
}

/** Where one request goes: the address under the vendor's is moved under the chosen one, any other is the step's own. */
export function routeModelRequest(
  request: ModelRequest,
  settings: ModelSettings,
): ModelRoute | Extract<ModelDecision, { kind: 'refused' }> {
  const { url, authorization: stepAuthorization } = request;
  const path = vendorPath(url);
  const stepBaseUrl = path === undefined ? url : undefined;
  const decision = routeModel({ ...settings, stepAuthorization, stepBaseUrl });
  if (decision.kind === 'refused') return decision;
  const { authorization, label, baseUrl } = decision;
  return { url: path === undefined ? url : baseUrl + path, authorization, label };
}

/** The name of the model: what the run says, OPENAI_MODEL, the step type's default. */
export function chooseModel(run: string | undefined, env: ModelEnvironment, stepDefault: string): string {
  if (isGiven(run)) return run;
  return isGiven(env.OPENAI_MODEL) ? env.OPENAI_MODEL : stepDefault;
}

/** Whether a URL stands under exactly `https://api.openai.com/v1/`. */
export function isVendorAddress(url: string): boolean {
  return vendorPath(url) !== undefined;
}

/** What follows the vendor's base address, query included; undefined for any other address. */
function vendorPath(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin, pathname, search, username, password } = new URL(url);
  const isVendor = origin === 'https://api.openai.com' && username === '' && password === '';
  return isVendor && pathname.startsWith('/v1/') ? pathname.slice('/v1'.length) + search : undefined;
}

function route(
  chosen: Extract<ModelDecision, { kind: 'route' }>['chosen'],
  address: string,
  authorization: string | undefined,
  source: string,
): ModelDecision {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return refusedAddress(source, 'is no http or https address');
  }
  if (url.username !== '' || url.password !== '')
    return refusedAddress(source, 'holds a user name or password');
  const baseUrl = url.origin + url.pathname.replace(/\/+$/, '');
  const label = chosen === 'offline' ? 'offline engine' : url.host;
  return { kind: 'route', chosen, baseUrl, authorization, label };
}

function refusedAddress(source: string, why: string): ModelDecision {
  return {
    kind: 'refused',
    message: `the address of the model, from ${source}, ${why}`,
    hint: 'write it like https://models.example.com/v1',
  };
}

function realAuthorization(authorization: string | undefined): string | undefined {
  const value = authorization?.trim() ?? '';
  const token = /^bearer(?:\s+|$)/i.test(value) ? value.replace(/^bearer\s*/i, '') : value;
  return token === '' || isPlaceholder(token) ? undefined : value;
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== '';
}
