import type { JsonObject } from '../../json.ts';
import { list, text } from '../schema-parts.ts';
import { openObject } from './structural-schema.ts';
import { conditions, flag, observedGeneration, record, time } from './status-parts.ts';

const nullable = (schema: JsonObject): JsonObject => ({ ...schema, nullable: true });

const number = (description: string): JsonObject => ({ type: 'number', description });

const verdict = record('What a gate decided. Its objects and checks stand in the whole verdict.', {
  id: text('Name of the whole verdict, as `sluice gate show` takes it.'),
  gate: text('Name of the gate.'),
  outcome: text('`pass`, `warn`, `fail`, `inconclusive` or `error`.'),
  open: flag('Steps that require the gate may begin.'),
  mode: text('`enforce`, or `observe`: it never opens.'),
  score: nullable(number('From 0 to 100; null when nothing was scored.')),
  threshold: number('The score that passes.'),
  subject: record('What was judged.', { name: text('Its name.'), digest: text('Its digest.') }),
  at: nullable(time('When it was decided.')),
  expires: nullable(time('From then on it opens nothing.')),
  override: nullable(
    record('Who opened the gate in spite of it.', {
      by: text('Who.'),
      at: time('When.'),
      expires: time('From then on it opens nothing.'),
    }),
  ),
  reasons: list('What decided it, worst first.', { type: 'string', description: 'One reason.' }),
});

const count = (description: string): JsonObject => ({ type: 'integer', format: 'int64', description });

const notes = record('Extension: what gates and models have to say of the step.', {
  closed: flag('It is a gate that did not open.'),
  refusedBy: record('The gate that did not let this step go on.', {
    gate: text('Path of the gate.'),
    code: text('Why, in one word, such as `VerdictExpired` or `OtherSubject`.'),
  }),
  verdict,
  models: record('What the step spent on models.', {
    calls: count('Requests that were sent.'),
    cached: count('Answers that came from the cache.'),
    inputTokens: count('Tokens sent.'),
    outputTokens: count('Tokens received.'),
    microDollars: nullable(number('Millionths of a dollar; null where a price is not known.')),
  }),
});

const stepFields: JsonObject = {
  id: text('Identity of the step in this run.'),
  name: text('Name of the step.'),
  type: text('Step type.'),
  phase: text('`pending`, `running`, `suspending`, `succeeded`, `failed` or `skipped`.'),
  reason: text('Why the step is in this phase, in one word.'),
  message: text('Why, for people.'),
  firstExecuteTime: time('When the step began.'),
  lastExecuteTime: time('When the step was worked on last.'),
  sluice: notes,
};

/** The status of a WorkflowRun: KubeVela's fields, then ours. */
export const runStatusSchema: JsonObject = record('How far the run is.', {
  status: text(
    'Phase of the run: `initializing`, `executing`, `suspending`, `succeeded`, `failed` or `terminated`.',
  ),
  message: text('Why the run is in this phase, for people.'),
  mode: record('How steps are ordered in this run.', {
    steps: text('Order of the steps.'),
    subSteps: text('Order of the sub-steps of a group.'),
  }),
  suspend: flag('The run is to be suspended, or is.'),
  suspendState: text('Kept for KubeVela; not used.'),
  terminated: flag('The run is to be terminated, or was.'),
  finished: flag('The run has ended.'),
  startTime: time('When the run started.'),
  endTime: time('When the run ended.'),
  conditions,
  contextBackend: {
    ...record("Where KubeVela's controller keeps the run's context: this run is carried out by it.", {
      apiVersion: text('API version of the object.'),
      kind: text('Kind of the object.'),
      name: text('Name of the object.'),
      namespace: text('Namespace of the object.'),
      uid: text('UID of the object.'),
      resourceVersion: text('Version of the object.'),
      fieldPath: text('Part of the object.'),
    }),
    'x-kubernetes-map-type': 'atomic',
  },
  steps: list(
    'The steps that have begun or were decided on.',
    record('One step.', {
      ...stepFields,
      subSteps: list('The sub-steps of a group.', record('One sub-step.', stepFields)),
    }),
  ),
  progress: text('Extension: steps that have ended, of all; such as `2/3`.'),
  observedGeneration,
  sluice: openObject('Extension: what the controller needs to go on after a restart.'),
});
