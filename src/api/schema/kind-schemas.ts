import type { JsonObject } from '../json.ts';
import { requireAnnotation, workflowApiVersion } from '../workflow.ts';
import {
  anyObject,
  constant,
  duration,
  fields,
  list,
  objectNamePattern,
  stringMap,
  text,
} from './schema-parts.ts';
import { modeSchema, stepSchema } from './step-schema.ts';

const metadata = (annotations: string, required: JsonObject): JsonObject =>
  anyObject('Standard object metadata.', {
    properties: {
      name: text('Name of the object.', { maxLength: 253, pattern: objectNamePattern }),
      generateName: text('Prefix of a name that is made when the object is created.'),
      namespace: text('Namespace of the object; `default` without it.', { maxLength: 63 }),
      labels: stringMap('Labels.'),
      annotations: stringMap(annotations),
    },
    ...required,
  });

const named: JsonObject = { required: ['name'] };
const namedOrGenerated: JsonObject = { anyOf: [{ required: ['name'] }, { required: ['generateName'] }] };

const runModeSchema: JsonObject = fields('How steps are ordered.', {
  steps: { ...modeSchema, default: 'StepByStep' },
  subSteps: { ...modeSchema, default: 'DAG' },
});

export const handlersSchema: JsonObject = fields('Extension: what holds for `onFailure` and `finally`.', {
  timeout: duration(
    'How long each of the two may take, from when it begins; `5m` without it. The timeout of the run does not count for them.',
  ),
});

/** Steps, and what runs after them. */
const workflowFields: JsonObject = {
  steps: list('The steps, in order.', stepSchema, { minItems: 1, maxItems: 1000 }),
  onFailure: list(
    'Extension: steps that run after all others when the run has failed, was terminated or ran out of time. They cannot make it succeed.',
    stepSchema,
    { minItems: 1, maxItems: 100 },
  ),
  finally: list(
    'Extension: steps that run last, whatever became of the run. A run that has succeeded fails when one of them does.',
    stepSchema,
    { minItems: 1, maxItems: 100 },
  ),
  handlers: handlersSchema,
};

export const workflowSpecSchema: JsonObject = fields('The workflow itself.', workflowFields, ['steps']);

export const concurrencySchema: JsonObject = fields(
  'Extension: of the runs of a namespace that name the same group, one is at work at a time.',
  {
    group: text('Name of the group, such as `production`.', { minLength: 1, maxLength: 253 }),
    policy: {
      type: 'string',
      enum: ['queue', 'replace', 'reject'],
      default: 'queue',
      description:
        'What becomes of a run whose group is taken: `queue` waits, the oldest first; `replace` terminates those before it, and waits for their handlers; `reject` ends it as refused.',
    },
    maxQueue: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      description: 'Only with `queue`: a run that would wait behind so many others is refused.',
    },
  },
  ['group'],
);

export const runSpecSchema: JsonObject = fields(
  'What to run. One of `workflowSpec` and `workflowRef` is needed; `workflowSpec` wins.',
  {
    context: anyObject(
      'Any data; its keys are seen as `context.<key>` in steps and expressions, and replace built-in ones.',
    ),
    mode: runModeSchema,
    workflowSpec: workflowSpecSchema,
    workflowRef: text('Name of a Workflow in the same namespace.', { minLength: 1 }),
    parameters: anyObject(
      'Extension: a value for each parameter that the Workflow of `workflowRef` declares and that has no default.',
    ),
    timeout: duration('Extension: how long the whole run may take.'),
    concurrency: concurrencySchema,
    ttl: duration(
      'Extension: how long after its end the controller deletes the run. Without it the run stays.',
    ),
    serviceAccountName: text(
      "Extension: the ServiceAccount of the run's namespace in whose name the controller carries out what steps do to the cluster. Without it, the controller's `--default-service-account`.",
      { maxLength: 253, pattern: objectNamePattern },
    ),
  },
  [],
  { anyOf: [{ required: ['workflowSpec'] }, { required: ['workflowRef'] }] },
);

export const workflowRunSchema: JsonObject = fields(
  'A run of a workflow.',
  {
    apiVersion: constant(workflowApiVersion, 'API version of the kind.'),
    kind: constant('WorkflowRun', 'Kind of the object.'),
    metadata: metadata(
      `Annotations. \`${requireAnnotation}\` lists steps, comma-separated, that must have succeeded for the run to have passed.`,
      namedOrGenerated,
    ),
    spec: runSpecSchema,
    status: anyObject('Written while the run is carried out; ignored when given.'),
  },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);

export const workflowOutputSchema: JsonObject = fields(
  'A value that the Workflow gives to who calls it.',
  {
    name: text('Name of the output.', { minLength: 1 }),
    from: text(
      "An output of one of the Workflow's steps, with a path into it if wanted, or a path that starts with `context.`.",
      { minLength: 1 },
    ),
  },
  ['name', 'from'],
);

export const workflowSchema: JsonObject = fields(
  'A workflow that runs refer to by `workflowRef`. Its fields stand at the top level, not under `spec`.',
  {
    apiVersion: constant(workflowApiVersion, 'API version of the kind.'),
    kind: constant('Workflow', 'Kind of the object.'),
    metadata: metadata('Annotations.', named),
    mode: { ...runModeSchema, description: 'How steps are ordered when the run does not say it.' },
    parameters: anyObject(
      'Extension: JSON Schema, of an object with `properties`, of what who runs the Workflow gives. Steps see the values as `context.parameters.<name>`. Each is `required` or has a `default`; `sensitive: true` masks it wherever it would be shown.',
    ),
    outputs: list(
      'Extension: what a step that calls the Workflow has as `outputs.<name>`.',
      workflowOutputSchema,
      { maxItems: 100 },
    ),
    ...workflowFields,
  },
  ['apiVersion', 'kind', 'metadata', 'steps'],
);
