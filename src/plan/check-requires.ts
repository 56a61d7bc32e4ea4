import type { DraftStep } from './draft-step.ts';
import type { StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

export interface RequiredGate {
  readonly gate: DraftStep;
  /** Its position in `requires`. */
  readonly at: number;
}

/** The gates that a step requires; what is no gate, or never opens, is reported and left out. */
export function resolveRequires(step: DraftStep, index: StepIndex): readonly RequiredGate[] {
  return step.requires.flatMap(({ value, index: at }) => {
    if (step.reader.faults.isFull) return [];
    const fault = (code: 'UnknownStep' | 'NoGate' | 'GateObserves', message: string, candidate?: string) =>
      step.reader.fault(code, ['requires', at], message, candidate) ?? [];
    const gate = index.byName.get(value);
    if (gate === undefined) {
      const { suggestion } = didYouMean(value, index.byName.keys());
      return fault('UnknownStep', `there is no step "${value}" to require`, suggestion);
    }
    // A type that is not known has been reported.
    if (gate.stepType !== undefined && !gate.stepType.isGate) {
      const { suggestion } = didYouMean(value, gateNames(index));
      const message = `step "${value}" is no gate: the step type ${gate.type} gives no verdict`;
      return fault('NoGate', message, suggestion);
    }
    if (gate.properties['mode'] === 'observe') {
      const message = `the gate "${value}" only observes and never opens; give it \`mode: enforce\`, or remove it here`;
      return fault('GateObserves', message);
    }
    return [{ gate, at }];
  });
}

function gateNames({ steps }: StepIndex): readonly string[] {
  return steps.filter(({ stepType }) => stepType?.isGate === true).map(({ name }) => name);
}
