import type { Fault } from '../../src/api/fault.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { SluiceError } from '../../src/api/errors.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import type { RunView, StepView } from '../../src/engine/view.ts';
import type { PreparedRun, RunObserver, RunRequest, RunResult, Session } from '../../src/runner/session.ts';
import type { LogRecord, RunSummary } from '../../src/store/port.ts';

/** A step as a test writes it down: what it does not say has a quiet default. */
export function stepView(step: Partial<StepView> & Pick<StepView, 'name'>): StepView {
  return {
    path: step.name,
    type: 'request',
    phase: 'succeeded',
    reason: undefined,
    message: undefined,
    startedAtMs: 1000,
    endedAtMs: 1500,
    waiting: undefined,
    subSteps: [],
    isGated: false,
    ...step,
  };
}

export function runView(view: Partial<RunView> = {}): RunView {
  return {
    name: 'demo',
    namespace: 'default',
    phase: 'succeeded',
    startedAtMs: 1000,
    endedAtMs: 2200,
    deadlineAtMs: undefined,
    isOverdue: false,
    unmet: [],
    steps: [],
    ...view,
  };
}

export function runResult(view: RunView, end: RunResult['end'] = 'finished'): RunResult {
  const { name, namespace } = view;
  return {
    ref: { name, namespace },
    view,
    object: { kind: 'WorkflowRun', metadata: { name, namespace }, status: { status: view.phase } },
    end,
  };
}

export interface FakeRun {
  readonly result: RunResult;
  /** What the observer sees before the end. */
  readonly views?: readonly RunView[];
  readonly logs?: readonly LogRecord[];
  /** The run goes on until its signal aborts. */
  readonly isEndless?: boolean;
  readonly isLive?: boolean;
  readonly error?: Error;
}

export interface FakeWorld {
  readonly runs?: readonly FakeRun[];
  readonly faults?: readonly Fault[];
  readonly objects?: readonly KubeObject[];
  /** What was asked of the session, in order. */
  readonly calls: string[];
  readonly requests: RunRequest[];
}

/** A session over runs whose course is written down. */
export function fakeSession(world: FakeWorld): Session {
  const runs = world.runs ?? [];
  const runOf = (name: string): FakeRun => {
    const found = runs.find(({ result }) => result.ref.name === name);
    if (found === undefined) throw new SluiceError('invalid', 'NoSuchRun', `there is no run ${name}`);
    return found;
  };
  async function drive(run: FakeRun, observer: RunObserver, signal: AbortSignal): Promise<RunResult> {
    if (run.error !== undefined) throw run.error;
    for (const view of run.views ?? []) observer.onView(view);
    if (run.isEndless !== true) return run.result;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    return { ...run.result, end: 'stopped' };
  }
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  return {
    place: 'in-memory cluster, state in /state',
    clusters: {
      kind: 'memory',
      get: async () => fakeCluster(world.objects ?? []),
      names: async () => ['', 'prod'],
      close: async () => undefined,
    },
    definitions: { put: unused, list: async () => [], delete: async () => false },
    async prepare(request) {
      world.requests.push(request);
      return { faults: world.faults ?? [], runs: runs.map(({ result: { ref, view } }) => ({ ref, view })) };
    },
    async execute(run: PreparedRun, observer, { signal }) {
      world.calls.push(`execute ${run.ref.name}`);
      return drive(runOf(run.ref.name), observer, signal);
    },
    async resume(ref, observer, { signal }) {
      world.calls.push(`resume ${ref.name}`);
      return drive(runOf(ref.name), observer, signal);
    },
    async restart(ref, step, observer, { signal }) {
      world.calls.push(`restart ${ref.name} ${step ?? ''}`.trimEnd());
      return drive(runOf(ref.name), observer, signal);
    },
    async command(ref, { kind, step }) {
      world.calls.push(`${kind} ${ref.name} ${step ?? ''}`.trimEnd());
      return runOf(ref.name).isLive === true ? 'sent' : 'applied';
    },
    find: async (name) => runOf(name).result.ref,
    async get(ref) {
      const { result, isLive = false } = runOf(ref.name);
      return { view: result.view, object: result.object, isLive };
    },
    list: async () => runs.map(summary),
    async delete(ref) {
      world.calls.push(`delete ${ref.name}`);
      return true;
    },
    async *logs(ref) {
      yield* runOf(ref.name).logs ?? [];
    },
    stepTypes: async () => [],
    vetDefinitions: async () => ({
      faults: world.faults ?? [],
      names: [{ name: 'mine', file: 'mine.yaml' }],
    }),
    applyDefinitions: async () => ({
      faults: world.faults ?? [],
      applied: (world.faults ?? []).some(({ severity }) => severity === 'error')
        ? []
        : [{ name: 'mine', change: 'created' }],
    }),
    async close() {
      world.calls.push('close');
    },
  };
}

function summary({ result: { ref, view, end } }: FakeRun): RunSummary {
  return {
    id: ref.name,
    ref,
    version: 1,
    phase: view.phase,
    finished: end === 'finished',
    startedAtMs: view.startedAtMs,
    endedAtMs: view.endedAtMs,
    progress: { done: view.steps.length, total: view.steps.length },
  };
}

function fakeCluster(objects: readonly KubeObject[]): Cluster {
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  return {
    name: '',
    kind: 'memory',
    apply: unused,
    patch: unused,
    delete: unused,
    watch: unused,
    get: async ({ kind, name }) =>
      objects.find((object) => object.kind === kind && object.metadata.name === name),
    list: async ({ kind }) => objects.filter((object) => object.kind === kind),
  };
}
