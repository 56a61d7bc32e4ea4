import { parseDuration } from '../api/duration.ts';
import { isSluiceError } from '../api/errors.ts';
import type { Fault } from '../api/fault.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { requireAnnotation } from '../api/workflow.ts';
import type { ExpressionEngine } from '../expr/expression.ts';
import { allCalled, bodyOf } from '../plan/called-workflows.ts';
import { compilePlan } from '../plan/compile-plan.ts';
import { openCatalog, type CatalogParts } from '../step-types/catalog.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import type { ClusterDefinitions } from '../store/cluster/cluster-definitions.ts';
import type { WorkflowApi } from '../store/cluster/workflow-api.ts';
import { jsonDocument } from '../yaml/json-document.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { readInput, type InputDocuments } from './input-documents.ts';
import { namespaceOf, otherNamespace, withField, withOptions } from './run-document.ts';
import type { RunRequest } from './session.ts';

export interface ClusterPrepareParts extends Pick<CatalogParts, 'ops' | 'cue' | 'cache'> {
  readonly api: WorkflowApi;
  readonly definitions: ClusterDefinitions;
  readonly expressions: ExpressionEngine;
  /** Of runs that name none. */
  readonly namespace: string;
  readonly builtIn: () => Promise<readonly StepTypeSource[]>;
}

/** Runs as they are to be created, and what there is to say about them. */
export interface ClusterPrepared {
  readonly faults: readonly Fault[];
  /** Worth saying once each. */
  readonly notes: readonly string[];
  readonly runs: readonly KubeObject[];
}

/** Checks the runs of files against the step types and Workflows of the cluster, as its controller will; creates nothing. */
export async function prepareForCluster(
  request: RunRequest,
  parts: ClusterPrepareParts,
): Promise<ClusterPrepared> {
  const input = readInput(request.files, 'file');
  const faults: Fault[] = [...input.faults];
  const notes = notCreated(input);
  const objects: KubeObject[] = [];
  const catalogs = new Map<string, Promise<CatalogParts['sources'] | undefined>>();
  for (const { document: original } of input.runs) {
    const document = finished(original, request, parts.namespace);
    const object = document.value as unknown as KubeObject;
    objects.push(object);
    const namespace = namespaceOf(document.value) ?? parts.namespace;
    const wrong = otherNamespace(original, request.namespace);
    if (wrong !== undefined) faults.push(wrong);
    const sources = catalogs.get(namespace) ?? readable(sourcesFor(namespace, parts));
    catalogs.set(namespace, sources);
    const found = await sources;
    if (found === undefined) {
      notes.push(`the step types of the cluster may not be read: its controller checks the run instead`);
      continue;
    }
    faults.push(...(await faultsOf(document, namespace, found, parts)));
  }
  const severe = request.strict ? faults.map((fault): Fault => ({ ...fault, severity: 'error' })) : faults;
  const isRefused = severe.some(({ severity }) => severity === 'error');
  return { faults: severe, notes: [...new Set(notes)], runs: isRefused ? [] : objects };
}

async function faultsOf(
  document: SourceDocument,
  namespace: string,
  sources: readonly StepTypeSource[],
  parts: ClusterPrepareParts,
): Promise<readonly Fault[]> {
  const compiled = await compilePlan(document, {
    catalog: openCatalog({ ...parts, sources }),
    expressions: parts.expressions,
    workflows: await workflowsOf(document.value, namespace, parts.api),
  });
  return compiled.ok ? compiled.warnings : compiled.faults;
}

async function sourcesFor(
  namespace: string,
  { definitions, builtIn }: ClusterPrepareParts,
): Promise<readonly StepTypeSource[]> {
  const own = await definitions.seenFrom(namespace);
  return [...own.map(({ source }) => source), ...(await builtIn())];
}

/** Undefined where the user has no right to read; a run may still be created. */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isSluiceError(error) && error.kind === 'denied') return undefined;
    throw error;
  }
}

async function workflowsOf(
  value: Json,
  namespace: string,
  api: WorkflowApi,
): Promise<ReadonlyMap<string, SourceDocument>> {
  const spec = isObject(value) && isObject(value['spec']) ? value['spec'] : {};
  const name = spec['workflowRef'];
  const isNamed = typeof name === 'string' && name !== '' && spec['workflowSpec'] === undefined;
  const find = async (each: string): Promise<SourceDocument | undefined> => {
    const workflow = await api.get('workflows', namespace, each);
    return workflow === undefined ? undefined : plainDocument(workflow, `${namespace}/${each}`);
  };
  const named = isNamed ? await find(name) : undefined;
  const called = await allCalled(bodyOf(named?.value ?? value), find, (document) => document.value);
  return new Map([...called, ...(isNamed && named !== undefined ? [[name, named] as const] : [])]);
}

function plainDocument(workflow: KubeObject, file: string): SourceDocument {
  const { apiVersion, kind, metadata, ...rest } = workflow;
  const plain = { apiVersion, kind, metadata: { name: metadata.name ?? '' }, ...rest } as JsonObject;
  return jsonDocument(plain, file);
}

/** The document with what the command line adds: all of it stands in the object, so that any controller sees it. */
function finished(document: SourceDocument, request: RunRequest, namespace: string): SourceDocument {
  const set = withOptions(document, { require: [], set: request.context });
  let value = set.value;
  if (!isObject(value)) return set;
  const { status: _status, ...rest } = value;
  value = rest;
  if (namespaceOf(value) === undefined) value = withField(value, ['metadata', 'namespace'], namespace);
  if (request.require.length > 0) value = requiring(value, request.require);
  if (request.timeoutMs !== undefined) value = limited(value, request.timeoutMs);
  return { ...set, value };
}

function requiring(value: Json, require: readonly string[]): Json {
  const metadata = isObject(value) && isObject(value['metadata']) ? value['metadata'] : {};
  const annotations = isObject(metadata['annotations']) ? metadata['annotations'] : {};
  const own = annotations[requireAnnotation];
  const all = new Set([...(typeof own === 'string' && own.trim() !== '' ? own.split(',') : []), ...require]);
  const text = [...all].map((name) => name.trim()).join(',');
  return withField(value, ['metadata', 'annotations', requireAnnotation], text);
}

/** The shorter deadline counts. */
function limited(value: Json, timeoutMs: number): Json {
  const spec = isObject(value) && isObject(value['spec']) ? value['spec'] : {};
  const own = typeof spec['timeout'] === 'string' ? parseDuration(spec['timeout']) : undefined;
  return own !== undefined && own <= timeoutMs
    ? value
    : withField(value, ['spec', 'timeout'], `${timeoutMs}ms`);
}

/** What stands beside the runs of the files is for other commands. */
function notCreated({ workflows, definitions, packages, seeds }: InputDocuments): string[] {
  return [
    ...[...workflows.keys()].map((name) => `the Workflow ${name} is not created here: kubectl apply`),
    ...definitions.map(({ name }) => `the step type ${name} is not installed here: sluice def apply`),
    ...packages.map(({ source }) => `the Package ${source.name} is not installed here: sluice def apply`),
    ...seeds.map(({ kind, metadata }) => `the ${kind} ${metadata.name} is not created here: kubectl apply`),
  ];
}
