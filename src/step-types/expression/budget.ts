import type { Json } from '../../api/json.ts';
import { EvaluationFault } from './evaluation-fault.ts';

export interface BudgetLimits {
  /** Units of work: about one for each node that is evaluated, and one for every hundred characters of text. */
  readonly work: number;
  /** Characters of one text, and of one value written as JSON. */
  readonly size: number;
  /** Levels of lists and objects. */
  readonly depth: number;
}

const defaultLimits: BudgetLimits = { work: 1_000_000, size: 4_000_000, depth: 100 };

/** What one turn of a template may cost. A value is shared, not copied, so a small text could stand for a huge one. */
export class Budget {
  readonly #limits: BudgetLimits;
  #left: number;

  constructor(limits: BudgetLimits = defaultLimits) {
    this.#limits = limits;
    this.#left = limits.work;
  }

  spend(work: number, at: number): void {
    this.#left -= work;
    if (this.#left < 0)
      throw new EvaluationFault('runaway', 'the step type takes too much work to evaluate', at);
  }

  /** Pays for a text of this length before it is made. */
  text(length: number, at: number): void {
    const { size } = this.#limits;
    if (length > size)
      throw new EvaluationFault('runaway', `a text would be longer than ${size} characters`, at);
    this.spend(1 + length / 100, at);
  }

  /** Pays for a walk over the whole value, which must be done before it is written out, compared or copied. */
  value(value: Json, at: number): void {
    const { size, depth } = this.#limits;
    let total = 0;
    const visit = (item: Json, level: number): void => {
      total += typeof item === 'string' ? item.length + 8 : 8;
      if (total > size) throw new EvaluationFault('runaway', `a value is larger than ${size} characters`, at);
      if (typeof item !== 'object' || item === null) return;
      if (level > depth)
        throw new EvaluationFault('runaway', `a value nests deeper than ${depth} levels`, at);
      if (Array.isArray(item)) {
        for (const child of item as readonly Json[]) visit(child, level + 1);
        return;
      }
      for (const [key, child] of Object.entries(item)) {
        total += key.length;
        visit(child, level + 1);
      }
    };
    visit(value, 1);
    this.spend(1 + total / 100, at);
  }
}
