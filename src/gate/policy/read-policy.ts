import type { Json, JsonObject } from '../../api/json.ts';
import type { Aggregate } from '../aggregate.ts';
import { durationAt, has, isTrueAt, listAt, numberAt, objectAt, textAt } from './loose-reading.ts';
import { weightOf } from './check-objective.ts';
import type {
  Comparison,
  FreezeWindow,
  GatePolicy,
  Mute,
  Objective,
  Samples,
  ValueSource,
} from './policy.ts';
import { readConditions } from './read-conditions.ts';
import { parseTime } from '../../api/rfc3339.ts';

/** The typed form of parameters that were checked and have their defaults. */
export function readPolicy(text: JsonObject): GatePolicy {
  const total = objectAt(text, 'total');
  const warn = numberAt(total, 'warn');
  return {
    objectives: listAt(text, 'objectives').map(readObjective),
    total: { pass: numberAt(total, 'pass') ?? 100, ...(warn === undefined ? {} : { warn }) },
    minCoverage: numberAt(text, 'minCoverage') ?? 100,
    onWarn: (textAt(text, 'onWarn') ?? 'suspend') as GatePolicy['onWarn'],
    onInconclusive: (textAt(text, 'onInconclusive') ?? 'suspend') as GatePolicy['onInconclusive'],
    mode: (textAt(text, 'mode') ?? 'enforce') as GatePolicy['mode'],
    mute: listAt(text, 'mute').map(readMute),
    validForMs: durationAt(text, 'validFor') ?? 3_600_000,
    deadlineMs: durationAt(text, 'deadline') ?? 600_000,
    freeze: listAt(objectAt(text, 'freeze'), 'windows').map(readWindow),
    text,
  };
}

function readObjective(value: Json): Objective {
  const object = value as JsonObject;
  const [describe, unit] = [textAt(value, 'describe'), textAt(value, 'unit')];
  return {
    id: textAt(value, 'id') ?? '',
    ...(describe === undefined ? {} : { describe }),
    ...(unit === undefined ? {} : { unit }),
    source: objectAt(value, 'value') as unknown as ValueSource,
    pass: readConditions(object['pass']),
    warn: readConditions(object['warn']),
    fail: readConditions(object['fail']),
    weight: weightOf(value),
    key: isTrueAt(value, 'key'),
    onMissing: (textAt(value, 'onMissing') ?? 'fail') as Objective['onMissing'],
    ...(has(value, 'compare') ? { compare: readComparison(objectAt(value, 'compare')) } : {}),
    samples: readSamples(objectAt(value, 'samples')),
  };
}

function readComparison(value: JsonObject): Comparison {
  const kind = (textAt(value, 'with') ?? 'lastPassed') as Comparison['with'];
  return {
    with: kind,
    count: kind === 'lastPassed' ? 1 : (numberAt(value, 'count') ?? 5),
    aggregate: (textAt(value, 'aggregate') ?? 'avg') as Aggregate,
    onNoBaseline: (textAt(value, 'onNoBaseline') ?? 'inconclusive') as Comparison['onNoBaseline'],
  };
}

function readSamples(value: JsonObject): Samples {
  const consecutiveSuccess = numberAt(value, 'consecutiveSuccess');
  return {
    count: numberAt(value, 'count') ?? 1,
    intervalMs: durationAt(value, 'interval') ?? 0,
    initialDelayMs: durationAt(value, 'initialDelay') ?? 0,
    failureLimit: numberAt(value, 'failureLimit') ?? 0,
    errorLimit: numberAt(value, 'errorLimit') ?? 3,
    ...(consecutiveSuccess === undefined ? {} : { consecutiveSuccess }),
  };
}

function readMute(value: Json): Mute {
  const [until, by] = [textAt(value, 'until') ?? '', textAt(value, 'by')];
  return {
    id: textAt(value, 'id') ?? '',
    why: textAt(value, 'why') ?? '',
    ...(by === undefined ? {} : { by }),
    until,
    untilMs: parseTime(until) ?? 0,
  };
}

function readWindow(value: Json): FreezeWindow {
  const why = textAt(value, 'why');
  return {
    kind: textAt(value, 'kind') === 'allow' ? 'allow' : 'deny',
    rrule: textAt(value, 'rrule') ?? '',
    tz: textAt(value, 'tz') ?? 'UTC',
    durationMs: durationAt(value, 'duration') ?? 0,
    ...(why === undefined ? {} : { why }),
  };
}
