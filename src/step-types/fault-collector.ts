import type { StepTypeFault } from './step-type.ts';

interface NewFault extends Partial<Omit<StepTypeFault, 'code' | 'message'>> {
  readonly code: string;
  readonly message: string;
  /** The message says all, without the step type's name before it. */
  readonly isComplete?: boolean;
}

const kept = 100;

/** Gathers the faults of one step type. */
export class FaultCollector {
  readonly #name: string;
  readonly #faults: StepTypeFault[] = [];
  hasErrors = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** Without a place it is the start of the file; `severity` is error unless said otherwise. */
  add(fault: NewFault): void {
    const { code, message, isComplete = false, severity = 'error', line = 1, column = 1, path = '' } = fault;
    if (severity === 'error') this.hasErrors = true;
    if (this.#faults.length >= kept) return;
    this.#faults.push({
      code,
      severity,
      line,
      column,
      path,
      message: isComplete ? message : `step type ${this.#name}: ${message}`,
      ...(fault.suggestion === undefined ? {} : { suggestion: fault.suggestion }),
    });
  }

  /** In the order of the text, each fault once. */
  sorted(): readonly StepTypeFault[] {
    const seen = new Map(this.#faults.map((fault) => [JSON.stringify(fault), fault]));
    return [...seen.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
  }
}
