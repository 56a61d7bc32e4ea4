import type { JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { Op } from '../op.ts';
import { outcomeOfError } from '../outcome.ts';
import { textParam } from '../param-values.ts';
import { labelSelector } from '../label-selector.ts';
import { configNamespaceParam, openObject } from '../schema-parts.ts';
import {
  addConfigSecrets,
  catalogValue,
  configAnnotations,
  configLabels,
  isSensitiveConfig,
  propertiesOf,
} from './config-secret.ts';
import { templateRef } from './render-template.ts';

const text: JsonObject = { type: 'string' };

export const listConfig: Op = {
  name: 'list-config',
  cue: [{ provider: 'config', do: 'list' }],
  description: 'Lists the configs of a namespace that a template has made.',
  params: {
    type: 'object',
    required: ['template'],
    properties: {
      template: { type: 'string', minLength: 1, description: '`NAME`, or `NAMESPACE/NAME`.' },
      namespace: configNamespaceParam,
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['configs'],
    properties: {
      configs: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'alias', 'description'],
          properties: {
            name: text,
            alias: text,
            description: text,
            config: { ...openObject, description: 'Absent where the config is not for steps.' },
          },
          additionalProperties: false,
        },
      },
    },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  async perform(params, context) {
    const namespace = textParam(params, 'namespace', context.run.namespace);
    const { name } = templateRef(textParam(params, 'template', ''));
    const selector = labelSelector({ [configLabels.catalog]: catalogValue, [configLabels.type]: name });
    try {
      const cluster = await context.cluster('');
      const query = { apiVersion: 'v1', kind: 'Secret', namespace, labelSelector: selector };
      const secrets = await cluster.list(query);
      const configs = secrets.map(describe);
      for (const { config } of configs) {
        if (config !== undefined) addConfigSecrets(config, (value) => context.addSecret(value));
      }
      return { kind: 'ok', result: { configs } };
    } catch (error) {
      return outcomeOfError(error, `list configs of ${name} in ${namespace}`);
    }
  },
};

function describe(secret: KubeObject): {
  readonly config?: JsonObject;
  readonly [key: string]: JsonObject | string;
} {
  const { name = '', annotations = {} } = secret.metadata;
  return {
    name,
    alias: annotations[configAnnotations.alias] ?? '',
    description: annotations[configAnnotations.description] ?? '',
    ...(isSensitiveConfig(secret) ? {} : { config: propertiesOf(secret) }),
  };
}
