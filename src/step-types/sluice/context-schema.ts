import type { JsonObject } from '../../api/json.ts';

const text = (description: string): JsonObject => ({ type: 'string', description });

/**
 * `context` as expressions of a step type see it. A run can add fields and replace these: a step type reads such a field
 * with `$lookup(context, "name")`, so that a misspelt one is not taken for one of the run's.
 */
export const contextSchema: JsonObject = {
  type: 'object',
  properties: {
    name: text('Name of the run.'),
    namespace: text('Namespace of the run.'),
    stepName: text('Name of the step.'),
    stepGroupName: text('Name of the group that the step is in; no value outside of one.'),
    stepSessionID: text('Id of the step.'),
    workflowName: text('Kept for KubeVela: empty.'),
    publishVersion: text('Kept for KubeVela: empty.'),
    spanID: text('Id of this start of the run, and of the step.'),
    outcome: text(
      'In a handler, what the steps came to: `succeeded`, `failed` or `terminated`; no value elsewhere.',
    ),
  },
  additionalProperties: false,
};
