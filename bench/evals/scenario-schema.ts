const text = { type: 'string', minLength: 1 };
const texts = { type: 'array', items: text };
const age = { type: 'string', pattern: '^\\d+(s|m|h|d)$' };

const pattern = {
  type: 'object',
  additionalProperties: false,
  required: ['kind'],
  properties: {
    kind: text,
    namespace: text,
    name: text,
    reason: { anyOf: [text, { ...texts, minItems: 1 }] },
    mentions: texts,
    severity: { enum: ['critical', 'high', 'medium', 'low', 'info'] },
  },
};

const kubeObject = {
  type: 'object',
  required: ['apiVersion', 'kind', 'metadata'],
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object', required: ['name'], properties: { name: text } },
  },
};

const kubeObjects = { type: 'array', items: kubeObject };

const expectation = {
  type: 'object',
  additionalProperties: false,
  required: ['verdict'],
  properties: {
    verdict: { enum: ['broken', 'healthy', 'unknown'] },
    root: { anyOf: [pattern, { type: 'array', minItems: 1, items: pattern }] },
    consequences: { type: 'array', items: { type: 'string', pattern: '^[A-Z]\\w*/\\S+$' } },
    mustReport: { type: 'array', items: pattern },
    mustNotReport: { type: 'array', items: pattern },
    notChecked: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['resource', 'reason'],
        properties: { resource: text, reason: { enum: ['Forbidden', 'NotInstalled', 'TimedOut', 'Failed'] } },
      },
    },
    problems: { type: 'integer', minimum: 0 },
  },
};

/** What a file of `scenarios/` may hold. */
export const scenarioSchema: object = {
  type: 'object',
  additionalProperties: false,
  required: ['title', 'source', 'about', 'expect'],
  oneOf: [{ required: ['state'] }, { required: ['manifests', 'after'] }],
  properties: {
    title: text,
    source: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: { name: text, url: { type: 'string', pattern: '^https://' } },
    },
    about: text,
    state: kubeObjects,
    denied: texts,
    notInstalled: texts,
    logs: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['pod', 'container'],
        properties: {
          pod: { type: 'string', pattern: '^[^/]+/[^/]+$' },
          container: text,
          text: { type: 'string' },
          previous: { type: 'string' },
        },
      },
    },
    manifests: kubeObjects,
    images: { type: 'array', items: { type: 'object', required: ['image'] } },
    after: age,
    expect: expectation,
  },
};
