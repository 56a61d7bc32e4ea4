import type { JsonObject } from '../api/json.ts';

/** A Kubernetes object, or any other object whose fields nobody knows beforehand. */
export const openObject: JsonObject = { type: 'object', additionalProperties: true };

const name: JsonObject = { type: 'string', minLength: 1 };

/** An object that is to be written: names itself, may hold anything else. */
export const manifest: JsonObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata'],
  properties: {
    apiVersion: name,
    kind: name,
    metadata: {
      type: 'object',
      required: ['name'],
      properties: {
        name,
        namespace: { type: 'string', description: "The run's namespace when absent." },
      },
      additionalProperties: true,
    },
  },
  additionalProperties: true,
};

/** A JudgedObject. */
export const judgedObjectSchema: JsonObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'namespace', 'name', 'digest'],
  properties: {
    apiVersion: name,
    kind: name,
    namespace: { type: ['string', 'null'] },
    name,
    digest: {
      type: 'string',
      description: 'Of the manifest as it was rendered: `sha256:` and 64 hex digits.',
    },
  },
  additionalProperties: false,
};

export const clusterParam: JsonObject = {
  type: 'string',
  default: '',
  description: 'Name of the cluster; empty for the default one.',
};

export const matchingLabels: JsonObject = {
  type: 'object',
  additionalProperties: { type: 'string' },
  description: 'Labels that an object must all have.',
};

export const configNamespaceParam: JsonObject = {
  type: 'string',
  description: "The run's namespace when absent.",
};

/** Which config an op is about. */
export const configNameParams: Readonly<Record<string, JsonObject>> = {
  name,
  namespace: configNamespaceParam,
};
