import { SluiceError } from '../../api/errors.ts';
import { isObject, parseJson, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { textsParam } from '../param-values.ts';

/** Labels, annotations and keys of the Secrets in which KubeVela keeps configs. */
export const configLabels = {
  catalog: 'config.oam.dev/catalog',
  type: 'config.oam.dev/type',
  scope: 'config.oam.dev/scope',
} as const;
export const configAnnotations = {
  alias: 'config.oam.dev/alias',
  description: 'config.oam.dev/description',
  sensitive: 'config.oam.dev/sensitive',
  templateNamespace: 'config.oam.dev/template-namespace',
} as const;
export const catalogValue = 'velacore-config';
export const referencesKey = 'objects-reference';
const propertiesKey = 'input-properties';

/** What a config's template adds to it. */
export interface RenderedTemplate {
  readonly name: string;
  readonly namespace: string;
  readonly scope: string;
  readonly isSensitive: boolean;
  /** A partial Secret. */
  readonly output: JsonObject;
  /** Objects that belong to the config. */
  readonly outputs: readonly JsonObject[];
}

export interface ConfigToWrite {
  readonly name: string;
  readonly namespace: string;
  readonly properties: JsonObject;
  readonly template: RenderedTemplate | undefined;
}

/** The Secret that holds a config. */
export function secretOfConfig({ name, namespace, properties, template }: ConfigToWrite): JsonObject {
  const output = template?.output ?? {};
  const given = isObject(output['metadata']) ? output['metadata'] : {};
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, data, ...rest } = output;
  const references = (template?.outputs ?? []).map(referenceTo);
  const type = template === undefined ? {} : { type: `/${template.name}` };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...given,
      name: typeof given['name'] === 'string' ? given['name'] : name,
      namespace,
      labels: {
        ...textsParam(given, 'labels'),
        [configLabels.catalog]: catalogValue,
        [configLabels.type]: template?.name ?? '',
        ...(template === undefined ? {} : { [configLabels.scope]: template.scope }),
      },
      annotations: { ...textsParam(given, 'annotations'), ...annotationsOf(template) },
    },
    ...type,
    ...rest,
    data: {
      ...(isObject(data) ? data : {}),
      [propertiesKey]: base64(stringifyJson(properties)),
      ...(references.length === 0 ? {} : { [referencesKey]: base64(stringifyJson(references)) }),
    },
  };
}

function annotationsOf(template: RenderedTemplate | undefined): JsonObject {
  const common = { [configAnnotations.alias]: '', [configAnnotations.description]: '' };
  if (template === undefined) return common;
  return {
    ...common,
    [configAnnotations.sensitive]: String(template.isSensitive),
    [configAnnotations.templateNamespace]: template.namespace,
  };
}

function referenceTo(object: JsonObject): JsonObject {
  const { name, namespace } = isObject(object['metadata']) ? object['metadata'] : {};
  return {
    apiVersion: object['apiVersion'] ?? '',
    kind: object['kind'] ?? '',
    name: name ?? '',
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** Whether the Secret holds a config at all; others are nobody's business here. */
export function isConfig(secret: KubeObject): boolean {
  return secret.metadata.labels?.[configLabels.catalog] === catalogValue;
}

/** A template may say that its configs are for the Secret's users alone, and never for steps. */
export function isSensitiveConfig(secret: KubeObject): boolean {
  return secret.metadata.annotations?.[configAnnotations.sensitive] === 'true';
}

/** The properties a config was made with. Throws SluiceError `terminal` when the Secret does not hold them. */
export function propertiesOf(secret: KubeObject): JsonObject {
  const label = `config ${secret.metadata.namespace ?? ''}/${secret.metadata.name ?? ''}`;
  const value = decoded(secret, propertiesKey);
  if (isObject(value)) return value;
  throw new SluiceError('terminal', 'BadConfig', `${label}: its Secret has no ${propertiesKey} in JSON`);
}

/** The JSON under a key of the Secret's data; undefined when there is none. */
export function decoded(secret: KubeObject, key: string): Json | undefined {
  const encoded = textsParam(secret as unknown as JsonObject, 'data')[key];
  if (encoded === undefined) return undefined;
  try {
    return parseJson(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Every text in a config is as secret as the Secret it stands in; the shortest say too little to be masked. */
export function addConfigSecrets(value: Json, add: (secret: string) => void): void {
  if (typeof value === 'string') {
    if (value.length >= 4) add(value);
  } else if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) addConfigSecrets(item, add);
  } else if (isObject(value)) {
    for (const item of Object.values(value)) addConfigSecrets(item ?? null, add);
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
