import { formatDuration, parseDuration } from '../../api/duration.ts';
import { SluiceError } from '../../api/errors.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { OpOutcome } from '../../api/op-spec.ts';
import type { Op, OpContext } from '../op.ts';
import { outcomeOfError, terminal } from '../outcome.ts';
import { textParam } from '../param-values.ts';
import { openObject } from '../schema-parts.ts';
import { takeSample, type Asked, type Sampled } from './sample.ts';

const defaults = {
  metricEndpoint: 'http://prometheus-server.o11y-system.svc:9090',
  duration: '5m',
  failDuration: '2m',
} as const;

/**
 * Invariants. P1: `result` is true only when every look since `sinceMs` has found the condition to hold, for `duration`.
 * P2: a look that finds no value counts against the condition. P3: what was found stays until the next look is due, since a
 * wait that sees something new asks its template again at once.
 */
export const promCheck: Op = {
  name: 'prom-check',
  cue: [{ provider: 'metrics', do: 'promCheck' }],
  description:
    'Asks Prometheus for a value and says whether a condition has held, or has not, for long enough. A step type waits with `continue: ${ check.result }` and `after: ${ check.after }`.',
  params: {
    type: 'object',
    required: ['query', 'condition'],
    properties: {
      query: { type: 'string', minLength: 1, description: 'PromQL that gives one value.' },
      metricEndpoint: {
        type: 'string',
        default: defaults.metricEndpoint,
        description: 'Address of the server.',
      },
      condition: {
        type: 'string',
        minLength: 1,
        description:
          'What must be true of the value, such as `>=0.95`: a CUE expression without its left side.',
      },
      duration: {
        type: 'string',
        default: defaults.duration,
        description: 'Go duration for which it must hold without a break.',
      },
      failDuration: {
        type: 'string',
        default: defaults.failDuration,
        description: 'Go duration after which the check has failed if it does not hold.',
      },
    },
    additionalProperties: false,
  },
  result: {
    type: 'object',
    required: ['result', 'failed', 'message', 'after', 'check'],
    properties: {
      result: { type: 'boolean', description: 'It has held for `duration`.' },
      failed: { type: 'boolean', description: 'It has not held for `failDuration`.' },
      message: { type: 'string', description: 'What was found last.' },
      after: { type: 'string', description: 'Go duration until it is looked at again.' },
      check: { ...openObject, description: 'What is asked for and what was found, for the next look.' },
    },
    additionalProperties: false,
  },
  needs: 'network',
  onUnknown: () => 'retry',
  pure: true,
  cueResult(full) {
    if (!isObject(full)) return full;
    const { after: _after, check: _check, ...told } = full;
    return told;
  },
  async perform(params, context) {
    try {
      const asked = readAsked(params);
      const sampled = await takeSample(asked, context);
      // The server may never have been there: that is for retries, not for the time of the check.
      if (sampled.kind === 'error') return sampled.outcome;
      return found(asked, sampled, undefined, context);
    } catch (error) {
      return outcomeOfError(error, 'check of a metric');
    }
  },
  async refresh(recorded, context) {
    const check = readCheck(recorded.result);
    if (check === undefined) return terminal('prom-check: its record is no check');
    if (check.isOver || context.now() < check.nextMs) return { kind: 'ok', result: recorded.result };
    return found(check, await takeSample(check, context), check, context);
  },
};

/** Plain JSON, since the journal keeps it. */
interface Check extends Asked {
  readonly durationMs: number;
  readonly failDurationMs: number;
  readonly holds: boolean;
  /** When it was first found as it is now. */
  readonly sinceMs: number;
  readonly nextMs: number;
  readonly isOver: boolean;
}

type Wanted = Omit<Check, 'holds' | 'sinceMs' | 'nextMs' | 'isOver'>;

function readAsked(params: JsonObject): Wanted {
  return {
    query: textParam(params, 'query', ''),
    metricEndpoint: textParam(params, 'metricEndpoint', defaults.metricEndpoint),
    condition: textParam(params, 'condition', ''),
    durationMs: durationOf(params, 'duration'),
    failDurationMs: durationOf(params, 'failDuration'),
  };
}

function durationOf(params: JsonObject, name: 'duration' | 'failDuration'): number {
  const text = textParam(params, name, defaults[name]);
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new SluiceError('invalid', 'InvalidDuration', `${name}: "${text}" is no duration (write 30s or 5m)`);
}

function readCheck(result: Json): Check | undefined {
  const check = isObject(result) ? result['check'] : undefined;
  return isObject(check) ? (check as unknown as Check) : undefined;
}

function found(wanted: Wanted, sampled: Sampled, last: Check | undefined, context: OpContext): OpOutcome {
  const nowMs = context.now();
  const holds = sampled.kind === 'value' && sampled.holds;
  // P1, P2
  const sinceMs = last !== undefined && last.holds === holds ? last.sinceMs : nowMs;
  const wantedMs = holds ? wanted.durationMs : wanted.failDurationMs;
  const isOver = nowMs - sinceMs >= wantedMs;
  const pauseMs = pauseOf(wanted, sinceMs + wantedMs - nowMs);
  // P3
  const { query, metricEndpoint, condition, durationMs, failDurationMs } = wanted;
  const asked = { query, metricEndpoint, condition, durationMs, failDurationMs };
  const check: Check = { ...asked, holds, sinceMs, nextMs: nowMs + pauseMs, isOver };
  const result = {
    result: holds && isOver,
    failed: !holds && isOver,
    message: describe(condition, sampled, holds, nowMs - sinceMs, wantedMs),
    after: formatDuration(pauseMs),
    check: { ...check },
  };
  return { kind: 'ok', result };
}

/** Twenty looks within the shorter of the two times, and one when the time is up. */
function pauseOf({ durationMs, failDurationMs }: Wanted, leftMs: number): number {
  const steady = Math.min(Math.max(Math.min(durationMs, failDurationMs) / 20, 1000), 30_000);
  return Math.round(Math.min(steady, Math.max(leftMs, 1000)));
}

function describe(
  condition: string,
  sampled: Sampled,
  holds: boolean,
  forMs: number,
  wantedMs: number,
): string {
  const what =
    sampled.kind === 'value' ? `the value ${sampled.text}` : `no value (${sampled.outcome.message})`;
  const verb = holds ? 'meets' : 'does not meet';
  return `${what} ${verb} ${condition.trim()} for ${formatDuration(forMs)} of ${formatDuration(wantedMs)}`;
}
