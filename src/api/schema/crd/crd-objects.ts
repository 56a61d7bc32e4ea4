import type { JsonObject } from '../../json.ts';
import type { KubeObject } from '../../kube-object.ts';
import { runSpecSchema, workflowSchema } from '../kind-schemas.ts';
import { definitionSpecSchema, definitionStatusSchema } from './definition-crd.ts';
import { packageSpecSchema } from './package-crd.ts';
import { runStatusSchema } from './run-status.ts';
import { stepCountRule, specSourceRule, unfinishedSpecRule } from './rules.ts';
import { toStructural } from './structural-schema.ts';

const workflowGroup = 'core.oam.dev';

interface CrdParts {
  /** `core.oam.dev` by default. */
  readonly group?: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly version: string;
  readonly description: string;
  /** Fields beside apiVersion, kind and metadata. */
  readonly properties: JsonObject;
  readonly required?: readonly string[];
  readonly rules?: readonly JsonObject[];
  readonly columns?: readonly JsonObject[];
  readonly hasStatus: boolean;
}

/** The CustomResourceDefinitions, with every field that KubeVela's have: a cluster can serve both engines with them. */
export function crdObjects(): readonly KubeObject[] {
  return [workflowRuns(), workflows(), stepDefinitions(), packages()].map(crdObject);
}

function workflowRuns(): CrdParts {
  const spec = toStructural(runSpecSchema) as { properties: { workflowSpec: JsonObject } };
  const workflowSpec = withRules(withoutRequired(spec.properties.workflowSpec), [stepCountRule]);
  return {
    kind: 'WorkflowRun',
    plural: 'workflowruns',
    shortNames: ['wr'],
    version: 'v1alpha1',
    description: 'A run of a workflow.',
    properties: {
      spec: withRules({ ...spec, properties: { ...spec.properties, workflowSpec } }, [specSourceRule]),
      status: runStatusSchema,
    },
    required: ['spec'],
    rules: [unfinishedSpecRule],
    columns: [
      column('PHASE', 'string', '.status.status'),
      column('STEP', 'string', '.status.progress'),
      column('AGE', 'date', '.metadata.creationTimestamp'),
    ],
    hasStatus: true,
  };
}

function workflows(): CrdParts {
  const { properties } = toStructural(workflowSchema) as { properties: JsonObject };
  const { mode = {}, parameters = {}, outputs = {}, steps = {} } = properties;
  const { onFailure = {}, finally: last = {}, handlers = {} } = properties;
  return {
    kind: 'Workflow',
    plural: 'workflows',
    version: 'v1alpha1',
    description: 'A workflow that runs refer to by `workflowRef`.',
    properties: { mode, parameters, outputs, steps, onFailure, finally: last, handlers },
    rules: [stepCountRule],
    hasStatus: false,
  };
}

function stepDefinitions(): CrdParts {
  return {
    kind: 'WorkflowStepDefinition',
    plural: 'workflowstepdefinitions',
    shortNames: ['workflowstep'],
    version: 'v1beta1',
    description: 'A step type.',
    properties: { spec: definitionSpecSchema(), status: definitionStatusSchema },
    hasStatus: true,
  };
}

function packages(): CrdParts {
  return {
    group: 'cue.oam.dev',
    kind: 'Package',
    plural: 'packages',
    shortNames: ['pkg', 'cpkg', 'cuepkg', 'cuepackage'],
    version: 'v1alpha1',
    description: 'Functions over HTTP that CUE templates import.',
    properties: { spec: packageSpecSchema },
    required: ['spec'],
    columns: [
      column('PATH', 'string', '.spec.path'),
      column('PROTO', 'string', '.spec.provider.protocol'),
      column('ENDPOINT', 'string', '.spec.provider.endpoint'),
    ],
    hasStatus: false,
  };
}

function crdObject(parts: CrdParts): KubeObject {
  const { group = workflowGroup, kind, plural, shortNames, version, description } = parts;
  const { properties, required, rules = [] } = parts;
  const root: JsonObject = {
    description,
    type: 'object',
    ...(required === undefined ? {} : { required }),
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      ...properties,
    },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        categories: ['oam'],
        ...(shortNames === undefined ? {} : { shortNames }),
      },
      scope: 'Namespaced',
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          ...(parts.columns === undefined ? {} : { additionalPrinterColumns: parts.columns }),
          ...(parts.hasStatus ? { subresources: { status: {} } } : {}),
          schema: { openAPIV3Schema: withRules(root, rules) },
        },
      ],
    },
  };
}

function column(name: string, type: string, jsonPath: string): JsonObject {
  return { name, type, jsonPath };
}

function withRules(schema: JsonObject, rules: readonly JsonObject[]): JsonObject {
  return rules.length === 0 ? schema : { ...schema, 'x-kubernetes-validations': [...rules] };
}

/** KubeVela runs a workflow without steps; the plan refuses it. */
function withoutRequired({ required: _required, ...schema }: JsonObject): JsonObject {
  return schema;
}
