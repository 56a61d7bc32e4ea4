import type { JsonObject } from '../json.ts';
import { anyObject, duration, fields, list, text } from './schema-parts.ts';

export const modeSchema: JsonObject = {
  type: 'string',
  enum: ['StepByStep', 'DAG'],
  description:
    'StepByStep runs steps in the order of the list; DAG runs each step as soon as what it waits for has finished.',
};

export const inputSchema: JsonObject = fields(
  'A value handed to this step.',
  {
    from: text(
      "Name of another step's output, with a path into it if wanted (`resource.status.replicas`), or a path that starts with `context.` or `parameter.`.",
      { minLength: 1 },
    ),
    parameterKey: text(
      "Where the value goes in the step's properties, such as `prompt.content` or `list[0].name`. Without it the value is only visible to `if`.",
    ),
  },
  ['from'],
);

export const outputSchema: JsonObject = fields(
  'A value that later steps may take.',
  {
    name: text('Name of the output, unique in the run.', { minLength: 1 }),
    valueFrom: text(
      'CUE expression over the finished step: its results, `parameter` and `context`. May start with imports.',
      { minLength: 1 },
    ),
    schema: anyObject(
      'Extension: JSON Schema that the value must meet. A value that does not fails the step with reason Output.',
    ),
    sensitive: {
      type: 'boolean',
      description: 'Extension: the value is a secret; it is masked wherever it would be shown.',
    },
  },
  ['name', 'valueFrom'],
);

export const retrySchema: JsonObject = fields(
  'Extension: how an op of this step is tried again. Without it, transient errors are retried 3 times after 1, 2 and 4 seconds.',
  {
    limit: { type: 'integer', minimum: 0, maximum: 100, description: 'Retries after the first attempt.' },
    errors: list(
      'Which errors are retried. `transient`: may pass; `timeout`: no answer within `attemptTimeout`; `terminal`: would probably fail the same way; `unknown`: it may have happened and repeating it is not safe, so it may happen twice. Default: transient and timeout.',
      { type: 'string', enum: ['transient', 'timeout', 'terminal', 'unknown'] },
      { minItems: 1 },
    ),
    onStatus: list('HTTP statuses that count as transient for this step, such as 429 and 503.', {
      type: 'integer',
      minimum: 100,
      maximum: 599,
    }),
    delay: duration('Wait before the first retry.'),
    factor: {
      type: 'number',
      minimum: 1,
      maximum: 10,
      description: 'By what the wait grows with each retry. Default: 2.',
    },
    maxDelay: duration('Upper bound of the wait between two attempts.'),
    jitter: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      description:
        'By what part of itself a wait is shortened at most, so that many runs do not retry at once. Default: 0.',
    },
    deadline: duration('No attempt begins later than this after the first one.'),
    attemptTimeout: duration('How long one attempt may take. Past it, it is abandoned.'),
  },
);

const anyList = (description: string): JsonObject => list(description, {});

export const forEachSchema: JsonObject = fields(
  'Extension: the step is done once for each item of a list, as a sub-step `NAME[0]`, `NAME[1]`… of its own. Inputs and the `if` see `item` and `index`; an output becomes the list of the values of all items.',
  {
    items: anyList('The list itself, of at most 100 items.'),
    from: text(
      "What the list comes from, as in `inputs`: another step's output, with a path into it if wanted, or a path that starts with `context.` or `parameter.`.",
      { minLength: 1 },
    ),
    matrix: {
      type: 'object',
      description:
        'Named lists; the items are all combinations of one value of each, such as {region: eu, size: 2}.',
      additionalProperties: anyList('The values of one name.'),
    },
    exclude: list(
      'Combinations of the matrix that are left out: all that have these values.',
      anyObject('Values by name.'),
    ),
    include: list(
      'Further combinations, after those of the matrix.',
      anyObject('A value for each name of the matrix.'),
    ),
    maxParallel: {
      type: 'integer',
      minimum: 1,
      maximum: 20,
      description: 'So many items are under way at once. Default: 1, one after the other.',
    },
    failFast: {
      type: 'boolean',
      description:
        'Whether no further item begins once one has failed; those under way go on. Default: true.',
    },
    minItems: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      description: 'A shorter list fails the step. Default: 0; an empty list is nothing to do.',
    },
  },
);

export const metaSchema: JsonObject = fields('What user interfaces show.', {
  alias: text("Name to show instead of the step's own."),
});

const baseProperties: JsonObject = {
  name: text(
    'Name of the step, unique over all steps and sub-steps. Without it the step is called `step-<position>`.',
    { minLength: 1, pattern: '^[^/\\[\\]]+$' },
  ),
  type: text('Step type: the name of a WorkflowStepDefinition.', { minLength: 1 }),
  meta: metaSchema,
  if: text(
    'CUE expression that decides whether the step runs, over `status`, `inputs`, `context` and `parameter`; or `always`. Without it the step is skipped when what it waits for did not succeed.',
    { examples: ['always', 'status.apply.failed', 'inputs["score"] > 60'] },
  ),
  timeout: duration(
    'How long the step may take, as a Go duration. Past it the step fails with reason Timeout.',
  ),
  dependsOn: list('Names of steps that must have finished before this one starts.', { type: 'string' }),
  requires: list(
    'Extension: names of gates. The step runs only while the verdict of each is open, and applies only what they judged; on a group it binds each sub-step.',
    { type: 'string', minLength: 1 },
  ),
  inputs: list('Values handed to this step.', inputSchema),
  outputs: list('Values that later steps may take.', outputSchema),
  properties: anyObject('Parameters of the step type.'),
  retry: retrySchema,
};

export const subStepSchema: JsonObject = fields('A step of a group.', baseProperties, ['type']);

export const stepSchema: JsonObject = fields(
  'A step of the workflow.',
  {
    ...baseProperties,
    forEach: forEachSchema,
    mode: {
      ...modeSchema,
      description:
        "Only for `step-group`: how its sub-steps are ordered. Default: the run's `mode.subSteps`, else DAG.",
    },
    subSteps: list('Only for `step-group`: the steps of the group. Groups do not nest.', subStepSchema),
  },
  ['type'],
);
