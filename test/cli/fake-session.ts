import { once } from 'node:events';
import type { Fault } from '../../src/api/fault.ts';
import type { KubeObject } from '../../src/api/kube-object.ts';
import { SluiceError } from '../../src/api/errors.ts';
import type { Cluster } from '../../src/cluster/port.ts';
import type { RunView, StepView } from '../../src/engine/view.ts';
import { openMemoryCacheStore } from '../../src/llm/cache/memory-cache-store.ts';
import { openMemoryVerdictStore } from '../../src/store/memory/verdicts.ts';
import type { Backend, StepDebug } from '../../src/runner/backend.ts';
import type { ClusterSession } from '../../src/runner/cluster-session.ts';
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
  readonly driver?: string;
  readonly error?: Error;
  readonly places?: PreparedRun['places'];
}

export interface FakeWorld {
  readonly runs?: readonly FakeRun[];
  readonly faults?: readonly Fault[];
  readonly objects?: readonly KubeObject[];
  readonly notes?: readonly string[];
  readonly debug?: readonly StepDebug[];
  /** What was asked of the session, in order. */
  readonly calls: string[];
  readonly requests: RunRequest[];
}

/** A session over runs whose course is written down. */
export function fakeSession(world: FakeWorld): Session {
  const runs = world.runs ?? [];
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
    ...fakeBackend(world),
    kind: 'local',
    answers: openMemoryCacheStore(100),
    clusters: {
      kind: 'memory',
      get: async () => fakeCluster(world.objects ?? []),
      names: async () => ['', 'prod'],
      close: async () => undefined,
    },
    definitions: {
      put: unused,
      list: async () => [],
      delete: async () => false,
      packages: { put: unused, list: async () => [], delete: async () => false },
    },
    async prepare(request) {
      world.requests.push(request);
      const prepared = runs.map(({ result: { ref, view }, places = new Map() }) => ({ ref, view, places }));
      return { faults: world.faults ?? [], runs: prepared };
    },
    async execute(run: PreparedRun, observer, { signal }) {
      world.calls.push(`execute ${run.ref.name}`);
      return drive(runOf(world, run.ref.name), observer, signal);
    },
    async resume(ref, observer, { signal }) {
      world.calls.push(`resume ${ref.name}`);
      return drive(runOf(world, ref.name), observer, signal);
    },
    async restart(ref, step, observer, { signal }) {
      world.calls.push(`restart ${ref.name} ${step ?? ''}`.trimEnd());
      return drive(runOf(world, ref.name), observer, signal);
    },
  };
}

function runOf({ runs = [] }: FakeWorld, name: string): FakeRun {
  const found = runs.find(({ result }) => result.ref.name === name);
  if (found === undefined) throw new SluiceError('invalid', 'NoSuchRun', `there is no run ${name}`);
  return found;
}

/** What a local and a cluster's session have in common. */
function fakeBackend(world: FakeWorld): Backend {
  return {
    place: 'in-memory cluster, state in /state',
    verdicts: openMemoryVerdictStore(100),
    async *watch(ref, signal) {
      const { result, views = [], isEndless = false } = runOf(world, ref.name);
      for (const view of [...views, result.view]) yield { view, object: result.object, isLive: true };
      if (isEndless && !signal.aborted) await once(signal, 'abort');
    },
    async debug() {
      return world.debug ?? [];
    },
    deleteDefinition: async () => false,
    definition: async () => undefined,
    async command(ref, { kind, step }) {
      world.calls.push(`${kind} ${ref.name} ${step ?? ''}`.trimEnd());
      return runOf(world, ref.name).isLive === true ? 'sent' : 'applied';
    },
    find: async (name) => runOf(world, name).result.ref,
    async get(ref) {
      const { result, isLive = false, driver } = runOf(world, ref.name);
      const driven = driver === undefined ? {} : { driver };
      return { view: result.view, object: result.object, isLive, ...driven };
    },
    list: async () => (world.runs ?? []).map(summary),
    async delete(ref) {
      world.calls.push(`delete ${ref.name}`);
      return true;
    },
    async *logs(ref) {
      yield* runOf(world, ref.name).logs ?? [];
    },
    stepTypes: async () => [],
    vetDefinitions: async () => ({
      faults: world.faults ?? [],
      names: [{ name: 'mine', file: 'mine.yaml' }],
      packages: [],
    }),
    applyDefinitions: async () => ({
      faults: world.faults ?? [],
      applied: (world.faults ?? []).some(({ severity }) => severity === 'error')
        ? []
        : [{ name: 'mine', kind: 'WorkflowStepDefinition' as const, change: 'created' }],
    }),
    packages: async () => [],
    deletePackage: async () => false,
    async close() {
      world.calls.push('close');
    },
  };
}

/** The same runs, on a cluster. */
export function fakeClusterSession(world: FakeWorld): ClusterSession {
  return {
    ...fakeBackend(world),
    kind: 'cluster',
    place: 'context main, namespace default',
    namespace: 'default',
    async prepare(request) {
      world.requests.push(request);
      const runs = (world.runs ?? []).map(({ result }) => result.object as unknown as KubeObject);
      return { faults: world.faults ?? [], notes: world.notes ?? [], runs };
    },
    async create({ metadata: { name = '' } }) {
      world.calls.push(`create ${name}`);
      return runOf(world, name).result.ref;
    },
    async restart(ref, step) {
      world.calls.push(`restart ${ref.name} ${step ?? ''}`.trimEnd());
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
