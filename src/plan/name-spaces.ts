import type { DraftStep } from './draft-step.ts';
import type { NameSpace } from './name-space.ts';
import { indexSteps, type StepIndex } from './step-index.ts';

/** The steps of each workflow of a run, by name: its own, and those of every call. */
export class NameSpaces {
  readonly #indexes: ReadonlyMap<NameSpace, StepIndex>;
  /** That of the run. */
  readonly own: StepIndex;

  constructor(own: NameSpace, steps: readonly DraftStep[]) {
    const spaces = new Map<NameSpace, DraftStep[]>([[own, []]]);
    for (const step of steps) {
      const known = spaces.get(step.space);
      if (known === undefined) spaces.set(step.space, [step]);
      else known.push(step);
    }
    this.#indexes = new Map([...spaces].map(([space, each]) => [space, indexSteps(each)]));
    this.own = this.of(own);
    checkObjectNames(steps);
  }

  of(space: NameSpace): StepIndex {
    return this.#indexes.get(space) ?? { steps: [], byName: new Map(), outputs: new Map() };
  }

  /** Each with its steps, the run's own first. */
  all(): Iterable<readonly [NameSpace, StepIndex]> {
    return this.#indexes;
  }
}

/** Step types may name objects after a step: `build` of a Workflow that `app` calls is `app-build` to them. */
function checkObjectNames(steps: readonly DraftStep[]): void {
  const inner = steps.filter(({ space }) => space.caller !== undefined);
  if (inner.length === 0) return;
  const taken = new Map(
    steps.filter(({ space }) => space.caller === undefined).map((step) => [step.name, step]),
  );
  for (const step of inner) {
    const name = step.path.replaceAll('/', '-');
    const other = taken.get(name);
    taken.set(name, step);
    const caller = outermost(step);
    if (other === undefined || other.space === step.space) continue;
    const message = `"${name}" is what step types take for the name of both ${other.path} and ${step.path}; rename this step, or the other`;
    caller.reader.fault('DuplicateName', ['name'], message);
  }
}

function outermost(step: DraftStep): DraftStep {
  const { caller } = step.space;
  return caller === undefined ? step : outermost(caller);
}
