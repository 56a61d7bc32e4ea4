import type { JsonObject } from '../json.ts';
import { packageApiVersion } from '../workflow.ts';
import { packageSpecSchema } from './crd/package-crd.ts';
import { anyObject, constant, fields, stringMap, text } from './schema-parts.ts';

export const packageSchema: JsonObject = fields(
  'Functions behind an HTTP server, or a library of definitions, for step types in CUE.',
  {
    apiVersion: constant(packageApiVersion, 'API version of the kind.'),
    kind: constant('Package', 'Kind of the object.'),
    metadata: {
      ...anyObject('Standard object metadata.'),
      properties: {
        name: text('Name of the Package: the `#provider` of its functions.', { minLength: 1 }),
        namespace: text(
          'Namespace in which step types find it first; `vela-system` is seen from everywhere.',
        ),
        labels: stringMap('Labels.'),
        annotations: stringMap(
          'Annotations. `sluice.dev/insecure-skip-verify: "true"` says that any certificate of its server will do.',
        ),
      },
      required: ['name'],
    },
    spec: { ...packageSpecSchema, additionalProperties: false },
  },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);
