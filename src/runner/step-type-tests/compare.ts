import type { Fault } from '../../api/fault.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { formatFieldPath } from '../../api/field-path.ts';
import { faultText } from '../../engine/turn.ts';
import type { FieldPath, SourceDocument } from '../../yaml/source-document.ts';
import type { AskedRequest, Rehearsal } from './rehearse.ts';
import type { ExpectedRequest, StepTypeTest } from './test-file.ts';

/** Where a rehearsal is not what its test says, each at the line of the test; empty when it passed. */
export async function differences(
  test: StepTypeTest,
  at: FieldPath,
  rehearsal: Rehearsal,
  document: SourceDocument,
): Promise<readonly Fault[]> {
  const found: Fault[] = [];
  const add = (path: FieldPath, message: string): void => {
    found.push({ ...document.locate([...at, ...path]), code: 'Difference', severity: 'error', message });
  };
  for (const { index, message } of rehearsal.misfits) add(['results', index, 'result'], message);
  compareRequests(test.requests, rehearsal.requests, add);
  compareEnd(test, rehearsal, add);
  for (const index of rehearsal.unused) add(['results', index], 'no op asked for this result');
  for (const [expression, wanted] of Object.entries(test.outputs)) {
    // oxlint-disable-next-line no-await-in-loop -- in the order of the text; one engine evaluates them
    const value = await rehearsal.value(expression);
    // As the engine has it: what a step that did not succeed cannot say is null.
    const isNull = !value.ok && rehearsal.end.kind !== 'succeeded';
    if (!value.ok && !isNull) add(['outputs', expression], `it cannot be read: ${faultText(value.faults)}`);
    else compareValue(wanted, value.ok ? value.value : null, ['outputs', expression], 'exact', add);
  }
  return found;
}

type Add = (path: FieldPath, message: string) => void;

function compareRequests(
  expected: readonly ExpectedRequest[] | undefined,
  asked: readonly AskedRequest[],
  add: Add,
): void {
  if (expected === undefined) return;
  for (const [index, wanted] of expected.entries()) {
    const path = ['requests', index];
    const request = asked[index];
    if (request === undefined) {
      add(path, `the template asked for no further op; expected ${wanted.op}`);
      continue;
    }
    const isOther = request.op !== wanted.op || (wanted.path ?? request.path) !== request.path;
    if (isOther) {
      const at = wanted.path === undefined ? '' : ` at "${wanted.path}"`;
      add(path, `expected ${wanted.op}${at}, got ${request.op} at "${request.path}"`);
      continue;
    }
    if (wanted.params !== undefined)
      compareValue(wanted.params, request.params, [...path, 'params'], 'subset', add);
    if (wanted.exactly !== undefined)
      compareValue(wanted.exactly, request.params, [...path, 'exactly'], 'exact', add);
  }
  for (const { op, path, params } of asked.slice(expected.length))
    add(['requests'], `the template also asked for ${op} at "${path}", with ${shown(params)}`);
}

function compareEnd({ end, message }: StepTypeTest, { end: got }: Rehearsal, add: Add): void {
  const says = got.message === '' ? '' : `: ${got.message}`;
  if (got.kind === 'stuck') add(['results'], got.message);
  else if (got.kind !== end) add(['end'], `expected the step to be ${end}, it is ${got.kind}${says}`);
  else if (message !== undefined && !new RegExp(message, 'u').test(got.message))
    add(['message'], `expected a message that matches ${message}, got ${JSON.stringify(got.message)}`);
}

/** `subset`: of objects, also those in lists, only the fields that the test names. */
function compareValue(
  wanted: Json,
  got: Json | undefined,
  path: FieldPath,
  how: 'subset' | 'exact',
  add: Add,
): void {
  if (isObject(wanted) && isObject(got)) return compareObjects(wanted, got, path, how, add);
  if (Array.isArray(wanted) && Array.isArray(got) && wanted.length === got.length) {
    for (const [index, item] of (wanted as readonly Json[]).entries())
      compareValue(item, got[index] as Json, [...path, index], how, add);
    return;
  }
  if (got === undefined) add(path, `expected ${shown(wanted)}; it is not there`);
  else if (stringifyJson(wanted) !== stringifyJson(got))
    add(path, `expected ${shown(wanted)}, got ${shown(got)}`);
}

function compareObjects(
  wanted: JsonObject,
  got: JsonObject,
  path: FieldPath,
  how: 'subset' | 'exact',
  add: Add,
): void {
  for (const [key, value] of Object.entries(wanted))
    compareValue(value, Object.hasOwn(got, key) ? got[key] : undefined, [...path, key], how, add);
  const more = how === 'subset' ? [] : Object.keys(got).filter((key) => !Object.hasOwn(wanted, key));
  for (const key of more) add(path, `there is also ${formatFieldPath([key])}: ${shown(got[key] ?? null)}`);
}

const longestShown = 500;

function shown(value: Json): string {
  const text = stringifyJson(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}
