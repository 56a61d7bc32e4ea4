import { SluiceError } from '../../api/errors.ts';
import type { Op } from '../op.ts';
import { outcomeOfError } from '../outcome.ts';
import { configNameParams, openObject } from '../schema-parts.ts';
import { addConfigSecrets, isSensitiveConfig, propertiesOf } from './config-secret.ts';
import { configRef, readConfigSecret } from './read-config-secret.ts';

export const readConfig: Op = {
  name: 'read-config',
  cue: [{ provider: 'config', do: 'read' }],
  description: 'Reads the properties of a config. One that is not there, or is not for steps, is an error.',
  params: {
    type: 'object',
    required: ['name'],
    properties: configNameParams,
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['config'],
    properties: { config: { ...openObject, description: 'The properties it was made with.' } },
    additionalProperties: false,
  },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: true,
  async perform(params, context) {
    const ref = configRef(params, context);
    const label = `${ref.namespace}/${ref.name}`;
    try {
      const secret = await readConfigSecret(ref, context);
      if (isSensitiveConfig(secret)) {
        throw new SluiceError(
          'terminal',
          'SensitiveConfig',
          `config ${label} is sensitive: no step may read it`,
        );
      }
      const config = propertiesOf(secret);
      addConfigSecrets(config, (value) => context.addSecret(value));
      return { kind: 'ok', result: { config } };
    } catch (error) {
      return outcomeOfError(error, `read config ${label}`);
    }
  },
};
