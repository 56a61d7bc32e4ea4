import { SluiceError } from '../../api/errors.ts';
import type { Prepared, PreparedRun } from '../../runner/session.ts';
import { allSteps } from '../render/plain-lines.ts';

/** Which gate of a file is meant. */
export interface GateChoice {
  readonly file: string;
  readonly name?: string;
  readonly step?: string;
}

/** The gate that is meant: the only run of one step, or the one whose step has the name. */
export function chooseGate({ runs }: Prepared, { file, name, step }: GateChoice): PreparedRun {
  const single = runs.filter(({ view }) => view.steps.length === 1 && allSteps(view.steps).length === 1);
  const wanted = single.filter(({ view }) => name === undefined || view.steps[0]?.name === name);
  const [only, ...others] = wanted;
  if (only !== undefined && others.length === 0) return only;
  const names = single.map(({ view }) => view.steps[0]?.name ?? '').join(', ');
  const what =
    only !== undefined
      ? `${file} holds several gates`
      : name === undefined
        ? `${file} holds no gate`
        : `there is no gate ${name} in ${file}`;
  throw new SluiceError('invalid', 'NoGate', what, {
    hint:
      names !== ''
        ? `Choose one with --name: ${names}`
        : step === undefined
          ? 'A gate is a document with kind: Gate, or a step of a WorkflowRun that --step names.'
          : 'A step with sub-steps is no gate.',
  });
}
