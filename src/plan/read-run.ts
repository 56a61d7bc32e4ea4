import { isObject, type JsonObject } from '../api/json.ts';
import {
  runSpecSchema,
  workflowRunSchema,
  workflowSchema,
  workflowSpecSchema,
} from '../api/schema/kind-schemas.ts';
import { fieldNames } from '../api/schema/schema-parts.ts';
import { workflowApiVersion, type Mode } from '../api/workflow.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import type { FaultList } from './fault-list.ts';
import { FieldReader } from './field-reader.ts';
import type { Plan } from './plan.ts';
import { readConcurrency } from './read-concurrency.ts';
import { readParameterSchema } from './read-parameters.ts';
import { didYouMean } from './suggest.ts';

/** A run without its steps. */
export interface DraftRun {
  readonly run: Plan['run'];
  readonly mode: Plan['mode'];
  /** Undefined for a Workflow by itself: the run that names it has one. */
  readonly context: JsonObject | undefined;
  readonly timeoutMs: number | undefined;
  /** What only a run has: a Workflow says nothing about it. */
  readonly keeping?: Pick<Plan, 'ttlMs' | 'serviceAccountName' | 'concurrency'>;
  readonly document: SourceDocument;
  /** JSON Schema of the parameters that the Workflow declares. Absent: it declares none. */
  readonly parameterSchema?: JsonObject;
  /** Name of the Workflow. Absent: the run has its steps itself. */
  readonly workflow?: string;
  /** Stands at the object that gives their values; undefined for a Workflow by itself. */
  readonly given: FieldReader | undefined;
  /** Stands at the object that has `steps`; undefined when there is none. */
  readonly steps: FieldReader | undefined;
}

const metadataFields =
  'name generateName namespace labels annotations uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds finalizers ownerReferences managedFields selfLink'.split(
    ' ',
  );

/** The kind, metadata and spec of a WorkflowRun; undefined when the document is none. */
export function readRun(
  document: SourceDocument,
  workflows: ReadonlyMap<string, SourceDocument>,
  faults: FaultList,
): DraftRun | undefined {
  const root = readKind(document, 'WorkflowRun', fieldNames(workflowRunSchema), faults);
  if (root === undefined) return undefined;
  const run = readMetadata(root);
  const spec = root.child('spec');
  if (spec === undefined) {
    if (!root.has('spec'))
      root.fault(
        'MissingField',
        ['spec'],
        '`spec` is missing: a run needs steps under `spec.workflowSpec.steps`, or a `spec.workflowRef`',
      );
    return undefined;
  }
  spec.checkFields(fieldNames(runSpecSchema));
  const found = findSteps(spec, workflows);
  const own = readMode(spec);
  const inherited = own.isGiven ? undefined : found?.mode;
  return {
    run,
    mode: inherited ?? own.mode,
    context: spec.object('context') ?? {},
    timeoutMs: spec.duration('timeout'),
    keeping: { ...readKeeping(spec), ...readConcurrency(spec) },
    document,
    ...(found?.parameterSchema === undefined ? {} : { parameterSchema: found.parameterSchema }),
    ...(found?.workflow === undefined ? {} : { workflow: found.workflow }),
    given: spec,
    steps: found?.steps,
  };
}

function readKeeping(spec: FieldReader): Pick<Plan, 'ttlMs' | 'serviceAccountName'> {
  const ttlMs = spec.duration('ttl');
  const account = spec.text('serviceAccountName');
  if (account !== undefined && (account.length > 253 || !subdomain.test(account)))
    spec.fault(
      'BadName',
      ['serviceAccountName'],
      `"${clip(account)}" is no name of a ServiceAccount: lower-case letters, digits, "-" and ".", at most 253`,
      dnsName(account),
    );
  return {
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(account === undefined ? {} : { serviceAccountName: account }),
  };
}

/** A Workflow by itself, checked as if a run named it. */
export function readWorkflow(document: SourceDocument, faults: FaultList): DraftRun | undefined {
  const steps = readKind(document, 'Workflow', fieldNames(workflowSchema), faults);
  if (steps === undefined) return undefined;
  const parameterSchema = readParameterSchema(steps);
  const run = readMetadata(steps);
  return {
    run,
    workflow: run.name,
    mode: readMode(steps).mode,
    context: undefined,
    timeoutMs: undefined,
    document,
    ...(parameterSchema === undefined ? {} : { parameterSchema }),
    given: undefined,
    steps,
  };
}

/** A reader of a document that must be of a kind; undefined, and reported, when it is not. */
export function readKind(
  document: SourceDocument,
  kind: string,
  fields: readonly string[],
  faults: FaultList,
): FieldReader | undefined {
  const { value } = document;
  if (!isObject(value)) {
    faults.add(
      'WrongKind',
      document.locate([]),
      `the document is no ${kind}: it must be a map with apiVersion, kind, metadata and spec`,
    );
    return undefined;
  }
  const root = new FieldReader(document, [], value, faults);
  const { apiVersion, kind: ownKind } = value;
  if (ownKind !== kind) {
    const message =
      ownKind === undefined
        ? `\`kind\` is missing; write kind: ${kind}`
        : `the kind must be ${kind}${kindHint(ownKind)}`;
    return root.fault(
      'WrongKind',
      ['kind'],
      message,
      typeof ownKind === 'string' ? didYouMean(ownKind, [kind]).suggestion : kind,
    );
  }
  if (apiVersion !== workflowApiVersion)
    root.fault(
      'WrongKind',
      ['apiVersion'],
      `the apiVersion of a ${kind} is ${workflowApiVersion}`,
      workflowApiVersion,
    );
  root.checkFields(fields);
  return root;
}

function kindHint(kind: unknown): string {
  return kind === 'Workflow' ? '; a Workflow runs when a WorkflowRun names it in spec.workflowRef' : '';
}

function readMetadata(root: FieldReader): Plan['run'] {
  const metadata = root.child('metadata');
  if (metadata === undefined) {
    if (!root.has('metadata'))
      root.fault('MissingField', ['metadata'], '`metadata` is missing: give the run a name');
    return { name: '', namespace: 'default', labels: {}, annotations: {} };
  }
  for (const key of Object.keys(metadata.value)) {
    if (metadataFields.includes(key)) continue;
    const at = metadata.document.locate([...metadata.path, key], 'key');
    root.faults.warn(
      'UnknownField',
      at,
      `unknown field "${key}" in metadata has no effect`,
      didYouMean(key, metadataFields),
    );
  }
  return {
    name: readRunName(metadata),
    namespace: readNamespace(metadata),
    labels: metadata.textMap('labels'),
    annotations: metadata.textMap('annotations'),
  };
}

const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

function readRunName(metadata: FieldReader): string {
  const name = metadata.text('name');
  const prefix = metadata.text('generateName');
  if (name !== undefined && name !== '') {
    if (name.length > 253 || !subdomain.test(name))
      metadata.fault(
        'BadName',
        ['name'],
        `"${clip(name)}" is no Kubernetes name: lower-case letters, digits, "-" and ".", at most 253`,
        dnsName(name),
      );
    return name;
  }
  if (prefix !== undefined && prefix !== '') {
    if (!subdomain.test(`${prefix}x`))
      metadata.fault(
        'BadName',
        ['generateName'],
        `"${clip(prefix)}" cannot begin a Kubernetes name: lower-case letters, digits, "-" and "."`,
      );
    return prefix;
  }
  if (metadata.value['name'] === undefined || metadata.value['name'] === null || name === '')
    metadata.fault('MissingField', ['name'], '`metadata.name` is missing; give a name, or a `generateName`');
  return '';
}

function readNamespace(metadata: FieldReader): string {
  const namespace = metadata.text('namespace');
  if (namespace === undefined || namespace === '') return 'default';
  if (namespace.length > 63 || !/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(namespace))
    metadata.fault(
      'BadName',
      ['namespace'],
      `"${clip(namespace)}" is no namespace: lower-case letters, digits and "-", at most 63`,
    );
  return namespace;
}

interface FoundWorkflow {
  readonly steps: FieldReader;
  readonly mode?: Plan['mode'];
  readonly parameterSchema?: JsonObject | undefined;
  readonly workflow?: string;
}

function findSteps(
  spec: FieldReader,
  workflows: ReadonlyMap<string, SourceDocument>,
): FoundWorkflow | undefined {
  const inline = spec.child('workflowSpec');
  if (inline !== undefined) {
    inline.checkFields(fieldNames(workflowSpecSchema));
    return { steps: inline };
  }
  if (spec.has('workflowSpec')) return undefined;
  const name = spec.text('workflowRef');
  if (name === undefined || name === '') {
    if (name === '' || !spec.has('workflowRef'))
      spec.fault('EmptySteps', [], 'the run has neither `workflowSpec` nor `workflowRef`; give one of them');
    return undefined;
  }
  const workflow = workflows.get(name);
  if (workflow === undefined)
    return spec.fault(
      'UnknownWorkflow',
      ['workflowRef'],
      `there is no Workflow "${name}"; add it to the files or to those of --defs, or apply it to the cluster`,
      didYouMean(name, workflows.keys()).suggestion,
    );
  const steps = readKind(workflow, 'Workflow', fieldNames(workflowSchema), spec.faults);
  return steps === undefined
    ? undefined
    : { steps, mode: readMode(steps).mode, parameterSchema: readParameterSchema(steps), workflow: name };
}

export function readMode(reader: FieldReader): { readonly mode: Plan['mode']; readonly isGiven: boolean } {
  const given = reader.child('mode');
  given?.checkFields(['steps', 'subSteps']);
  const mode = (key: string, fallback: Mode): Mode => given?.mode(key) ?? fallback;
  return {
    mode: { steps: mode('steps', 'StepByStep'), subSteps: mode('subSteps', 'DAG') },
    isGiven: given !== undefined,
  };
}

function dnsName(name: string): string | undefined {
  const fixed = name
    .toLowerCase()
    .replaceAll(/[^-a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 253);
  return subdomain.test(fixed) ? fixed : undefined;
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
