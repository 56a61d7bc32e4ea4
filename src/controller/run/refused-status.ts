import type { JsonObject } from '../../api/json.ts';
import type { Plan } from '../../plan/plan.ts';

/** The status of a run that was refused before anything of it ran. `at` is RFC 3339. */
export function refusedStatus(message: string, observedGeneration: number, at: string): JsonObject {
  const condition = (type: string, status: 'True' | 'False', reason: string): JsonObject => ({
    type,
    status,
    reason,
    message,
    lastTransitionTime: at,
    observedGeneration,
  });
  return {
    status: 'failed',
    mode: {},
    suspend: false,
    terminated: false,
    finished: true,
    startTime: at,
    endTime: at,
    message,
    conditions: [
      // KubeVela's word for a run of which no steps can be made.
      condition('WorkflowRun', 'False', 'ReconcileError'),
      condition('Complete', 'False', 'Refused'),
      condition('Failed', 'True', 'Refused'),
      condition('Passed', 'False', 'Refused'),
    ],
    steps: [],
    progress: '0/0',
    observedGeneration,
  };
}

/** The plan of a run that cannot be planned: nothing of it runs. */
export function emptyPlan(namespace: string, name: string): Plan {
  return {
    run: { namespace, name, labels: {}, annotations: {} },
    mode: { steps: 'StepByStep', subSteps: 'DAG' },
    context: {},
    timeoutMs: undefined,
    require: [],
    steps: [],
  };
}
