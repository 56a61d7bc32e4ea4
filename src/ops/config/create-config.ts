import { SluiceError } from '../../api/errors.ts';
import type { JsonObject } from '../../api/json.ts';
import type { OpOutcome } from '../../api/op-spec.ts';
import { applyObject } from '../apply.ts';
import type { Op, OpContext } from '../op.ts';
import { outcomeOfError } from '../outcome.ts';
import { objectParam, textParam } from '../param-values.ts';
import { configNameParams, openObject } from '../schema-parts.ts';
import { addConfigSecrets, configLabels, secretOfConfig } from './config-secret.ts';
import { configRef } from './read-config-secret.ts';
import { renderTemplate, templateRef } from './render-template.ts';

export const createConfig: Op = {
  name: 'create-config',
  cue: [{ provider: 'config', do: 'create' }],
  description:
    'Creates or changes a config: a Secret in the form of KubeVela, rendered by a config template where one is named.',
  params: {
    type: 'object',
    required: ['name', 'config'],
    properties: {
      ...configNameParams,
      template: {
        type: 'string',
        description: '`NAME`, in the namespace `vela-system`, or `NAMESPACE/NAME`; without one, none.',
      },
      config: { ...openObject, sensitive: true, description: 'The properties of the config.' },
    },
    additionalProperties: false,
  },
  result: { type: 'object', properties: {}, additionalProperties: false },
  needs: 'cluster',
  onUnknown: () => 'retry',
  pure: false,
  async perform(params, context) {
    const ref = configRef(params, context);
    try {
      return await create(ref, params, context);
    } catch (error) {
      return outcomeOfError(error, `create config ${ref.namespace}/${ref.name}`);
    }
  },
};

async function create(
  ref: ReturnType<typeof configRef>,
  params: JsonObject,
  context: OpContext,
): Promise<OpOutcome> {
  const properties = objectParam(params, 'config');
  addConfigSecrets(properties, (secret) => context.addSecret(secret));
  const named = textParam(params, 'template', '');
  await refuseOtherTemplate(ref, named, context);
  const template = named === '' ? undefined : await renderTemplate(named, { ...ref, properties }, context);
  const secret = secretOfConfig({ ...ref, properties, template });
  const objects = [secret, ...(template?.outputs ?? [])];
  context.admit(objects);
  for (const object of objects) {
    // oxlint-disable-next-line no-await-in-loop -- what the Secret refers to comes after it
    const outcome = await applyObject(object, '', context);
    if (outcome.kind === 'error') return outcome;
  }
  return { kind: 'ok', result: {} };
}

/** A config made by another template holds other keys: what reads it would find the wrong ones. */
async function refuseOtherTemplate(
  { name, namespace }: ReturnType<typeof configRef>,
  template: string,
  context: OpContext,
): Promise<void> {
  const cluster = await context.cluster('');
  const known = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  if (known === undefined) return;
  const type = known.metadata.labels?.[configLabels.type];
  const wanted = template === '' ? '' : templateRef(template).name;
  if (type === wanted) return;
  const is = type === undefined ? 'it is a Secret and no config' : `it was made with ${quoted(type)}`;
  throw new SluiceError(
    'terminal',
    'OtherConfig',
    `it exists already, and ${is}, not with ${quoted(wanted)}`,
  );
}

function quoted(template: string): string {
  return template === '' ? 'no template' : `the template "${template}"`;
}
