import type { JsonObject } from '../../json.ts';
import { stepDefinitionSchema } from '../definition-schema.ts';
import { text } from '../schema-parts.ts';
import { conditions, record } from './status-parts.ts';
import { toStructural } from './structural-schema.ts';

const secretRef = (description: string, namespace: JsonObject = {}): JsonObject =>
  record(description, {
    name: text('Name of the object.'),
    namespace: text('Namespace of the object.', namespace),
  });

/** Terraform modules are KubeVela's; here they are only kept as they are written. */
const terraform: JsonObject = {
  ...record("KubeVela's Terraform modules; step types do not use them.", {
    configuration: text('The module, or where it is.'),
    type: text('Form of `configuration`.', { enum: ['hcl', 'json', 'remote'], default: 'hcl' }),
    path: text('Folder of the module in a remote repository.'),
    providerRef: { ...secretRef('The provider.', { default: 'default' }), required: ['name'] },
    writeConnectionSecretToRef: {
      ...secretRef('The Secret that receives the connection.'),
      required: ['name'],
    },
    deleteResource: {
      type: 'boolean',
      default: true,
      description: 'Whether deleting the object deletes the cloud resource.',
    },
    customRegion: text('Region of the provider.'),
    gitCredentialsSecretReference: {
      ...secretRef('The Secret with the credentials of a repository.'),
      'x-kubernetes-map-type': 'atomic',
    },
  }),
  required: ['configuration'],
};

/** Everything in `spec` of a WorkflowStepDefinition, KubeVela's fields and our schematic. */
export function definitionSpecSchema(): JsonObject {
  const { properties: kindFields } = stepDefinitionSchema as { properties: { spec: JsonObject } };
  const spec = toStructural(kindFields.spec) as { properties: JsonObject };
  const schematic = spec.properties['schematic'] as { properties: JsonObject };
  return {
    description: 'The step type.',
    type: 'object',
    properties: {
      ...spec.properties,
      definitionRef: {
        ...record('Part of the kind; step types do not use it.', {
          name: text('Name of a CustomResourceDefinition.'),
          version: text('Version of it.'),
        }),
        required: ['name'],
      },
      schematic: { ...schematic, properties: { ...schematic.properties, terraform } },
    },
  };
}

export const definitionStatusSchema: JsonObject = record('What controllers tell of the step type.', {
  conditions,
  configMapRef: text('The ConfigMap with the schema of the parameters.'),
  latestRevision: {
    ...record('The newest revision.', {
      name: text('Name of the revision.'),
      revision: { type: 'integer', format: 'int64', description: 'Number of the revision.' },
      revisionHash: text('Digest of the revision.'),
    }),
    required: ['name', 'revision'],
  },
});
