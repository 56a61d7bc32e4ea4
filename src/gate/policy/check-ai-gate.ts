import { parseDuration } from '../../api/duration.ts';
import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import { compileCheck } from '../../step-types/schema/parameter-check.ts';
import { checkCriteria, lintQuestions } from '../judge/criteria.ts';
import { aiGateSchema } from './ai-gate-schema.ts';
import type { AiGatePolicy } from './ai-gate-policy.ts';
import { checkObjective } from './check-objective.ts';
import { checkSources } from './check-sources.ts';
import { durationAt, has, listAt, objectAt, textAt } from './loose-reading.ts';
import { policyFault, type AddFault, type IsFilled, type PolicyFault } from './policy-fault.ts';
import { criteriaOf, readAiGate, readCriteriaRules } from './read-ai-gate.ts';

const defaultDeadline = '10m';
/** The fields of `evidence` that hold any; the others say how much and how. */
const shows: ReadonlySet<string> = new Set(['target', 'items']);

export type CheckedAiGate =
  /** `parameters` with their defaults. */
  | { readonly ok: true; readonly policy: AiGatePolicy; readonly parameters: JsonObject }
  | { readonly ok: false; readonly faults: readonly PolicyFault[] };

/** Checks the parameters of an `ai-gate` and fills in defaults; every fault at once. */
export type AiGateCheck = (parameters: Json) => CheckedAiGate;

/** Compiles the schema once; the check itself is pure. */
export async function createAiGateCheck(): Promise<AiGateCheck> {
  const check = await compileCheck(aiGateSchema, 'an ai-gate');
  return (parameters) => {
    const shape = check(parameters);
    const faults = shape.ok
      ? []
      : shape.faults.map(({ path, code, message, suggestion }) =>
          policyFault(
            path,
            code,
            suggestion === undefined ? message : `${message}; did you mean "${suggestion}"?`,
          ),
        );
    const all = withoutRepeats([...faults, ...aiGateFaults(parameters, () => false)]);
    if (!shape.ok || all.length > 0) return { ok: false, faults: all };
    const given = shape.value as JsonObject;
    return { ok: true, policy: readAiGate(given), parameters: given };
  };
}

/** What the schema cannot say about the parameters of an ai-gate. */
export function aiGateFaults(parameters: Json, isFilled: IsFilled): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  if (isObject(parameters)) {
    const add: AddFault = (path, code, message) => faults.push(policyFault(path, code, message));
    checkRules(parameters, add);
    checkSources(parameters, 'rules', add, isFilled);
    checkWhatIsAsked(parameters, add, isFilled);
    checkJudging(parameters, add, isFilled);
  }
  return faults;
}

function checkRules(gate: JsonObject, add: AddFault): void {
  const deadlineMs = durationAt(gate, 'deadline') ?? parseDuration(defaultDeadline) ?? 0;
  const seen = new Set<string>();
  listAt(gate, 'rules').forEach((each, index) => {
    checkObjective(each, ['rules', index], deadlineMs, add);
    if (has(each, 'compare'))
      add(
        ['rules', index, 'compare'],
        'NoComparison',
        'rules of an ai-gate do not compare with earlier runs: put this one into a `gate` before it',
      );
    const id = textAt(each, 'id');
    if (id !== undefined && seen.has(id))
      add(['rules', index, 'id'], 'DuplicateId', `"${id.slice(0, 80)}" is the id of an earlier rule, too`);
    seen.add(id ?? '');
  });
  for (const name of ['validFor', 'deadline'])
    if (durationAt(gate, name) === 0) add([name], 'NoTime', `\`${name}\` must be longer than nothing`);
}

function checkWhatIsAsked(gate: JsonObject, add: AddFault, isFilled: IsFilled): void {
  const given = ['criteria', 'policy'].filter((each) => has(gate, each) || isFilled([each]));
  if (given.length !== 1) {
    const what = given.length === 0 ? 'neither is given' : 'both are given';
    add([], 'NotOneQuestion', `exactly one of \`criteria\` and \`policy\` is needed; ${what}`);
    return;
  }
  if (given.some((each) => isFilled([each]))) return;
  const asked = criteriaOf(gate);
  if (!asked.ok) {
    add(['policy'], 'PolicyNotSplit', asked.message);
    return;
  }
  const ids = new Set(listAt(gate, 'rules').map((each) => textAt(each, 'id')));
  asked.criteria.forEach(({ id }, index) => {
    if (given[0] === 'criteria' && ids.has(id))
      add(['criteria', index, 'id'], 'DuplicateId', `"${id.slice(0, 80)}" is the id of a rule, too`);
  });
  for (const { path, code, message } of checkCriteria(readCriteriaRules(gate, asked.criteria)))
    add(pathOf(path), code, message);
}

function checkJudging(gate: JsonObject, add: AddFault, isFilled: IsFilled): void {
  const hasItems = Object.keys(objectAt(gate, 'evidence')).some((key) => shows.has(key));
  if (!hasItems && !hasManifest(gate) && !isFilled(['evidence']) && !isFilled(['subject']))
    add(
      ['evidence'],
      'NoEvidence',
      'name a `target`, give `items`, or give the subject as manifests: there is nothing that the judge could see',
    );
  if (textAt(gate, 'anchors') === 'none' && textAt(gate, 'mode') !== 'observe')
    add(
      ['anchors'],
      'AnchorsOff',
      'without anchors nothing shows that the judge is awake: they are left out only with `mode: observe`',
    );
  const calibration = objectAt(gate, 'calibration');
  if (calibration['required'] === true && !has(calibration, 'set') && !isFilled(['calibration', 'set']))
    add(['calibration', 'set'], 'NoCalibration', 'a calibration is required, so `set` must give its record');
}

function hasManifest(gate: JsonObject): boolean {
  const subject = gate['subject'];
  const all = Array.isArray(subject) ? (subject as readonly Json[]) : [subject];
  return all.some((each) => isObject(each) && isObject(each['metadata']));
}

/**
 * What is allowed and unwise in the parameters of an ai-gate, for `vet`: what can be judged by rules alone should be, and a
 * question should ask one thing.
 */
export function aiGateWarnings(parameters: Json, isFilled: IsFilled): readonly PolicyFault[] {
  if (!isObject(parameters)) return [];
  const warnings: PolicyFault[] = [];
  if (listAt(parameters, 'rules').length === 0 && !isFilled(['rules']))
    warnings.push(
      policyFault(
        [],
        'JudgeAlone',
        'the judge is the only guard: a model that is fooled opens this gate; add `rules` for what code can decide',
      ),
    );
  const asked = criteriaOf(parameters);
  const criteria = asked.ok ? asked.criteria : [];
  const { votes } = readCriteriaRules(parameters, criteria);
  if (votes.need < votes.n)
    warnings.push(
      policyFault(
        ['votes', 'need'],
        'NotUnanimous',
        'judges err to the side of yes, and all their votes in the same way: need every vote before something is deployed',
      ),
    );
  const lint = textAt(parameters, 'policy') === undefined ? lintQuestions(criteria) : [];
  return [...warnings, ...lint];
}

/** What the schema says already need not be said again by a rule over the same field. */
function withoutRepeats(faults: readonly PolicyFault[]): readonly PolicyFault[] {
  return faults.filter(({ path }, index) => faults.findIndex((each) => each.path === path) === index);
}

/** `criteria[2].id` as its parts. */
function pathOf(path: string): readonly (string | number)[] {
  const parts = path.split(/[.[\]]+/).filter((part) => part !== '');
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
