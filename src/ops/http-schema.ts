import type { JsonObject } from '../api/json.ts';

const text: JsonObject = { type: 'string' };
const name: JsonObject = { type: 'string', minLength: 1 };
const texts: JsonObject = { type: 'array', items: text };

export const httpDefaults: { readonly timeout: string; readonly limitBytes: number } = {
  timeout: '30s',
  limitBytes: 1024 * 1024,
};

const request: JsonObject = {
  type: 'object',
  properties: {
    timeout: {
      type: 'string',
      default: httpDefaults.timeout,
      description: 'Go duration for the whole exchange, redirects and body included.',
    },
    body: text,
    header: {
      type: 'object',
      additionalProperties: { anyOf: [text, texts] },
      description: 'Headers by name; a list is sent as one header, joined by commas.',
    },
    trailer: {
      type: 'object',
      maxProperties: 0,
      description: 'Request trailers are not sent; leave it out.',
    },
    ratelimiter: {
      type: 'object',
      required: ['limit', 'period'],
      properties: {
        limit: { type: 'integer', minimum: 1, description: 'Requests in one period.' },
        period: { ...name, description: 'Go duration.' },
      },
      additionalProperties: false,
      description: 'A limit for this method and address, shared by all steps of the process.',
    },
    headersFromSecret: {
      type: 'array',
      items: {
        type: 'object',
        required: ['header', 'secret', 'key'],
        properties: { header: name, secret: name, key: name },
        additionalProperties: false,
      },
      description: "Headers whose values stand in Secrets of the run's namespace.",
    },
  },
  additionalProperties: false,
};

export const retryOnStatus: JsonObject = {
  type: 'array',
  items: { type: 'integer', minimum: 100, maximum: 599 },
  description: "Statuses that count as a passing fault; filled in from the step's `retry.onStatus`.",
};

export const httpParams: JsonObject = {
  type: 'object',
  required: ['url'],
  properties: {
    method: {
      type: 'string',
      enum: ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'],
      default: 'GET',
    },
    url: name,
    request,
    tls_config: {
      type: 'object',
      required: ['secret'],
      properties: {
        secret: name,
        namespace: { type: 'string', description: "The run's namespace when absent." },
      },
      additionalProperties: false,
      description:
        'A Secret with `ca.crt`, and with `client.crt` and `client.key` (or `tls.crt` and `tls.key`) for mutual TLS.',
    },
    limitBytes: {
      type: 'integer',
      minimum: 1,
      maximum: 32 * 1024 * 1024,
      default: httpDefaults.limitBytes,
      description: 'A longer answer fails the step.',
    },
    model: {
      type: 'boolean',
      default: false,
      description: 'The call goes to a model: its address and key follow the settings for models.',
    },
    retryOnStatus,
  },
  additionalProperties: false,
};

const headers: JsonObject = { type: 'object', additionalProperties: texts };

export const httpResult: JsonObject = {
  type: 'object',
  required: ['response'],
  properties: {
    response: {
      type: 'object',
      required: ['statusCode', 'body', 'header', 'trailer'],
      properties: {
        statusCode: { type: 'integer' },
        body: text,
        header: { ...headers, description: 'Lists of values by name, spelt like `Content-Type`.' },
        trailer: headers,
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};
