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

/**
 * Step types may name objects after a step: `build` of a Workflow that `app` calls is `app-build` to them, and its third item
 * `app-build-2`. What is alike in one workflow has been told.
 */
function checkObjectNames(steps: readonly DraftStep[]): void {
  if (steps.every(({ space }) => space.caller === undefined)) return;
  const taken = new Map<string, DraftStep>();
  for (const step of steps) if (!taken.has(objectName(step))) taken.set(objectName(step), step);
  for (const step of steps) {
    const name = objectName(step);
    const loop = taken.get(name.replace(/-\d+$/, ''));
    const other = taken.get(name) === step && loop?.loop !== undefined ? loop : taken.get(name);
    if (other === undefined || other.space === step.space) continue;
    const renamed = step.space.caller === undefined ? step : outermost(step);
    const message = `"${name}" is what step types take for the name of both ${other.path} and ${step.path}; rename this step, or the other`;
    renamed.reader.fault('DuplicateName', ['name'], message);
  }
}

function objectName({ space, name, path }: DraftStep): string {
  return space.caller === undefined ? name : path.replaceAll('/', '-');
}

function outermost(step: DraftStep): DraftStep {
  const { caller } = step.space;
  return caller === undefined ? step : outermost(caller);
}
