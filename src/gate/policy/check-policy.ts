import { parseDuration } from '../../api/duration.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { compileCheck } from '../../step-types/schema/parameter-check.ts';
import { checkFreezeWindow } from '../freeze/recurrence.ts';
import { checkObjective, weightOf } from './check-objective.ts';
import { checkSources } from './check-sources.ts';
import { durationAt, has, listAt, numberAt, objectAt, textAt } from './loose-reading.ts';
import { policyFault, type AddFault, type IsFilled, type PolicyFault } from './policy-fault.ts';
import { gateSchema } from './policy-schema.ts';
import { readPolicy } from './read-policy.ts';
import type { GatePolicy } from './policy.ts';
import { parseTime } from '../../api/rfc3339.ts';

const longestMuteMs = 90 * 24 * 3_600_000;
const defaultDeadline = '10m';
const maxSamples = 2000;

export type CheckedPolicy =
  /** `parameters` with their defaults. */
  | { readonly ok: true; readonly policy: GatePolicy; readonly parameters: JsonObject }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/** Checks the parameters of a `gate` and fills in defaults; every fault at once. `nowMs` is what mutes are measured from. */
export type PolicyCheck = (parameters: Json, nowMs: number) => CheckedPolicy;

/** Compiles the schema once; the check itself is pure. */
export async function createPolicyCheck(): Promise<PolicyCheck> {
  const check = await compileCheck(gateSchema, 'a gate');
  return (parameters, nowMs) => {
    const shape = check(parameters);
    const faults = shape.ok
      ? []
      : shape.faults.map((each) =>
          policyFault(
            each.path,
            each.code,
            each.suggestion === undefined
              ? each.message
              : `${each.message}; did you mean "${each.suggestion}"?`,
          ),
        );
    const all = [...faults, ...ruleFaults(parameters, nowMs, () => false)];
    if (!shape.ok || all.length > 0) return { ok: false, faults: all };
    const { subject: _subject, values: _values, reports: _reports, ...text } = shape.value as JsonObject;
    return { ok: true, policy: readPolicy(text), parameters: shape.value as JsonObject };
  };
}

/**
 * What the schema cannot say about the parameters of a gate. Without `nowMs`, nothing that depends on the time is said: a plan
 * may be checked long before it runs.
 */
export function ruleFaults(
  parameters: Json,
  nowMs: number | undefined,
  isFilled: IsFilled,
): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  const add: AddFault = (path, code, message) => faults.push(policyFault(path, code, message));
  if (isObject(parameters)) {
    checkRules(parameters, nowMs, add, isFilled);
    checkSources(parameters, 'objectives', add, isFilled);
  }
  return faults;
}

/** What is allowed and unwise, for `vet`. */
export function policyWarnings(parameters: JsonObject): readonly PolicyFault[] {
  const { subject } = parameters;
  const items = Array.isArray(subject) ? (subject as readonly Json[]) : [subject];
  if (!items.some((each) => typeof each === 'string')) return [];
  const message =
    'a name stands for nothing that could be applied: no step that requires this gate may apply anything; give manifests, or the `subject` of a step that applied them';
  return [policyFault(['subject'], 'SubjectIsName', message)];
}

function checkRules(gate: JsonObject, nowMs: number | undefined, add: AddFault, isFilled: IsFilled): void {
  const deadlineMs = durationAt(gate, 'deadline') ?? parseDuration(defaultDeadline) ?? 0;
  listAt(gate, 'objectives').forEach((each, index) =>
    checkObjective(each, ['objectives', index], deadlineMs, add),
  );
  checkIds(gate, add);
  checkAmount(gate, add);
  checkCounted(gate, nowMs, add);
  checkTotal(gate, add);
  const isKnown = (id: string): boolean =>
    isFilled(['objectives']) || listAt(gate, 'objectives').some((each) => textAt(each, 'id') === id);
  listAt(gate, 'mute').forEach((each, index) => checkMute(gate, each, index, nowMs, isKnown, add));
  for (const name of ['validFor', 'deadline'])
    if (durationAt(gate, name) === 0) add([name], 'NoTime', `\`${name}\` must be longer than nothing`);
  listAt(objectAt(gate, 'freeze'), 'windows').forEach((each, index) =>
    checkFreezeWindow(each, ['freeze', 'windows', index], add),
  );
}

function checkIds(gate: JsonObject, add: AddFault): void {
  const seen = new Map<string, number>();
  listAt(gate, 'objectives').forEach((each, index) => {
    const id = textAt(each, 'id');
    if (id === undefined) return;
    const first = seen.get(id);
    if (first === undefined) seen.set(id, index);
    else
      add(
        ['objectives', index, 'id'],
        'DuplicateId',
        `"${id.slice(0, 80)}" is the id of objectives[${first}], too`,
      );
  });
}

/** All measurements are kept until the verdict, in the state of the run. */
function checkAmount(gate: JsonObject, add: AddFault): void {
  const counts = listAt(gate, 'objectives').map((each) => numberAt(objectAt(each, 'samples'), 'count') ?? 1);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > maxSamples)
    add(
      ['objectives'],
      'TooManySamples',
      `these are ${total} measurements; a gate may make ${maxSamples}: take longer intervals, or aggregate in the query`,
    );
}

function checkCounted(gate: JsonObject, nowMs: number | undefined, add: AddFault): void {
  const objectives = listAt(gate, 'objectives');
  if (objectives.length === 0) return;
  const counted = objectives.filter((each) => weightOf(each) > 0);
  const muted = new Set(
    listAt(gate, 'mute')
      .filter((each) => (parseTime(textAt(each, 'until') ?? '') ?? 0) > (nowMs ?? 0))
      .map((each) => textAt(each, 'id')),
  );
  if (counted.length === 0)
    add(['objectives'], 'NothingCounted', 'no objective counts: all are for information, so nothing decides');
  else if (nowMs !== undefined && counted.every((each) => muted.has(textAt(each, 'id'))))
    add(['mute'], 'NothingCounted', 'every objective that counts is muted, so nothing decides');
}

function checkTotal(gate: JsonObject, add: AddFault): void {
  const total = objectAt(gate, 'total');
  const [pass, warn] = [numberAt(total, 'pass') ?? 100, numberAt(total, 'warn')];
  if (warn !== undefined && warn >= pass)
    add(['total', 'warn'], 'WarnNotBelowPass', `\`warn\` (${warn}) must be below \`pass\` (${pass})`);
}

function checkMute(
  gate: JsonObject,
  mute: Json,
  index: number,
  nowMs: number | undefined,
  isKnown: (id: string) => boolean,
  add: AddFault,
): void {
  const id = textAt(mute, 'id');
  const others = listAt(gate, 'mute').slice(0, index);
  if (id !== undefined && !isKnown(id))
    add(['mute', index, 'id'], 'MuteOfNothing', `no objective has the id "${id.slice(0, 80)}"`);
  if (id !== undefined && others.some((each) => textAt(each, 'id') === id))
    add(['mute', index, 'id'], 'DuplicateMute', `"${id.slice(0, 80)}" is muted twice`);
  const until = textAt(mute, 'until');
  if (!has(mute, 'until') || until === undefined) return;
  const untilMs = parseTime(until);
  if (untilMs === undefined)
    add(['mute', index, 'until'], 'NotATime', '`until` must be a time such as 2027-01-31T00:00:00Z');
  else if (nowMs === undefined) return;
  else if (!Number.isFinite(nowMs))
    add(['mute', index, 'until'], 'NoClock', 'without a clock no mute can be accepted');
  else if (untilMs - nowMs > longestMuteMs)
    add(['mute', index, 'until'], 'MuteTooLong', 'a mute may last at most 90 days');
}
