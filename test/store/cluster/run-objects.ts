import type { JsonObject } from '../../../src/api/json.ts';
import type { KubeObject } from '../../../src/api/kube-object.ts';
import type { StepStatus } from '../../../src/api/status.ts';

/** A WorkflowRun as an API server serves it. */
export function runObject(parts: {
  readonly steps?: readonly JsonObject[];
  readonly spec?: JsonObject;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly status?: JsonObject;
}): KubeObject {
  const { steps = [], spec = {}, annotations = {}, status } = parts;
  return {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: {
      name: 'demo',
      namespace: 'team',
      uid: 'u-1',
      resourceVersion: '7',
      creationTimestamp: '2026-01-01T10:00:00Z',
      annotations,
    },
    spec: { workflowSpec: { steps }, ...spec },
    ...(status === undefined ? {} : { status }),
  };
}

/** Of a run that has begun; `finished` by its phase. */
export function runStatus(phase: string, steps: readonly JsonObject[], rest: JsonObject = {}): JsonObject {
  const isFinished = ['succeeded', 'failed', 'terminated'].includes(phase);
  return {
    status: phase,
    mode: { steps: 'StepByStep', subSteps: 'DAG' },
    suspend: phase === 'suspending',
    terminated: phase === 'terminated',
    finished: isFinished,
    startTime: '2026-01-01T10:00:01Z',
    ...(isFinished ? { endTime: '2026-01-01T10:01:00Z' } : {}),
    steps,
    ...rest,
  };
}

/** `running`, `failed/Timeout`; with sub-steps a group. */
export function stepStatus(name: string, state: string, subSteps?: readonly JsonObject[]): JsonObject {
  const [phase = '', reason] = state.split('/');
  return {
    id: `id-${name}`,
    name,
    type: subSteps === undefined ? 'suspend' : 'step-group',
    phase,
    ...(reason === undefined ? {} : { reason }),
    firstExecuteTime: '2026-01-01T10:00:02Z',
    lastExecuteTime: '2026-01-01T10:00:05Z',
    ...(subSteps === undefined ? {} : { subSteps }),
  };
}

/** `a running, g running(x suspending, y succeeded)` */
export function stepsText(steps: unknown): string {
  return (steps as readonly StepStatus[])
    .map(({ name, phase, reason, subSteps }) => {
      const inner = subSteps === undefined ? '' : `(${stepsText(subSteps)})`;
      return `${name} ${phase}${reason === undefined ? '' : `/${reason}`}${inner}`;
    })
    .join(', ');
}
