import { conditionText, holds, isCue, type Condition } from '../condition.ts';
import type { Objective } from '../policy/policy.ts';
import type { Baseline } from './baseline.ts';
import type { Sample } from './gate-input.ts';
import { readValue, type ReadValue } from './read-value.ts';

/** What one sample says about its objective. */
export interface SampleResult {
  readonly result: 'pass' | 'warn' | 'fail' | 'missing' | 'inconclusive' | 'error';
  readonly value: number | string | boolean | null;
  readonly message: string;
}

/** A condition that could not be decided says why; one that is left out because there is no baseline is `left out`. */
type Truth = boolean | 'left out' | { readonly kind: 'inconclusive' | 'error'; readonly why: string };

export function judgeSample(
  objective: Objective,
  sample: Sample,
  baseline: Baseline | undefined,
  fromMs: number | undefined,
): SampleResult {
  if (sample.error !== undefined) return { result: 'error', value: null, message: sample.error };
  const read = valueOfSample(objective, sample, fromMs);
  if (read.kind === 'missing') return { result: 'missing', value: null, message: read.why };
  const { value } = read;
  const truths = (list: readonly Condition[]): readonly Truth[] =>
    list
      .map((each) => truthOf(each, value, sample, objective, baseline))
      .filter((truth) => truth !== 'left out');
  const [pass, warn, fail] = [truths(objective.pass), truths(objective.warn), truths(objective.fail)];
  const broken = [...pass, ...warn, ...fail].find((each) => isUndecided(each, 'error'));
  if (typeof broken === 'object') return { result: 'error', value, message: broken.why };
  if (allHold(fail)) return { result: 'fail', value, message: `${shown(objective.fail)} holds` };
  if (pass.includes(false)) return notPassed(objective, value, warn, fail);
  const unsure = pass.find((each) => isUndecided(each, 'inconclusive'));
  if (typeof unsure === 'object') return { result: 'inconclusive', value, message: unsure.why };
  if (allHold(pass)) return { result: 'pass', value, message: `${shown(objective.pass)} holds` };
  return { result: 'inconclusive', value, message: 'no condition is left without a baseline' };
}

/** The one value of a sample that did not fail, as the conditions of its objective see it. */
export function valueOfSample(objective: Objective, sample: Sample, fromMs: number | undefined): ReadValue {
  const conditions = [...objective.pass, ...objective.warn, ...objective.fail];
  const how = 'metric' in objective.source ? objective.source.metric.aggregate : undefined;
  const asNumber = conditions.length === 0 || !conditions.every(isCue);
  return readValue(sample, how, asNumber, fromMs);
}

function notPassed(
  objective: Objective,
  value: SampleResult['value'],
  warn: readonly Truth[],
  fail: readonly Truth[],
): SampleResult {
  if (allHold(warn))
    return {
      result: 'warn',
      value,
      message: `only ${shown(objective.warn)} holds, not ${shown(objective.pass)}`,
    };
  const unsure = [...warn, ...fail].find((each) => isUndecided(each, 'inconclusive'));
  if (typeof unsure === 'object' && !warn.includes(false))
    return { result: 'inconclusive', value, message: unsure.why };
  if (objective.fail.length > 0)
    return {
      result: 'inconclusive',
      value,
      message: `neither ${shown(objective.pass)} nor ${shown(objective.fail)} holds`,
    };
  return { result: 'fail', value, message: `${shown(objective.pass)} does not hold` };
}

function truthOf(
  condition: Condition,
  value: number | string | boolean,
  sample: Sample,
  objective: Objective,
  baseline: Baseline | undefined,
): Truth {
  if (isCue(condition)) return cueTruth(condition.cue, sample, objective, baseline);
  if (typeof value !== 'number') return { kind: 'error', why: 'the value is no number' };
  if (condition.of === 'value') return holds(value, condition.op, condition.value);
  if (baseline === undefined) {
    if (objective.compare?.onNoBaseline === 'absolute') return 'left out';
    return { kind: 'inconclusive', why: 'there is no earlier passed run of this policy to compare with' };
  }
  const change = value - baseline.value;
  if (condition.of === 'change') return holds(change, condition.op, condition.value);
  if (baseline.value <= 0)
    return { kind: 'inconclusive', why: `a change in percent of ${baseline.value} says nothing` };
  // Multiplied out, so that nothing is lost to a division.
  return holds(change * 100, condition.op, condition.value * baseline.value);
}

function cueTruth(cue: string, sample: Sample, objective: Objective, baseline: Baseline | undefined): Truth {
  const { truths } = sample;
  const truth: unknown = truths !== undefined && Object.hasOwn(truths, cue) ? truths[cue] : undefined;
  if (typeof truth === 'boolean') return truth;
  return objective.compare !== undefined && baseline === undefined
    ? { kind: 'inconclusive', why: 'there is no earlier passed run of this policy to compare with' }
    : { kind: 'error', why: `the condition ${cue.slice(0, 80)} did not come to true or false` };
}

function isUndecided(truth: Truth, kind: 'inconclusive' | 'error'): boolean {
  return typeof truth === 'object' && truth.kind === kind;
}

/** None at all is not enough. */
function allHold(truths: readonly Truth[]): boolean {
  return truths.length > 0 && truths.every((each) => each === true);
}

function shown(conditions: readonly Condition[]): string {
  return conditions.map(conditionText).join(' and ');
}
