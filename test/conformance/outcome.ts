import type { RunView, StepView } from '../../src/engine/view.ts';
import type { Expected } from './scenario.ts';

/** What came of a scenario. */
export interface Outcome {
  /** Absent: the run was refused, and this says why. */
  readonly view?: RunView;
  readonly refused?: { readonly codes?: readonly string[]; readonly text: string };
  readonly isFinished: boolean;
  readonly requests: readonly Request[];
  /** The clock is scripted: times are exact. */
  readonly hasExactTimes: boolean;
}

export interface Request {
  /** `GET /path` */
  readonly line: string;
  readonly key: string;
  readonly atMs: number;
}

/** What is otherwise than expected, a line each. */
export function differences(expected: Expected, outcome: Outcome): readonly string[] {
  const { refused } = expected;
  if (refused !== undefined) return refusalDifferences(refused, outcome);
  const { view } = outcome;
  if (view === undefined) return [`refused: ${outcome.refused?.text}`];
  const steps = stepsOf(view);
  const found = foundIn(outcome, expected);
  const { message = {}, ...plain } = expected;
  const others = Object.entries({ unfinished: undefined, ...plain }).flatMap(([field, value]) =>
    sorted(found[field]) === sorted(value) ? [] : [`${field}: ${sorted(found[field])} for ${sorted(value)}`],
  );
  const messages = Object.entries(message).flatMap(([path, pattern]) => {
    const text = (path === 'run' ? view.message : steps.find((step) => step.path === path)?.message) ?? '';
    return new RegExp(pattern).test(text)
      ? []
      : [`message of ${path}: ${JSON.stringify(text)} for /${pattern}/`];
  });
  return [...others, ...messages];
}

/** What there is to compare, by the fields of what is expected. */
function foundIn({ view, requests, isFinished, hasExactTimes }: Outcome, expected: Expected = {}): Found {
  const steps = view === undefined ? [] : stepsOf(view);
  return {
    phase: view?.phase,
    steps: Object.fromEntries(steps.map((step) => [step.path, outcomeOf(step)])),
    order: orderOf(steps, hasExactTimes ? [] : expected.order),
    requests: requests.map(({ line }) => line),
    keys: new Set(requests.map(({ key }) => key)).size,
    seconds: hasExactTimes ? secondsOf(requests) : expected.seconds,
    unfinished: isFinished ? undefined : true,
  };
}

type Found = Readonly<Record<string, unknown>>;

function refusalDifferences(wanted: NonNullable<Expected['refused']>, outcome: Outcome): readonly string[] {
  const { refused } = outcome;
  if (refused === undefined) {
    const { phase, steps } = foundIn(outcome);
    return [`it ran, and was to be refused: ${wanted.text}; ${sorted({ phase, steps })}`];
  }
  const hasCode = refused.codes === undefined || refused.codes.includes(wanted.code);
  return [
    ...(hasCode ? [] : [`codes: ${refused.codes?.join(', ')} for ${wanted.code}`]),
    ...(new RegExp(wanted.text).test(refused.text) ? [] : [`text: ${refused.text} for /${wanted.text}/`]),
  ];
}

export function stepsOf(view: RunView): readonly StepView[] {
  return view.steps.flatMap((step) => [step, ...step.subSteps]);
}

function outcomeOf({ phase, reason }: StepView): string {
  return reason === undefined ? phase : `${phase}/${reason}`;
}

/** A real clock tells milliseconds: of steps that ended in the same one, any may have been first. */
function orderOf(steps: readonly StepView[], tied: readonly string[] = []): readonly string[] {
  return steps
    .filter((step) => step.startedAtMs !== undefined && step.phase !== 'skipped')
    .toSorted(
      (a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0) || tied.indexOf(a.path) - tied.indexOf(b.path),
    )
    .map(({ path }) => path);
}

function secondsOf(requests: readonly Request[]): readonly number[] {
  const first = requests[0]?.atMs ?? 0;
  return requests.map(({ atMs }) => Math.floor((atMs - first) / 1000));
}

function sorted(value: unknown): string {
  if (Array.isArray(value) || typeof value !== 'object' || value === null)
    return JSON.stringify(value) ?? 'none';
  return JSON.stringify(Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}
