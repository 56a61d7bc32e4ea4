import type { RunView } from '../../../src/engine/view.ts';
import { stepsOf } from '../outcome.ts';
import type { Action } from '../scenario.ts';

/** What a person does in a scenario: each action is given out once, as soon as its moment has come. */
export class Script {
  readonly #left: Action[];

  constructor(actions: readonly Action[]) {
    this.#left = [...actions];
  }

  get isDone(): boolean {
    return this.#left.length === 0;
  }

  /** The next action, if its moment is this one. */
  take(view: RunView): Action | undefined {
    const [action] = this.#left;
    if (action === undefined || !hasCome(action, view)) return undefined;
    return this.#left.shift();
  }

  /** Throws where a moment never came. */
  mustBeDone(view: RunView): void {
    const [action] = this.#left;
    if (action !== undefined)
      throw new Error(`the moment never came: ${JSON.stringify(action)}; ${JSON.stringify(view)}`);
  }
}

function hasCome({ when }: Action, view: RunView): boolean {
  return Object.entries(when).every(([path, phase]) =>
    path === 'run'
      ? view.phase === phase
      : stepsOf(view).some((step) => step.path === path && step.phase === phase),
  );
}
