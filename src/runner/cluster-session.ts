import { SluiceError } from '../api/errors.ts';
import { isObject, parseJson, stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { ApiClient } from '../cluster/kubernetes/api-client.ts';
import { openCueEngine } from '../cue/engine.ts';
import { ops } from '../ops/registry.ts';
import { readBuiltInSources } from '../step-types/built-in-files.ts';
import type { CompileCache } from '../step-types/catalog.ts';
import { openCueCompiler } from '../step-types/cue-compiler.ts';
import { firstOfEach } from '../step-types/packages/imported-packages.ts';
import { ClusterDefinitions, type ClusterStepType } from '../store/cluster/cluster-definitions.ts';
import { plainDefinition, systemNamespace } from '../store/cluster/plain-definition.ts';
import { ClusterVerdicts } from '../store/cluster/cluster-verdicts.ts';
import { ClusterRuns } from '../store/cluster/cluster-runs.ts';
import { inlineState } from '../store/cluster/kept-record.ts';
import { recordOf } from '../store/cluster/run-record.ts';
import { refOf, viewOfObject } from '../store/cluster/run-view.ts';
import { WorkflowApi } from '../store/cluster/workflow-api.ts';
import type { RunRef } from '../store/port.ts';
import type { AppliedDefinition, Backend, InputFile, RunReading } from './backend.ts';
import { debugOfCluster } from './cluster-debug.ts';
import { followClusterLogs, isBegun } from './cluster-logs.ts';
import { prepareForCluster, type ClusterPrepared } from './cluster-prepare.ts';
import { mustBeInDebugMode } from './debug-steps.ts';
import { definitionObject } from './definition-object.ts';
import { vetStepTypes, winners, type PlacedSource, type VettedFiles } from './definitions.ts';
import { readInput } from './input-documents.ts';
import { checkKept, mustBeKept } from './kept-fields.ts';
import { importing, packageObject, visiblePackages } from './packages.ts';
import type { RunRequest } from './session.ts';

export interface ClusterSessionOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** `--namespace`; absent: that of the context. */
  readonly namespace?: string;
  /** For one request with its whole answer. */
  readonly requestMs: number;
  readonly now: () => number;
}

/** The workflows of a cluster: a controller there carries them out, this only reads and asks. */
export interface ClusterSession extends Backend {
  readonly kind: 'cluster';
  /** Of what names none. */
  readonly namespace: string;
  /** Checks everything, creates nothing. */
  prepare(request: RunRequest): Promise<ClusterPrepared>;
  /**
   * Creates a run. A finished one of its name goes first, and `onNotice` is told; an unfinished one is `invalid`/`RunExists`.
   * Where the cluster would lose what gates bind, it is `invalid`/`GatesNotKept`, and nothing is created or replaced.
   */
  create(run: KubeObject, onNotice: (text: string) => void): Promise<RunRef>;
  /** Has a finished run begin anew, or from one of its failed steps. */
  restart(ref: RunRef, step: string | undefined): Promise<void>;
}

/** Opens a cluster. Throws SluiceError `invalid` for a kubeconfig or context that cannot be used; no server is asked yet. */
export async function openClusterSession(options: ClusterSessionOptions): Promise<ClusterSession> {
  // Reading a kubeconfig costs more than starting the whole program; only those who have one pay for it.
  const { openContext } = await import('../cluster/kubernetes/open-context.ts');
  const { kubeconfig, context } = options;
  const opened = await openContext({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    requestMs: options.requestMs,
    answerBytes: largestAnswer,
    now: options.now,
  });
  const namespace = options.namespace ?? opened.namespace;
  return clusterSession(opened.client, {
    place: `context ${opened.context}, namespace ${namespace}`,
    namespace,
    ...(options.namespace === undefined ? {} : { given: options.namespace }),
    now: options.now,
  });
}

/** A page of runs with all their statuses. */
const largestAnswer = 64 * 1024 * 1024;

interface Place {
  readonly place: string;
  readonly namespace: string;
  /** The namespace that the user named. */
  readonly given?: string;
  readonly now: () => number;
}

function clusterSession(client: ApiClient, { place, namespace, given, now }: Place): ClusterSession {
  const api = new WorkflowApi(client);
  const runs = new ClusterRuns(api);
  const definitions = new ClusterDefinitions(api);
  const engine = openCueEngine({ ops });
  const cue = openCueCompiler(engine);
  const compiled: CompileCache = new Map();
  const types = { ops, cue, compiled };
  const definitionNamespace = given ?? systemNamespace;

  async function reading(run: KubeObject): Promise<RunReading> {
    return {
      view: viewOfObject(run, { workflow: await runs.workflowOf(run), state: inlineState(run) }),
      object: shownObject(run),
      isLive: true,
      driver: driverOf(run),
      logs: recordOf(run['status'] as Json | undefined)?.logs ?? [],
    };
  }

  async function seen(): Promise<readonly PlacedSource[]> {
    const own: readonly ClusterStepType[] = await definitions.seenFrom(namespace);
    return [...own, ...(await readBuiltInSources()).map((source) => ({ source }))];
  }

  async function vetHere(files: readonly InputFile[]): Promise<VettedFiles> {
    return vetStepTypes(files, types, await definitions.packages.seenFrom(definitionNamespace));
  }

  return {
    kind: 'cluster',
    place,
    verdicts: new ClusterVerdicts({ client, now }),
    namespace,
    async find(name, wanted) {
      const slash = name.indexOf('/');
      const ref =
        slash < 0
          ? { namespace: wanted ?? namespace, name }
          : { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
      return refOf(await runs.get(ref));
    },
    get: async (ref) => reading(await runs.get(ref)),
    async *watch(ref, signal) {
      for await (const run of runs.watch(ref, signal)) yield reading(run);
    },
    list: (wanted) => runs.list(wanted),
    delete: (ref) => runs.delete(ref),
    logs: (ref, how) => followClusterLogs(runs, client, ref, how),
    async command(ref, command) {
      await runs.command(ref, command);
      return 'sent';
    },
    restart: (ref, step) => runs.restart(ref, step),
    async debug(ref) {
      const run = await runs.get(ref);
      mustBeInDebugMode(ref.name, run.metadata.annotations ?? {});
      const view = viewOfObject(run, { workflow: await runs.workflowOf(run) });
      return debugOfCluster(run, view, runs, client);
    },
    prepare: (request) =>
      prepareForCluster(request, {
        ...types,
        cache: compiled,
        api,
        definitions,
        expressions: engine,
        namespace,
        builtIn: () => readBuiltInSources(),
      }),
    async create(run, onNotice) {
      const { name } = run.metadata;
      const ref = { namespace: run.metadata.namespace ?? namespace, name: name ?? '' };
      // Before it is created: a controller would begin it at once.
      if (mustBeKept(run)) checkKept(run, await runs.tryOut(run));
      const existing = name === undefined ? undefined : await runs.find(ref);
      if (existing !== undefined) {
        const { phase, endedAtMs } = viewOfObject(existing);
        if (endedAtMs === undefined) throw runExists(ref, phase);
        onNotice(`the run ${ref.namespace}/${ref.name}, which ${phase}, is replaced`);
        await runs.remove(existing);
      }
      return refOf(await runs.create(run));
    },
    async stepTypes(files) {
      const own = readInput(files, 'directory');
      const packages = visiblePackages(own.packages.map(({ source }) => source));
      const sources = importing(
        own.definitions,
        firstOfEach([...packages, ...(await definitions.packages.seenFrom(namespace))]),
      );
      return winners([...sources.map((source) => ({ source })), ...(await seen())], types);
    },
    async vetDefinitions(files) {
      const { faults, names, packages } = await vetHere(files);
      return { faults, names, packages: packages.map(({ name }) => name) };
    },
    async applyDefinitions(files, how = 'for-real') {
      const { faults, sources, packages } = await vetHere(files);
      if (faults.some(({ severity }) => severity === 'error')) return { faults, applied: [] };
      const objects: KubeObject[] = packages.map((source) =>
        placed(packageObject(source), given, source.file),
      );
      for (const source of sources)
        objects.push(placed(await definitionObject(source, cue), given, source.file));
      const applied: AppliedDefinition[] = [];
      for (const object of objects) {
        const { name = '', namespace: where = '' } = object.metadata;
        const kind = object.kind === 'Package' ? object.kind : 'WorkflowStepDefinition';
        const store = kind === 'Package' ? definitions.packages : definitions;
        const done = how === 'for-real' ? { change: await store.put(object) } : await store.tryOut(object);
        applied.push({ kind, name, ...done, namespace: where });
      }
      return { faults, applied };
    },
    async packages() {
      const places = [...new Set([namespace, systemNamespace])];
      const found = await Promise.all(places.map((each) => definitions.packages.list(each)));
      return found.flat().map((object) => ({
        name: object.metadata.name ?? '',
        origin: 'cluster',
        namespace: object.metadata.namespace ?? '',
        object: plainDefinition(object),
      }));
    },
    deletePackage: (name) => definitions.packages.delete(definitionNamespace, name),
    deleteDefinition: (name) => definitions.delete(definitionNamespace, name),
    async definition(name) {
      const own = await definitions.find(namespace, name);
      const found = own ?? (await definitions.find(systemNamespace, name));
      if (found !== undefined) return plainDefinition(found);
      const builtIn = (await readBuiltInSources()).find((source) => source.name === name);
      return builtIn === undefined ? undefined : definitionObject(builtIn, cue);
    },
    async close() {
      await Promise.allSettled([engine.close(), client.close()]);
    },
  };
}

function driverOf(run: KubeObject): string {
  if (recordOf(run['status'] as Json | undefined) !== undefined) return "by Sluice's controller";
  return isBegun(run) ? "by KubeVela's controller" : 'by no controller yet';
}

/** As kubectl shows it: without what only controllers and the server read. */
function shownObject({ metadata, status, ...rest }: KubeObject): JsonObject {
  const { managedFields: _managed, ...shown } = metadata;
  const { sluice: _record, ...told } = isObject(status) ? status : {};
  return { ...rest, metadata: shown, ...(status === undefined ? {} : { status: told }) } as JsonObject;
}

/** The definition in the namespace where it is installed: the one given, its own, or that which every namespace sees. */
function placed(definition: JsonObject, given: string | undefined, file: string): KubeObject {
  const object = parseJson(stringifyJson(definition)) as unknown as KubeObject;
  const { namespace: own } = object.metadata;
  if (given !== undefined && own !== undefined && own !== given) {
    const what = `the ${object.kind === 'Package' ? 'Package' : 'step type'} ${object.metadata.name} in ${file} names the namespace ${own}, and --namespace says ${given}`;
    throw new SluiceError('invalid', 'OtherNamespace', what);
  }
  const { status: _status, ...rest } = object;
  return { ...rest, metadata: { ...object.metadata, namespace: given ?? own ?? systemNamespace } };
}

function runExists({ namespace, name }: RunRef, phase: string): SluiceError {
  return new SluiceError(
    'invalid',
    'RunExists',
    `run ${namespace}/${name} has not finished: it is ${phase}`,
    {
      hint: 'Look at it with workflow status; end it with workflow terminate.',
    },
  );
}
