import { isObject, type JsonObject } from '../api/json.ts';
import type { ParameterFault, StepType } from '../step-types/step-type.ts';
import type { DraftStep } from './draft-step.ts';
import type { FieldPath } from '../yaml/source-document.ts';
import { formatFieldPath } from '../yaml/field-path-text.ts';
import { propertyNames, schemaAt } from './schema-walk.ts';
import { didYouMean } from './suggest.ts';

/** Checks the properties of a step; what inputs will fill is neither missing nor judged before it is there. */
export async function checkParameters(step: DraftStep): Promise<void> {
  const { stepType } = step;
  if (stepType === undefined || stepType.kind === 'group') return;
  const targets = step.inputs.flatMap(({ target }) => (target === undefined ? [] : [target]));
  for (const input of step.inputs)
    if (input.target !== undefined) checkTarget(step, stepType, input.at, input.target);
  const properties = withoutTargets(step.properties, targets);
  const faults = await stepType.checkParameter(properties);
  for (const fault of faults)
    if (!targets.some((target) => concerns(fault, target))) report(step, stepType, fault);
  checkPolicy(step, stepType, properties, faults, targets);
}

/** What is wrong with a policy as a whole; where the schema has said something already, that is enough. */
function checkPolicy(
  { reader }: DraftStep,
  stepType: StepType,
  properties: JsonObject,
  faults: readonly ParameterFault[],
  targets: readonly (readonly (string | number)[])[],
): void {
  const isFilled = (path: readonly (string | number)[]): boolean =>
    targets.some((target) => isAround(path, target));
  for (const { path, severity, message } of stepType.checkPolicy?.(properties, isFilled) ?? []) {
    if (isFilled(path) || faults.some((fault) => formatFieldPath(fault.path) === formatFieldPath(path)))
      continue;
    const at = reader.place('properties', ...path);
    if (severity === 'error') reader.faults.add('BadPolicy', at, message);
    else reader.faults.warn('WeakPolicy', at, message);
  }
}

function report(step: DraftStep, stepType: StepType, fault: ParameterFault): void {
  const { reader } = step;
  const path = ['properties', ...fault.path];
  const isKey = fault.code === 'UnknownParameter';
  const at = isKey ? reader.document.locate([...reader.path, ...path], 'key') : reader.place(...path);
  const severity = isKey && stepType.unknownParameters === 'warn' ? 'warning' : 'error';
  const suggestion = fault.suggestion === undefined ? {} : { suggestion: fault.suggestion };
  reader.faults.add(fault.code, at, fault.message, { severity, ...suggestion });
}

function checkTarget(
  step: DraftStep,
  stepType: StepType,
  input: FieldPath,
  target: readonly (string | number)[],
): void {
  const { reader } = step;
  const isClosed = stepType.unknownParameters === 'refuse';
  for (let length = 1; length <= target.length; length++) {
    if (schemaAt(stepType.parameterSchema, target.slice(0, length), true).kind !== 'none') continue;
    const name = String(target[length - 1]);
    const before = schemaAt(stepType.parameterSchema, target.slice(0, length - 1), true);
    const siblings = before.kind === 'some' ? propertyNames(before.schema) : [];
    const at = reader.place(...input, 'parameterKey');
    const message = `the step type ${step.type} has no parameter "${formatFieldPath(target.slice(0, length))}"`;
    const { suggestion } = didYouMean(name, siblings);
    const meant = suggestion === undefined ? undefined : [...target.slice(0, length - 1), suggestion];
    reader.faults.add('UnknownParameter', at, message, {
      severity: isClosed ? 'error' : 'warning',
      ...(meant === undefined ? {} : { suggestion: formatFieldPath(meant) }),
    });
    return;
  }
}

/** A fault at, under or around what an input fills says nothing yet. */
function concerns(fault: ParameterFault, target: readonly (string | number)[]): boolean {
  if (!isAround(fault.path, target)) return false;
  if (fault.path.length >= target.length) return true;
  return fault.code === 'InvalidParameter';
}

/** Whether one of two paths leads to the other. */
function isAround(one: readonly (string | number)[], two: readonly (string | number)[]): boolean {
  return one.slice(0, two.length).every((segment, index) => segment === two[index]);
}

/** The properties as they will be, but with nothing at the targets: the maps and lists on the way are made. */
function withoutTargets(
  properties: JsonObject,
  targets: readonly (readonly (string | number)[])[],
): JsonObject {
  if (targets.length === 0) return properties;
  const copy = structuredClone(properties) as MutableObject;
  for (const target of targets) clear(copy, target);
  return copy as JsonObject;
}

type MutableObject = Record<string, unknown>;

function clear(root: MutableObject, path: readonly (string | number)[]): void {
  let at: MutableObject | unknown[] = root;
  for (const [depth, segment] of path.entries()) {
    const next = path[depth + 1];
    if (Array.isArray(at) && typeof segment === 'number') {
      while (at.length < segment) at.push({});
      if (next === undefined) return;
      at[segment] = container(at[segment], next);
      at = at[segment] as MutableObject;
    } else if (!Array.isArray(at) && typeof segment === 'string') {
      if (next === undefined) {
        delete at[segment];
        return;
      }
      at[segment] = container(Object.hasOwn(at, segment) ? at[segment] : undefined, next);
      at = at[segment] as MutableObject;
    }
  }
}

/** What stands there if it can hold the key, else a new map or list. */
function container(value: unknown, key: string | number): unknown {
  if (typeof key === 'number') return Array.isArray(value) ? value : [];
  return isObject(value) ? value : {};
}
