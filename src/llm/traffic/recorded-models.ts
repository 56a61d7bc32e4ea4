import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { ModelEnvironment } from '../settings/choose-server.ts';
import type { ModelServer, ModelSettings } from '../settings/model-settings.ts';

/**
 * What a recording keeps of the settings for models, so that a replay takes the same decisions where nothing is set up: names,
 * paths and models; neither keys nor hosts.
 */
export interface RecordedModels {
  readonly servers: readonly RecordedServer[];
  readonly default?: string;
  /** Of OPENAI_BASE_URL. */
  readonly path?: string;
  /** OPENAI_MODEL. */
  readonly model?: string;
  /** There was an OPENAI_API_KEY. */
  readonly isKeyed: boolean;
}

interface RecordedServer {
  readonly name: string;
  readonly kind: ModelServer['kind'];
  readonly path: string;
  readonly apiVersion?: string;
  readonly model?: string;
}

export function modelsToRecord(env: ModelEnvironment, settings: ModelSettings): RecordedModels {
  const { OPENAI_BASE_URL: base, OPENAI_API_KEY: key, OPENAI_MODEL: model } = env;
  const path = pathOf(base);
  return {
    servers: settings.servers.map(({ name, kind, baseUrl, apiVersion, model: own }) => ({
      name,
      kind,
      path: pathOf(baseUrl) ?? '',
      ...(apiVersion === undefined ? {} : { apiVersion }),
      ...(own === undefined ? {} : { model: own }),
    })),
    ...(settings.default === undefined ? {} : { default: settings.default }),
    ...(path === undefined ? {} : { path }),
    ...(model === undefined ? {} : { model }),
    isKeyed: key !== undefined && key.trim() !== '',
  };
}

/** The settings of a replay. Their hosts do not exist: nothing is sent. */
export function recordedSettings(models: RecordedModels): {
  readonly env: Required<ModelEnvironment>;
  readonly settings: ModelSettings;
} {
  const { servers, path, model, isKeyed } = models;
  return {
    env: {
      OPENAI_BASE_URL: path === undefined ? undefined : `https://recorded.invalid${path}`,
      OPENAI_API_KEY: isKeyed ? 'replayed' : undefined,
      OPENAI_MODEL: model,
    },
    settings: {
      servers: servers.map(({ path: own, ...server }, index) => ({
        ...server,
        baseUrl: `https://recorded-${index}.invalid${own}`,
        hosts: [],
      })),
      ...(models.default === undefined ? {} : { default: models.default }),
      budgets: {},
      prices: [],
    },
  };
}

/** Undefined for what is nothing of the kind. */
export function readRecordedModels(value: Json | undefined): RecordedModels | undefined {
  if (!isObject(value) || !Array.isArray(value['servers']) || typeof value['isKeyed'] !== 'boolean')
    return undefined;
  const isWhole = areTexts(value, ['default', 'path', 'model']) && value['servers'].every(isServer);
  return isWhole ? (value as unknown as RecordedModels) : undefined;
}

function isServer(value: Json): boolean {
  if (!isObject(value) || !areTexts(value, ['apiVersion', 'model'])) return false;
  const { name, kind, path } = value;
  return typeof name === 'string' && typeof path === 'string' && (kind === 'openai' || kind === 'azure');
}

function areTexts(value: JsonObject, names: readonly string[]): boolean {
  return names.every((name) => value[name] === undefined || typeof value[name] === 'string');
}

function pathOf(address: string | undefined): string | undefined {
  const text = address?.trim() ?? '';
  return URL.canParse(text) ? new URL(text).pathname : undefined;
}
