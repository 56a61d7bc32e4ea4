export type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

export const operators: readonly Operator[] = ['<', '<=', '>', '>=', '==', '!='];

/**
 * What a condition compares: the value, its difference from the baseline, or that difference in percent of the baseline. The
 * sign gives the direction: `{of: percent, op: <=, value: 10}` allows ten percent more.
 */
export type Compared = 'value' | 'change' | 'percent';

export interface NumberCondition {
  readonly of: Compared;
  readonly op: Operator;
  readonly value: number;
}

/** A CUE expression that is true or false. Whoever measures evaluates it; here its answer comes in with the sample. */
export interface CueCondition {
  readonly cue: string;
}

export type Condition = NumberCondition | CueCondition;

export function isCue(condition: Condition): condition is CueCondition {
  return 'cue' in condition;
}

/** The one place where numbers of a gate are compared; `>=` holds for equals. False for anything that is not finite. */
export function holds(left: number, op: Operator, right: number): boolean {
  if (!Number.isFinite(left) || !Number.isFinite(right)) return false;
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '==':
      return left === right;
    case '!=':
      return left !== right;
  }
}

/** As people read it, such as `value <= 0.01`, `change < 5`, `change <= 10%` or the CUE text. */
export function conditionText(condition: Condition): string {
  if (isCue(condition)) return condition.cue;
  const [what, unit] = condition.of === 'percent' ? ['change', '%'] : [condition.of, ''];
  return `${what} ${condition.op} ${condition.value}${unit}`;
}
