import type { JsonObject } from '../../api/json.ts';
import { anyObject, fields, list, stringMap, text } from '../../api/schema/schema-parts.ts';
import { reportFormats } from '../reports/read-report.ts';
import { byName, duration, integer, oneOf, withDefault } from './parameter-parts.ts';

const oneSubject: readonly JsonObject[] = [
  text('A name.', { minLength: 1 }),
  anyObject('A manifest, or an object with its digest.', { additionalProperties: true }),
];

const subjectSchema: JsonObject = {
  description:
    'What the verdict is about: manifests, or objects with digests as the `subject` of a step that applied them. A plain name stands for nothing that could be applied.',
  anyOf: [
    ...oneSubject,
    list('Several.', { description: 'One of them.', anyOf: [...oneSubject] }, { minItems: 1, maxItems: 100 }),
  ],
};

const secretRef: JsonObject = fields(
  'A key of a Secret in the namespace of the run.',
  { name: text('Name of the Secret.', { minLength: 1 }), key: text('Key in it.', { minLength: 1 }) },
  ['name', 'key'],
);

const providerSchema: JsonObject = fields(
  'A server of metrics.',
  {
    type: oneOf('Its kind.', ['prometheus'], 'prometheus'),
    address: text('Where its API begins, such as http://prometheus:9090.', { format: 'http-url' }),
    token: fields('Sent as bearer token; read anew for each query.', { secretRef }, ['secretRef']),
    header: stringMap('Headers to send, such as the one that names a tenant; not for credentials.'),
    tls: fields(
      'Certificates for the connection.',
      {
        secret: text('Secret with `ca.crt`, or `client.crt` and `client.key`, or all of them.', {
          minLength: 1,
        }),
      },
      ['secret'],
    ),
    timeout: withDefault(duration('How long one query may take.'), '30s'),
  },
  ['address'],
);

const reportSchema: JsonObject = fields(
  'What a tool has written.',
  {
    format: oneOf('Its format; when absent it is told by its content.', reportFormats),
    text: text('The report itself.', { minLength: 1 }),
    exit: integer('Exit status of the tool.', -255, 255),
    checkedObjects: integer(
      'How many objects the tool was given; used where its format does not say.',
      0,
      1_000_000_000,
    ),
  },
  ['text'],
);

/** Parameters that gates of either kind are measured by. */
export const measuringFields: JsonObject = {
  subject: subjectSchema,
  cluster: withDefault(text('Where `diagnose` and `external` look; empty for the default cluster.'), ''),
  values: anyObject('What `cue` sees as `values`; inputs fill it.', { additionalProperties: true }),
  providers: byName('Servers of metrics, by name.', providerSchema),
  reports: byName('Reports of other tools, by name; inputs fill their `text`.', reportSchema),
  deadline: withDefault(duration('How long the gate may take; at its end it fails.'), '10m'),
};
