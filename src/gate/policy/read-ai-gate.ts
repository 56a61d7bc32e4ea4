import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { defaultAgreement, defaultVotes, type CriteriaRules, type Criterion } from '../judge/criteria.ts';
import { splitPolicy, type SplitPolicy } from '../judge/split-policy.ts';
import type { AiGatePolicy, CalibrationDemand, JudgeWish, VotesBudget } from './ai-gate-policy.ts';
import { durationAt, has, isTrueAt, listAt, numberAt, objectAt, textAt } from './loose-reading.ts';
import type { GatePolicy } from './policy.ts';
import { readPolicy } from './read-policy.ts';

/** The fields that a verdict depends on: not what is judged, not how rules are measured, and no key of a server. */
const decisive = [
  'rules',
  'criteria',
  'policy',
  'threshold',
  'votes',
  'minAgreement',
  'anchors',
  'calibration',
  'notJudgedBy',
  'cache',
  'budget',
  'onError',
  'onWarn',
  'onInconclusive',
  'mode',
  'validFor',
  'deadline',
] as const;

/** The typed form of parameters that were checked and have their defaults. */
export function readAiGate(given: JsonObject): AiGatePolicy {
  const asked = criteriaOf(given);
  const text = decisiveText(given);
  return {
    ...readCriteriaRules(given, asked.ok ? asked.criteria : []),
    onWarn: (textAt(given, 'onWarn') ?? 'suspend') as GatePolicy['onWarn'],
    onInconclusive: (textAt(given, 'onInconclusive') ?? 'suspend') as GatePolicy['onInconclusive'],
    onError: (textAt(given, 'onError') ?? 'block') as 'block' | 'suspend',
    mode: (textAt(given, 'mode') ?? 'enforce') as GatePolicy['mode'],
    validForMs: durationAt(given, 'validFor') ?? 3_600_000,
    deadlineMs: durationAt(given, 'deadline') ?? 600_000,
    text,
    rules: rulesOf(given),
    judge: readJudge(objectAt(given, 'judge')),
    hasAnchors: textAt(given, 'anchors') !== 'none',
    calibration: readCalibration(objectAt(given, 'calibration')),
    notJudgedBy: listAt(given, 'notJudgedBy').flatMap((each) =>
      typeof each === 'string' ? [each.toLowerCase()] : [],
    ),
    isCached: textAt(given, 'cache') !== 'none',
    budget: readBudget(objectAt(given, 'budget')),
  };
}

/** The criteria as they are written, or those of the policy in words. */
export function criteriaOf(given: JsonObject): SplitPolicy {
  const policy = textAt(given, 'policy');
  if (policy !== undefined) return splitPolicy(policy);
  return { ok: true, criteria: listAt(given, 'criteria').map(readCriterion) };
}

export function readCriteriaRules(given: JsonObject, criteria: readonly Criterion[]): CriteriaRules {
  const [votes, agreement] = [objectAt(given, 'votes'), objectAt(given, 'minAgreement')];
  const n = numberAt(votes, 'count') ?? defaultVotes.n;
  return {
    criteria,
    threshold: numberAt(given, 'threshold') ?? 100,
    votes: { n, need: numberAt(votes, 'need') ?? n },
    minAgreement: {
      key: numberAt(agreement, 'key') ?? defaultAgreement.key,
      others: numberAt(agreement, 'others') ?? defaultAgreement.others,
    },
  };
}

function readCriterion(value: Json): Criterion {
  return {
    id: textAt(value, 'id') ?? '',
    question: textAt(value, 'question') ?? '',
    pass: objectField(value, 'pass') === false || textAt(value, 'pass') === 'no' ? 'no' : 'yes',
    weight: numberAt(value, 'weight') ?? 1,
    key: isTrueAt(value, 'key'),
    quote: objectField(value, 'quote') !== false,
  };
}

function objectField(value: Json, key: string): Json | undefined {
  return isObject(value) ? value[key] : undefined;
}

/** The record of a calibration is proof, not policy: it names the digest of the policy itself. */
function decisiveText(given: JsonObject): JsonObject {
  const kept = Object.fromEntries(
    decisive.flatMap((name) => (has(given, name) ? [[name, given[name] as Json] as const] : [])),
  );
  const { set: _set, ...calibration } = objectAt(given, 'calibration');
  const { model, server, params } = objectAt(given, 'judge');
  const judge = { model, server, params };
  return { ...kept, calibration, judge: present(judge) };
}

function present(fields: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

/** Every rule is a key that must pass: none of them adds up with another. */
function rulesOf(given: JsonObject): GatePolicy | undefined {
  const rules = listAt(given, 'rules');
  if (rules.length === 0) return undefined;
  const { mode, validFor, deadline } = given;
  const text = present({ objectives: rules, mode, validFor, deadline });
  const policy = readPolicy(text);
  return {
    ...policy,
    objectives: policy.objectives.map((each) => (each.weight === 0 ? each : { ...each, key: true })),
  };
}

function readJudge(value: JsonObject): JudgeWish {
  const params = objectAt(value, 'params');
  const [model, server, baseUrl] = [
    textAt(value, 'model'),
    textAt(value, 'server'),
    textAt(value, 'baseUrl'),
  ];
  return {
    ...(model === undefined ? {} : { model }),
    ...(server === undefined ? {} : { server }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    temperature: numberAt(params, 'temperature') ?? 0,
    maxOutputTokens: numberAt(params, 'maxOutputTokens') ?? 4096,
    timeoutMs: durationAt(params, 'timeout') ?? 120_000,
  };
}

function readCalibration(value: JsonObject): CalibrationDemand {
  return {
    set: has(value, 'set') ? objectAt(value, 'set') : undefined,
    minSpecificity: numberAt(value, 'minSpecificity') ?? 0.8,
    minBadCases: numberAt(value, 'minBadCases') ?? 30,
    maxAgeMs: durationAt(value, 'maxAge') ?? 90 * 24 * 3_600_000,
    required: isTrueAt(value, 'required'),
  };
}

/** Less than a millionth of a dollar is nothing. */
function readBudget(value: JsonObject): VotesBudget {
  const [calls, tokens, cost] = [
    numberAt(value, 'calls'),
    numberAt(value, 'tokens'),
    numberAt(value, 'cost'),
  ];
  return {
    ...(calls === undefined ? {} : { calls }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(cost === undefined ? {} : { microDollars: Math.floor(cost * 1e6) }),
  };
}
