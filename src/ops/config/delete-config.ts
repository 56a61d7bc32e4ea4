import { isObject, type Json } from '../../api/json.ts';
import type { Op } from '../op.ts';
import { outcomeOfError } from '../outcome.ts';
import { configNameParams } from '../schema-parts.ts';
import { refOf } from '../target.ts';
import { decoded, referencesKey } from './config-secret.ts';
import { configRef, readConfigSecret } from './read-config-secret.ts';

export const deleteConfig: Op = {
  name: 'delete-config',
  cue: [{ provider: 'config', do: 'delete' }],
  description:
    'Deletes a config, after the objects that its template has made. One that is not there, and a Secret that is no config, is an error.',
  params: {
    type: 'object',
    required: ['name'],
    properties: configNameParams,
    additionalProperties: false,
  },
  result: { type: 'object', properties: {}, additionalProperties: false },
  needs: 'cluster',
  // Found gone when it is repeated, it would be reported as never there.
  onUnknown: () => 'fail',
  pure: false,
  async perform(params, context) {
    const ref = configRef(params, context);
    try {
      const secret = await readConfigSecret(ref, context);
      const cluster = await context.cluster('');
      const references = decoded(secret, referencesKey);
      const objects = (Array.isArray(references) ? (references as readonly Json[]) : []).filter(isObject);
      for (const { apiVersion = '', kind = '', ...metadata } of objects) {
        const { cluster: _cluster, ...key } = refOf({ apiVersion, kind, metadata }, '', ref.namespace);
        // oxlint-disable-next-line no-await-in-loop -- one at a time: the first refusal stops the rest
        await cluster.delete(key);
      }
      await cluster.delete({ apiVersion: 'v1', kind: 'Secret', ...ref });
      return { kind: 'ok', result: {} };
    } catch (error) {
      return outcomeOfError(error, `delete config ${ref.namespace}/${ref.name}`);
    }
  },
};
