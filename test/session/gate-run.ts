import type { JsonObject } from '../../src/api/json.ts';
import type { Verdict } from '../../src/gate/verdict.ts';
import type { InputFile, Session } from '../../src/runner/session.ts';
import { execute, fileOf, type Executed } from './open-test-session.ts';

/** Sound but for what the rules of the audit find in any bare Deployment. */
export const deployment: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
    },
  },
};
export const config: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web' },
  data: {},
};
export const clean: string = JSON.stringify({
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { name: 'lint' } },
      invocations: [{ executionSuccessful: true }],
      artifacts: [{ location: { uri: 'web.yaml' } }],
      results: [],
    },
  ],
});

export const isZero: JsonObject = { op: '==', value: 0 };

export function objective(value: JsonObject, rest: JsonObject = {}): JsonObject {
  return { id: 'a', value, pass: isZero, samples: { errorLimit: 0 }, ...rest };
}

export interface RunParts {
  readonly name?: string;
  /** Further fields of the gate's step. */
  readonly step?: JsonObject;
  /** Steps before it. */
  readonly before?: readonly JsonObject[];
}

/** A run whose last step is the gate `check` with these properties. */
export function gateRun(
  properties: JsonObject,
  { name = 'gated', step = {}, before = [] }: RunParts = {},
): InputFile {
  const gate = { name: 'check', type: 'gate', properties: { subject: deployment, ...properties }, ...step };
  const document = {
    apiVersion: 'core.oam.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name },
    spec: { workflowSpec: { steps: [...before, gate] } },
  };
  return fileOf('run.yaml', JSON.stringify(document));
}

/** Runs it where nobody can be asked. */
export function runGate(session: Session, properties: JsonObject, parts: RunParts = {}): Promise<Executed> {
  return execute(session, [gateRun({ onWarn: 'block', onInconclusive: 'block', ...properties }, parts)]);
}

type View = Pick<Executed, 'view'>;

/** Phase and reason of the gate, the outcome of its verdict, and whether it opens. */
export function ending({ view }: View): string {
  const step = view.steps.find(({ name }) => name === 'check');
  const verdict = step?.notes?.verdict;
  const reason = step?.reason === undefined ? '' : `/${step.reason}`;
  return `${step?.phase}${reason} ${verdict?.outcome} ${verdict?.open === true ? 'open' : 'shut'}`;
}

export function messageOf({ view }: View): string {
  return view.steps.find(({ name }) => name === 'check')?.message ?? '';
}

export async function verdictOf(session: Session, { view }: View): Promise<Verdict> {
  const id = view.steps.find(({ name }) => name === 'check')?.notes?.verdict?.id ?? '';
  const stored = await session.verdicts.get('default', id);
  if (stored === undefined) throw new Error(`no verdict "${id}"`);
  return stored.verdict;
}
