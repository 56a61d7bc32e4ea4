import type { Fault } from '../api/fault.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import { gateApiVersion, workflowApiVersion } from '../api/workflow.ts';
import type { GateOptions } from '../store/port.ts';
import type { FieldPath, SourceDocument } from '../yaml/source-document.ts';

/** Whether a document is a gate on its own: `apiVersion: sluice.dev/v1alpha1`, `kind: Gate`. */
export function isGateDocument({ value }: SourceDocument): boolean {
  return isObject(value) && value['apiVersion'] === gateApiVersion && value['kind'] === 'Gate';
}

/**
 * A gate on its own as the WorkflowRun of one step: the step has the gate's name, and `spec` without `type` and `context` is
 * its properties. Places still point into the gate's file.
 */
export function gateAsRun(document: SourceDocument): SourceDocument {
  const { metadata, spec, ...rest } = document.value as JsonObject;
  const meta = isObject(metadata) ? metadata : {};
  const name = textOf(meta['name']);
  const { type, context, ...properties } = isObject(spec) ? spec : {};
  const step = { name, type: type ?? typeOf(properties), properties };
  const { name: _name, ...others } = meta;
  const value: JsonObject = {
    ...rest,
    apiVersion: workflowApiVersion,
    kind: 'WorkflowRun',
    metadata: { ...others, generateName: `${name}-` },
    spec: { ...(context === undefined ? {} : { context }), workflowSpec: { steps: [step] } },
  };
  return relocated({ ...document, value }, gatePath);
}

/** A gate with questions for a model is an `ai-gate`. */
function typeOf(properties: JsonObject): string {
  const judged = ['criteria', 'policy', 'judge', 'votes', 'rules'];
  return judged.some((field) => Object.hasOwn(properties, field)) ? 'ai-gate' : 'gate';
}

/** Where a field of the made-up run stands in the gate. */
function gatePath(path: FieldPath): FieldPath {
  const [spec, second, third, fourth, field, ...rest] = path;
  if (spec === 'metadata') return second === 'generateName' ? ['metadata', 'name'] : path;
  if (spec !== 'spec' || second !== 'workflowSpec') return path;
  if (third !== 'steps' || fourth === undefined || field === undefined) return ['spec'];
  if (field === 'name') return ['metadata', 'name'];
  return field === 'properties' ? ['spec', ...rest] : ['spec', field, ...rest];
}

/**
 * The run with only the step that `sluice gate` asks for, and with what it adds to the properties of that step. What ties a
 * step to others is left out. A run without that step stays whole: `missingStep` says so.
 */
export function withGateOptions(document: SourceDocument, options: GateOptions | undefined): SourceDocument {
  if (options === undefined) return document;
  const narrowed = options.step === undefined ? document : onlyStep(document, options.step);
  return withProperties(narrowed, options.properties);
}

export function missingStep(document: SourceDocument, options: GateOptions | undefined): Fault | undefined {
  if (options?.step === undefined || findStep(document.value, options.step) !== undefined) return undefined;
  return {
    ...document.locate(['spec', 'workflowSpec', 'steps'], 'key'),
    code: 'NoSuchStep',
    severity: 'error',
    message: `there is no step "${options.step}" in this run`,
  };
}

function onlyStep(document: SourceDocument, name: string): SourceDocument {
  const found = findStep(document.value, name);
  const { value } = document;
  if (found === undefined || !isObject(value)) return document;
  const { if: _if, dependsOn: _after, inputs: _in, outputs: _out, requires: _req, ...step } = found.step;
  // A gate that is looked at by itself waits for no other run.
  const { concurrency: _group, ...spec } = isObject(value['spec']) ? value['spec'] : {};
  const workflowSpec = { steps: [step] };
  const meta = isObject(value['metadata']) ? value['metadata'] : {};
  const { name: runName, ...others } = meta;
  const lead = textOf(runName) || 'run';
  const metadata = { ...others, generateName: `${lead}-${name.replaceAll('/', '-')}-` };
  const narrowed = { ...document, value: { ...value, metadata, spec: { ...spec, workflowSpec } } };
  return relocated(narrowed, (path) => stepPath(path, found.path));
}

interface FoundStep {
  readonly step: JsonObject;
  readonly path: FieldPath;
}

/** By name, or by path such as `group/check`. */
function findStep(value: Json, wanted: string): FoundStep | undefined {
  const spec = isObject(value) && isObject(value['spec']) ? value['spec'] : {};
  const workflow = isObject(spec['workflowSpec']) ? spec['workflowSpec'] : {};
  const steps = listOf(workflow['steps'], ['spec', 'workflowSpec', 'steps']);
  for (const { step, path } of steps) {
    if (step['name'] === wanted) return { step, path };
    const subs = listOf(step['subSteps'], [...path, 'subSteps']);
    const group = textOf(step['name']);
    const sub = subs.find(({ step: { name } }) => name === wanted || `${group}/${textOf(name)}` === wanted);
    if (sub !== undefined) return sub;
  }
  return undefined;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function listOf(steps: Json | undefined, path: FieldPath): readonly FoundStep[] {
  if (!Array.isArray(steps)) return [];
  return (steps as readonly Json[]).flatMap((step, index) =>
    isObject(step) ? [{ step, path: [...path, index] }] : [],
  );
}

function stepPath(path: FieldPath, own: FieldPath): FieldPath {
  const [spec, workflow, steps, index, ...rest] = path;
  const isStep = spec === 'spec' && workflow === 'workflowSpec' && steps === 'steps' && index !== undefined;
  if (isStep) return [...own, ...rest];
  return spec === 'metadata' && workflow === 'generateName' ? ['metadata', 'name'] : path;
}

/** Given properties win; of reports, each by its name. */
function withProperties(document: SourceDocument, given: JsonObject): SourceDocument {
  const spec = isObject(document.value) && isObject(document.value['spec']) ? document.value['spec'] : {};
  const workflow = isObject(spec['workflowSpec']) ? spec['workflowSpec'] : {};
  const steps: readonly Json[] = Array.isArray(workflow['steps']) ? workflow['steps'] : [];
  const [step, ...others] = steps;
  if (Object.keys(given).length === 0 || others.length > 0 || !isObject(step)) return document;
  const own = isObject(step['properties']) ? step['properties'] : {};
  const reports = [own['reports'], given['reports']].filter((each) => isObject(each));
  const properties = {
    ...own,
    ...given,
    ...(reports.length === 0 ? {} : { reports: Object.assign({}, ...reports) as JsonObject }),
  };
  const workflowSpec = { ...workflow, steps: [{ ...step, properties }] };
  const value = { ...(document.value as JsonObject), spec: { ...spec, workflowSpec } };
  return { ...document, value };
}

function relocated(document: SourceDocument, original: (path: FieldPath) => FieldPath): SourceDocument {
  return {
    ...document,
    locate: (path, at) => document.locate(original(path), at),
    locateInScalar: (path, line, column) => document.locateInScalar(original(path), line, column),
  };
}
