import type { Json } from '../../api/json.ts';
import { isCue, type Condition } from '../condition.ts';
import { durationAt, has, isTrueAt, numberAt, objectAt, textAt } from './loose-reading.ts';
import type { AddFault, Path } from './policy-fault.ts';
import { checkConditionForms, checkWarnIsWeaker, readConditions } from './read-conditions.ts';

const sources = ['cue', 'metric', 'findings', 'external'];

/** Weight of an objective as it counts: 0 for information. */
export function weightOf(objective: Json): number {
  return isTrueAt(objective, 'info') ? 0 : (numberAt(objective, 'weight') ?? 1);
}

/** What the schema cannot say about one objective. */
export function checkObjective(objective: Json, path: Path, deadlineMs: number, add: AddFault): void {
  checkId(objective, path, add);
  checkSource(objective, path, add);
  checkWeight(objective, path, add);
  checkConditions(objective, path, add);
  checkSamples(objective, path, deadlineMs, add);
}

function checkId(objective: Json, path: Path, add: AddFault): void {
  const id = textAt(objective, 'id');
  if (id !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id))
    add(
      [...path, 'id'],
      'BadId',
      'an id has letters, digits, `.`, `_` and `-`, and begins with a letter or digit',
    );
}

function checkSource(objective: Json, path: Path, add: AddFault): void {
  if (!has(objective, 'value')) return;
  const named = sources.filter((each) => has(objectAt(objective, 'value'), each));
  if (named.length === 1) return;
  const what = named.length === 0 ? 'names none' : `names ${named.join(' and ')}`;
  add([...path, 'value'], 'NotOneSource', `exactly one of ${sources.join(', ')} is needed; this ${what}`);
}

function checkWeight(objective: Json, path: Path, add: AddFault): void {
  const isInfo = isTrueAt(objective, 'info');
  if (isInfo && (numberAt(objective, 'weight') ?? 0) > 0)
    add([...path, 'weight'], 'InfoWithWeight', 'an objective for information has no weight');
  if (isTrueAt(objective, 'key') && weightOf(objective) === 0)
    add(
      [...path, 'key'],
      'KeyWithoutWeight',
      'a key objective must count: it cannot have weight 0 or be for information',
    );
  if (textAt(objective, 'onMissing') === 'ignore' && weightOf(objective) > 0)
    add(
      [...path, 'onMissing'],
      'MissingIgnored',
      'a value that counts cannot be ignored when it is missing; only one with weight 0 can',
    );
}

function checkConditions(objective: Json, path: Path, add: AddFault): void {
  const conditions: Readonly<Record<string, readonly Condition[]>> = Object.fromEntries(
    ['pass', 'warn', 'fail'].map((name) => {
      const value = objectAtOrList(objective, name);
      checkConditionForms(value, [...path, name], add);
      return [name, readConditions(value)];
    }),
  );
  if (!has(objective, 'pass')) {
    if (has(objective, 'fail') || has(objective, 'warn'))
      add(path, 'PassMissing', 'say what is good: without `pass`, a value that is nothing would be good');
    else if (!isTrueAt(objective, 'info'))
      add(path, 'PassMissing', '`pass` is needed, or `info: true` where the value is only shown');
  }
  checkWarnIsWeaker(conditions['pass'] ?? [], conditions['warn'] ?? [], [...path, 'warn'], add);
  checkComparison(objective, conditions, path, add);
}

function checkComparison(
  objective: Json,
  conditions: Readonly<Record<string, readonly Condition[]>>,
  path: Path,
  add: AddFault,
): void {
  const all = Object.values(conditions).flat();
  const isRelative = (each: Condition): boolean => !isCue(each) && each.of !== 'value';
  if (!has(objective, 'compare')) {
    for (const [name, own] of Object.entries(conditions))
      if (own.some(isRelative))
        add(
          [...path, name],
          'NoBaselineRule',
          'a condition on the change needs `compare`, which says what it is a change from',
        );
    return;
  }
  if (all.length > 0 && !all.some((each) => isCue(each) || isRelative(each)))
    add([...path, 'compare'], 'UnusedComparison', 'no condition looks at the baseline');
  const isAbsolute = textAt(objectAt(objective, 'compare'), 'onNoBaseline') === 'absolute';
  if (isAbsolute && !(conditions['pass'] ?? []).some((each) => !isRelative(each)))
    add(
      [...path, 'compare', 'onNoBaseline'],
      'NothingAbsolute',
      '`absolute` needs a condition of `pass` on the value itself: nothing would be left to check without a baseline',
    );
}

function checkSamples(objective: Json, path: Path, deadlineMs: number, add: AddFault): void {
  const samples = objectAt(objective, 'samples');
  const at = [...path, 'samples'];
  const count = numberAt(samples, 'count') ?? 1;
  const failureLimit = numberAt(samples, 'failureLimit') ?? 0;
  if (failureLimit >= count)
    add(
      [...at, 'failureLimit'],
      'CannotFail',
      `with ${count} measurements and ${failureLimit} allowed failures this can never fail`,
    );
  if ((numberAt(samples, 'consecutiveSuccess') ?? 0) > count)
    add(
      [...at, 'consecutiveSuccess'],
      'CannotPass',
      `there are only ${count} measurements, so so many passes in a row cannot be`,
    );
  const interval = durationAt(samples, 'interval') ?? 0;
  if (count > 1 && interval <= 0)
    add([...at, 'interval'], 'NoInterval', 'several measurements need an interval');
  const least = (durationAt(samples, 'initialDelay') ?? 0) + interval * (count - 1);
  if (least >= deadlineMs)
    add(at, 'PastDeadline', "these measurements take longer than the gate's `deadline`");
}

function objectAtOrList(value: Json, key: string): Json | undefined {
  return has(value, key) ? (value as { readonly [name: string]: Json })[key] : undefined;
}
