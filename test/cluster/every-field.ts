import type { JsonObject } from '../../src/api/json.ts';

const at = '2024-05-06T07:08:09Z';
const condition = { type: 'WorkflowRun', status: 'True', reason: 'Available', lastTransitionTime: at };

const subStep: JsonObject = {
  name: 'sub',
  type: 'request',
  meta: { alias: 'A sub-step' },
  if: 'always',
  timeout: '5m',
  dependsOn: ['first'],
  requires: ['first'],
  inputs: [{ from: 'context.name', parameterKey: 'body.name' }],
  outputs: [{ name: 'answer', valueFrom: 'response', schema: { type: ['object', 'null'] }, sensitive: true }],
  properties: { url: 'http://localhost', nested: { list: [1, 'two', { three: true }] } },
  retry: {
    limit: 2,
    errors: ['transient', 'timeout'],
    onStatus: [429],
    delay: '1s',
    factor: 1.5,
    maxDelay: '1m',
    jitter: 0.5,
    deadline: '10m',
    attemptTimeout: '5s',
  },
};

const forEach: JsonObject = {
  items: [1, 'two', { three: [3] }, null],
  from: 'context.list',
  matrix: { a: [1, 'x'], b: [{ c: true }] },
  exclude: [{ a: 1 }],
  include: [{ a: 2, b: 'y' }],
  maxParallel: 2,
  failFast: false,
  minItems: 1,
};

/** A run with each field that there is, as both engines write them. */
export function everyField(): { readonly spec: JsonObject; readonly status: JsonObject } {
  const stepStatus = {
    id: 'abcdefghij',
    name: 'first',
    type: 'step-group',
    phase: 'running',
    message: 'm',
    reason: 'Wait',
    firstExecuteTime: at,
    lastExecuteTime: at,
    sluice: {
      closed: true,
      refusedBy: { gate: 'g', code: 'VerdictExpired' },
      verdict: {
        id: 'v',
        gate: 'g',
        outcome: 'error',
        open: false,
        mode: 'enforce',
        score: null,
        threshold: 80.5,
        subject: { name: 'web', digest: 'sha256:0' },
        at,
        expires: null,
        override: { by: 'ann', at, expires: at },
        reasons: ['r'],
      },
      models: { calls: 1, cached: 0, inputTokens: 2, outputTokens: 3, microDollars: null },
    },
  };
  return {
    spec: {
      context: { any: { thing: [1, null, 'x'] } },
      mode: { steps: 'DAG', subSteps: 'StepByStep' },
      workflowRef: 'other',
      workflowSpec: { steps: [{ ...subStep, name: 'group', forEach, mode: 'DAG', subSteps: [subStep] }] },
      timeout: '1h',
      ttl: '24h',
      serviceAccountName: 'deployer',
    },
    status: {
      status: 'executing',
      message: 'm',
      mode: { steps: 'DAG', subSteps: 'StepByStep' },
      suspend: false,
      suspendState: 's',
      terminated: false,
      finished: false,
      startTime: at,
      endTime: at,
      conditions: [{ ...condition, message: 'm', observedGeneration: 1 }, condition],
      contextBackend: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        name: 'workflow-run-context',
        namespace: 'default',
        uid: 'u',
        resourceVersion: '1',
        fieldPath: 'data',
      },
      steps: [{ ...stepStatus, subSteps: [stepStatus] }],
      progress: '2/3',
      observedGeneration: 1,
      sluice: { schema: 1, write: 'w', state: '{}', logs: [{ at: 1, any: { thing: null } }] },
    },
  };
}

/** A step type with each field that there is. */
export function everyDefinitionField(): { readonly spec: JsonObject; readonly status: JsonObject } {
  return {
    spec: {
      definitionRef: { name: 'things.example.com', version: 'v1' },
      version: '1.2.3',
      schematic: {
        cue: { template: 'parameter: {}' },
        terraform: {
          configuration: 'c',
          type: 'remote',
          path: 'p',
          providerRef: { name: 'n', namespace: 'default' },
          writeConnectionSecretToRef: { name: 'n', namespace: 'default' },
          deleteResource: false,
          customRegion: 'r',
          gitCredentialsSecretReference: { name: 'n', namespace: 'default' },
        },
        sluice: {
          parameters: { type: 'object', properties: { any: { type: ['string', 'null'], default: 'x' } } },
          ops: [
            { id: 'call', op: 'http', with: { url: 'http://localhost' }, if: '${ parameter.any != null }' },
            { id: 'always', value: [1, { two: 3 }], if: true },
          ],
          outputs: { answer: { description: 'd', schema: { type: 'object' }, value: '${ call.response }' } },
        },
      },
    },
    status: {
      conditions: [condition],
      configMapRef: 'workflowstep-schema-x',
      latestRevision: { name: 'x-v1', revision: 1, revisionHash: 'h' },
    },
  };
}
