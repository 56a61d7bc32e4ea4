import type { JsonObject } from '../api/json.ts';
import { itemKinds } from '../evidence/item.ts';
import { clusterParam, manifest, openObject } from './schema-parts.ts';

const text: JsonObject = { type: 'string' };
const count: JsonObject = { type: 'integer' };
const name: JsonObject = { type: 'string', minLength: 1 };

const reference: JsonObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'name'],
  properties: {
    apiVersion: name,
    kind: name,
    name,
    namespace: { type: 'string', description: "The run's namespace when absent." },
  },
  additionalProperties: false,
};

const target: JsonObject = { anyOf: [reference, manifest] };

export const evidenceParams: JsonObject = {
  type: 'object',
  properties: {
    target: {
      description:
        'An object as it is written or was read, its apiVersion, kind, name and namespace, or a list of either.',
      anyOf: [reference, manifest, { type: 'array', items: target, maxItems: 20 }],
    },
    cluster: clusterParam,
    content: {
      description:
        'Anything else that is to be asked about: a text, or objects, which are trimmed and written as JSON.',
    },
    items: {
      type: 'array',
      description: 'Logs, metrics, texts and findings of other tools.',
      items: {
        type: 'object',
        required: ['kind', 'ref', 'text'],
        properties: {
          kind: { type: 'string', enum: ['log', 'metrics', 'text', 'finding'] },
          ref: { type: 'string', minLength: 1, maxLength: 200, description: 'Says what it is of.' },
          text,
        },
        additionalProperties: false,
      },
    },
    maxBytes: { type: 'integer', minimum: 1024, maximum: 1_048_576, default: 65_536 },
    maxTokens: {
      type: 'integer',
      minimum: 256,
      maximum: 1_000_000,
      default: 16_000,
      description: 'By a count that no common model exceeds.',
    },
    keepComments: {
      type: 'boolean',
      default: false,
      description: 'Leaves comments in documents, and annotations that are sentences.',
    },
    anonymize: {
      type: 'boolean',
      description:
        'Replaces names of namespaces, workloads and nodes, too. What the run was started with counts as well.',
    },
  },
  additionalProperties: false,
};

export const evidenceResult: JsonObject = {
  type: 'object',
  required: [
    'text',
    'items',
    'findings',
    'leftOut',
    'isEmpty',
    'notes',
    'bytes',
    'tokens',
    'before',
    'notice',
    'suspicion',
    'restore',
  ],
  properties: {
    text: {
      ...text,
      description: 'The evidence about the target and the items, masked, with a heading each.',
    },
    content: { ...text, description: 'The content, masked; absent when none was given.' },
    contentTruncated: { type: 'boolean', description: 'Something of the content is left out.' },
    items: {
      type: 'array',
      items: {
        type: 'object',
        required: ['ref', 'kind', 'text', 'digest', 'bytes', 'truncated', 'masked', 'collectedAt'],
        properties: {
          ref: text,
          kind: { type: 'string', enum: [...itemKinds] },
          text,
          digest: { ...text, description: 'SHA-256 of the text.' },
          bytes: count,
          truncated: { type: 'boolean' },
          masked: { type: 'boolean' },
          collectedAt: { ...text, description: 'RFC 3339.' },
        },
        additionalProperties: false,
      },
    },
    findings: {
      type: 'array',
      items: openObject,
      description:
        'What the rules found wrong with the target, causes first: id, severity, object, text, fix.',
    },
    leftOut: { type: 'array', items: text, description: 'References of items that had no room.' },
    isEmpty: { type: 'boolean', description: 'There are no items but notes about what could not be read.' },
    notes: { type: 'array', items: text, description: 'What could not be read, and why.' },
    bytes: { ...count, description: 'Of text and content, in UTF-8.' },
    tokens: count,
    before: {
      type: 'object',
      required: ['bytes', 'tokens'],
      description: 'The same, before anything was trimmed.',
      properties: { bytes: count, tokens: count },
      additionalProperties: false,
    },
    notice: {
      ...text,
      description: 'Tells a model what the placeholders mean; empty when nothing was masked.',
    },
    suspicion: {
      type: 'array',
      description: 'Text that tries to steer whoever reads it.',
      items: {
        type: 'object',
        required: ['evidenceRef', 'pattern', 'offset'],
        properties: { evidenceRef: text, pattern: text, offset: count },
        additionalProperties: false,
      },
    },
    restore: {
      type: 'object',
      additionalProperties: text,
      description: 'Addresses and names by their placeholders, for `$restore`. Secrets are not among them.',
    },
  },
  additionalProperties: false,
};
