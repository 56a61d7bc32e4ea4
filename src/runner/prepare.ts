import type { Fault } from '../api/fault.ts';
import { isObject, type JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { OpRegistry } from '../api/op-spec.ts';
import type { Clusters } from '../cluster/port.ts';
import { mentionsCue } from '../cue/mentions-cue.ts';
import { initialState } from '../engine/state.ts';
import { viewOf } from '../engine/view.ts';
import type { ExpressionEngine } from '../expr/expression.ts';
import { operatorModel, type ModelEnvironment } from '../llm/settings/choose-server.ts';
import { compilePlan, type PlanDependencies } from '../plan/compile-plan.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunOptions, RunSources } from '../store/port.ts';
import { openCatalog, type CompileCache } from '../step-types/catalog.ts';
import type { CueCompiler } from '../step-types/cue-compiler.ts';
import type { PackageSource } from '../step-types/packages/package-source.ts';
import type { StepType, StepTypeSource } from '../step-types/step-type.ts';
import { definitionFaults } from './definition-faults.ts';
import { finishPlan, modelAvailability } from './finish-plan.ts';
import { missingStep, withGateOptions } from './gate-document.ts';
import { readInput, type FileDocument, type InputDocuments } from './input-documents.ts';
import { calledBy, documentsOf, loneWorkflowFaults } from './lone-workflows.ts';
import type { ModelCommons } from './models/model-commons.ts';
import { importing, packageFaults, visiblePackages } from './packages.ts';
import { generatedName, otherNamespace, withOptions } from './run-document.ts';
import type { Prepared, PreparedRun, RunRequest } from './session.ts';

export interface PreparePorts {
  readonly ops: OpRegistry;
  readonly expressions: ExpressionEngine;
  readonly cue: CueCompiler;
  /** Step types compiled before, so that each text is compiled once in the life of a session. */
  readonly compiled: CompileCache;
  readonly env: ModelEnvironment;
  readonly models: Pick<ModelCommons, 'settings'>;
  readonly offline: boolean;
  readonly clusters: Pick<Clusters, 'kind' | 'names' | 'knows'>;
  readonly place: Pick<RunOptions, 'kubeconfig' | 'context' | 'offline' | 'clusterFile'>;
  /** Starts the CUE engine ahead of its first use. */
  warm(): Promise<void>;
  readonly newId: () => string;
  /** Step types below those of the request: installed, then built-in. */
  stepTypeSources(): Promise<readonly StepTypeSource[]>;
  /** Packages below those of the request. */
  packageSources(): Promise<readonly PackageSource[]>;
}

/** A checked run with all that executing it needs. */
export interface ReadyRun extends PreparedRun {
  readonly plan: Plan;
  readonly document: JsonObject;
  readonly stepTypes: ReadonlyMap<string, StepType>;
  readonly sources: RunSources;
  readonly seeds: readonly KubeObject[];
}

/** Reads and checks everything that a request names; all faults at once. */
export async function prepare(
  request: RunRequest,
  ports: PreparePorts,
): Promise<Prepared & { readonly runs: readonly ReadyRun[] }> {
  const input = readInput(request.files, 'file');
  const usesCue = input.runs.some(({ fileText }) => mentionsCue(fileText));
  // Starting takes longer than everything else here; a failure shows at the first use.
  if (usesCue) ports.warm().catch(() => undefined);
  const defined = readInput(request.definitions, 'directory');
  const faults: Fault[] = [...input.faults, ...defined.faults];
  const own = [...input.packages, ...defined.packages];
  const { ops, cue } = ports;
  for (const layer of [input.packages, defined.packages])
    faults.push(...(await packageFaults(layer, [], { ops, cue })));
  const packages = visiblePackages([...own.map(({ source }) => source), ...(await ports.packageSources())]);
  const sources = importing(
    [...input.definitions, ...defined.definitions, ...(await ports.stepTypeSources())],
    packages,
  );
  const catalog = openCatalog({
    sources,
    ops,
    cue,
    cache: ports.compiled,
    knownPackages: packages.map(({ path }) => path),
  });
  const model = operatorModel(ports.env, await ports.models.settings());
  const workflows = new Map([...defined.workflows, ...input.workflows]);
  const runs: ReadyRun[] = [];
  for (const file of input.runs) {
    const missing = missingStep(file.document, request.gate);
    if (missing !== undefined) {
      faults.push(missing);
      continue;
    }
    const name = generatedName(withGateOptions(file.document, request.gate).value, ports.newId);
    const options: RunOptions = {
      require: request.require,
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
      ...(request.context.length === 0 ? {} : { set: request.context }),
      ...(name === undefined ? {} : { name }),
      ...(request.gate === undefined ? {} : { gate: request.gate }),
      ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
      ...(model === undefined ? {} : { model }),
      ...ports.place,
    };
    const planned = await planRun(file, { workflows }, catalog, options, ports);
    const wrong = otherNamespace(file.document, request.namespace);
    faults.push(...(wrong === undefined ? [] : [wrong]), ...planned.faults);
    if (planned.run !== undefined) runs.push({ ...planned.run, seeds: input.seeds });
  }
  const namedBy = ({ document }: FileDocument): FileDocument | undefined =>
    workflowOf(document.value, { workflows });
  const dependencies = await planDependencies(workflows, catalog, ports);
  faults.push(...(await loneWorkflowFaults(workflows, input.runs, namedBy, dependencies)));
  for (const source of [...input.definitions, ...defined.definitions]) {
    const found = await definitionFaults(source, await catalog.find(source.name), cue);
    faults.push(...found.faults);
  }
  const severe = request.strict ? faults.map((fault): Fault => ({ ...fault, severity: 'error' })) : faults;
  return { faults: distinct(severe), runs: severe.some(({ severity }) => severity === 'error') ? [] : runs };
}

type Catalog = ReturnType<typeof openCatalog>;

/** Plans one document. `run` is undefined when there is an error among the faults. */
export async function planRun(
  file: FileDocument,
  input: Pick<InputDocuments, 'workflows'>,
  catalog: Catalog,
  options: RunOptions,
  ports: PreparePorts,
): Promise<{ readonly faults: readonly Fault[]; readonly run: Omit<ReadyRun, 'seeds'> | undefined }> {
  const document = withOptions(file.document, options);
  const compiled = await compilePlan(document, {
    ...(await planDependencies(input.workflows, catalog, ports)),
    require: options.require,
  });
  if (!compiled.ok) return { faults: compiled.faults, run: undefined };
  const stepTypes = new Map<string, StepType>();
  for (const { type } of compiled.plan.steps) {
    const found = stepTypes.has(type) ? undefined : await catalog.find(type);
    if (found?.ok === true) stepTypes.set(type, found.stepType);
  }
  const plan = finishPlan(compiled.plan, options, stepTypes);
  const ref = { namespace: plan.run.namespace, name: plan.run.name };
  const workflow = workflowOf(document.value, input);
  const called = await calledBy(workflow?.document.value ?? document.value, input.workflows);
  const preview = initialState(plan, { nonce: '', nowMs: 0, newId: () => '' });
  return {
    faults: compiled.warnings,
    run: {
      ref,
      view: viewOf(plan, preview),
      places: new Map(plan.steps.map(({ path, place }) => [path, place])),
      plan,
      document: isObject(document.value) ? document.value : {},
      stepTypes,
      sources: {
        document: pin(file),
        ...(workflow === undefined ? {} : { workflow: pin(workflow) }),
        ...(called.size === 0 ? {} : { called: [...called.values()].map(pin) }),
        stepTypes: [...stepTypes.values()].map(({ source, digest }) => ({ ...source, digest })),
        options,
      },
    },
  };
}

async function planDependencies(
  workflows: InputDocuments['workflows'],
  catalog: Catalog,
  ports: PreparePorts,
): Promise<PlanDependencies> {
  return {
    catalog,
    expressions: ports.expressions,
    workflows: documentsOf(workflows),
    ...(ports.clusters.kind === 'memory' ? {} : { clusters: ports.clusters }),
    model: modelAvailability({
      env: ports.env,
      settings: await ports.models.settings(),
      offlineAllowed: ports.offline || ports.clusters.kind === 'memory',
    }),
  };
}

function pin({ document, fileText }: FileDocument): RunSources['document'] {
  return { file: document.file, text: fileText, index: document.index };
}

function workflowOf(value: unknown, input: Pick<InputDocuments, 'workflows'>): FileDocument | undefined {
  const spec = isObject(value) && isObject(value['spec']) ? value['spec'] : {};
  return typeof spec['workflowRef'] === 'string' ? input.workflows.get(spec['workflowRef']) : undefined;
}

function distinct(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Map(
    faults.map((fault) => [
      [fault.file, fault.line, fault.column, fault.code, fault.message].join('\n'),
      fault,
    ]),
  );
  return [...seen.values()].toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}
