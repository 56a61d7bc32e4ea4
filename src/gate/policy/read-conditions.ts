import { isObject, type Json } from '../../api/json.ts';
import { isCue, type Condition, type NumberCondition, type Operator } from '../condition.ts';
import { numberAt, textAt } from './loose-reading.ts';
import type { AddFault, Path } from './policy-fault.ts';

/** One condition or a list of them; what the schema refuses is left out. */
export function readConditions(value: Json | undefined): readonly Condition[] {
  return entries(value).flatMap(([each]) => {
    const condition = readCondition(each);
    return condition === undefined ? [] : [condition];
  });
}

/** A condition has exactly one form. */
export function checkConditionForms(value: Json | undefined, path: Path, add: AddFault): void {
  for (const [each, index] of entries(value)) {
    if (!isObject(each)) continue;
    const at = index === undefined ? path : [...path, index];
    const hasNumber = 'op' in each || 'value' in each || 'of' in each;
    if ('cue' in each && hasNumber)
      add(at, 'AmbiguousCondition', 'a condition is either `cue` or `op` and `value`, not both');
    else if (!('cue' in each) && !('op' in each && 'value' in each))
      add(at, 'IncompleteCondition', 'a condition needs `op` and `value`, or `cue`');
  }
}

/**
 * A warn condition that is not weaker than the pass condition can never hold where pass does not. Compared where that can be
 * seen: one number condition on each side, on the same thing.
 */
export function checkWarnIsWeaker(
  pass: readonly Condition[],
  warn: readonly Condition[],
  path: Path,
  add: AddFault,
): void {
  const [good, bearable] = [pass[0], warn[0]];
  if (pass.length !== 1 || warn.length !== 1 || good === undefined || bearable === undefined) return;
  if (isCue(good) || isCue(bearable) || good.of !== bearable.of) return;
  const direction = directionOf(good);
  if (direction === 0) return;
  if (directionOf(bearable) !== direction)
    add(path, 'WarnLooksElsewhere', '`warn` must look in the same direction as `pass`');
  else if ((bearable.value - good.value) * direction >= 0 && !isWeakerAtEdge(good, bearable))
    add(path, 'WarnNotBelowPass', '`warn` must be easier to meet than `pass`');
}

function isWeakerAtEdge(good: NumberCondition, bearable: NumberCondition): boolean {
  return good.value === bearable.value && good.op.length === 1 && bearable.op.length === 2;
}

/** 1 where more is better, -1 where less is, 0 where neither. */
function directionOf({ op }: NumberCondition): number {
  if (op === '>' || op === '>=') return 1;
  return op === '<' || op === '<=' ? -1 : 0;
}

function entries(value: Json | undefined): readonly (readonly [Json, number | undefined])[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [[value, undefined]];
  return (value as readonly Json[]).map((each, index) => [each, index] as const);
}

function readCondition(value: Json): Condition | undefined {
  const cue = textAt(value, 'cue');
  if (cue !== undefined) return { cue };
  const [op, right] = [textAt(value, 'op'), numberAt(value, 'value')];
  if (op === undefined || right === undefined) return undefined;
  const of = textAt(value, 'of') ?? 'value';
  return { of: of as NumberCondition['of'], op: op as Operator, value: right };
}
