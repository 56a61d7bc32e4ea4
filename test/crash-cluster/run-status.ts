import type { KubeObject } from '../../src/api/kube-object.ts';

/** What a run's status tells, in KubeVela's fields. */
interface SeenStatus {
  readonly status?: string;
  readonly finished?: boolean;
  readonly message?: string;
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  readonly steps?: readonly SeenStep[] | null;
  readonly sluice?: { readonly state?: string };
}

interface SeenStep {
  readonly name: string;
  readonly phase: string;
  readonly reason?: string;
  readonly subSteps?: readonly SeenStep[] | null;
}

export function statusOf(run: KubeObject): SeenStatus {
  return (run['status'] ?? {}) as unknown as SeenStatus;
}

export function phaseOf(run: KubeObject): string {
  return statusOf(run).status ?? '';
}

export function isFinished(run: KubeObject): boolean {
  return statusOf(run).finished === true;
}

/** Steps of a run and their sub-steps, as `phase/reason` by name. */
export function stepsOf(run: KubeObject): ReadonlyMap<string, string> {
  return new Map(
    allSteps(statusOf(run).steps).map(({ name, phase, reason = '' }) => [
      name,
      reason === '' ? phase : `${phase}/${reason}`,
    ]),
  );
}

/** Steps without an answer of the provider on record, by the recovery state; undefined where that is not in the status. */
export function unansweredSteps(run: KubeObject): ReadonlySet<string> | undefined {
  const text = statusOf(run).sluice?.state;
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as {
    steps: Readonly<Record<string, { recorded: readonly { op: string }[] }>>;
  };
  const open = Object.entries(state.steps).filter(([, { recorded }]) =>
    recorded.every(({ op }) => op !== 'http'),
  );
  return new Set(open.map(([path]) => path.slice(path.lastIndexOf('/') + 1)));
}

export function describeRun(run: KubeObject): string {
  const steps = [...stepsOf(run)].map((pair) => pair.join(' ')).join(', ');
  return `${phaseOf(run)} {${steps}} ${statusOf(run).message ?? ''}`.trimEnd();
}

function allSteps(steps: readonly SeenStep[] | null | undefined): readonly SeenStep[] {
  return (steps ?? []).flatMap((step) => [step, ...allSteps(step.subSteps)]);
}
