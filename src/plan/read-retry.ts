import { parseDuration } from '../api/duration.ts';
import type { FieldReader } from './field-reader.ts';
import { fieldNames } from '../api/schema/schema-parts.ts';
import { retrySchema } from '../api/schema/step-schema.ts';
import { defaultRetry, retryClasses, type PlannedRetry, type RetryClass } from './plan.ts';
import { didYouMean } from './suggest.ts';

const known = fieldNames(retrySchema);

/** The `retry` of a step. Settings that contradict each other are reported: one of them is not what was meant. */
export function readRetry(step: FieldReader): PlannedRetry {
  const reader = step.child('retry');
  if (reader === undefined) return defaultRetry;
  reader.checkFields(known);
  const delayMs = reader.duration('delay') ?? defaultRetry.delayMs;
  const retry: PlannedRetry = {
    limit: reader.integer('limit', 0, 100) ?? defaultRetry.limit,
    errors: readClasses(reader),
    onStatus: readStatuses(reader),
    delayMs,
    maxDelayMs: reader.duration('maxDelay') ?? Math.max(delayMs, defaultRetry.maxDelayMs),
    factor: reader.number('factor', 1, 10) ?? defaultRetry.factor,
    jitter: reader.number('jitter', 0, 1) ?? defaultRetry.jitter,
    deadlineMs: reader.duration('deadline'),
    attemptTimeoutMs: reader.duration('attemptTimeout'),
  };
  for (const [field, message] of contradictions(reader, retry, step))
    reader.fault('BadRetry', field, message);
  return retry;
}

/** Fields that cannot mean what they say beside the others, and why. */
function contradictions(
  reader: FieldReader,
  retry: PlannedRetry,
  step: FieldReader,
): readonly (readonly [readonly string[], string])[] {
  const { limit, errors, onStatus, delayMs, maxDelayMs, deadlineMs, attemptTimeoutMs } = retry;
  const found: [readonly string[], string][] = [];
  const idle = ['errors', 'factor', 'jitter', 'deadline'].find((field) => reader.has(field));
  if (limit === 0 && idle !== undefined)
    found.push([[idle], `\`limit: 0\` retries nothing, so \`${idle}\` has no effect; remove one of them`]);
  if (maxDelayMs < delayMs) found.push([['maxDelay'], '`maxDelay` is shorter than `delay`']);
  if (reader.has('errors') && !errors.includes('transient') && onStatus.length > 0)
    found.push([
      ['onStatus'],
      '`onStatus` makes statuses transient, which `errors` does not retry; add `transient`',
    ]);
  if (reader.has('errors') && errors.includes('timeout') && !reader.has('attemptTimeout'))
    found.push([
      ['errors'],
      '`timeout` is an attempt that took too long; say how long with `attemptTimeout`',
    ]);
  if (deadlineMs !== undefined && deadlineMs <= delayMs * (1 - retry.jitter))
    found.push([['deadline'], '`deadline` has passed before the first retry; make it longer than `delay`']);
  const timeout = readTimeout(step);
  if (attemptTimeoutMs !== undefined && timeout !== undefined && attemptTimeoutMs >= timeout)
    found.push([
      ['attemptTimeout'],
      '`attemptTimeout` is not shorter than the `timeout` of the step, which ends it first',
    ]);
  return found;
}

/** Of the step; what is wrong with it is reported where it is read. */
function readTimeout(step: FieldReader): number | undefined {
  const { timeout } = step.value;
  return typeof timeout === 'string' ? parseDuration(timeout) : undefined;
}

function readClasses(reader: FieldReader): readonly RetryClass[] {
  if (!reader.has('errors')) return defaultRetry.errors;
  const listed = reader.texts('errors');
  if (listed.length === 0 && reader.list('errors')?.length === 0)
    reader.fault(
      'BadRetry',
      ['errors'],
      '`errors` is empty; write `limit: 0` for a step that is not retried',
    );
  return listed.flatMap(({ value, index }) => {
    const named = retryClasses.find((each) => each === value);
    if (named !== undefined) return [named];
    const { suggestion } = didYouMean(value, retryClasses);
    const message = `"${value}" is no class of errors: there are ${retryClasses.join(', ')}`;
    reader.fault('BadRetry', ['errors', index], message, suggestion);
    return [];
  });
}

function readStatuses(reader: FieldReader): readonly number[] {
  return (reader.list('onStatus') ?? []).flatMap((value, index) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599) return [value];
    reader.fault(
      'BadRetry',
      ['onStatus', index],
      'an item of `onStatus` must be an HTTP status from 100 to 599',
    );
    return [];
  });
}
