import { lookUp, parseFieldPath } from '../api/field-path.ts';
import type { Json, JsonObject } from '../api/json.ts';
import { checkList, knownItems } from './check-items.ts';
import { hasContext, unknownContext } from './context-names.ts';
import type { DraftInput, DraftStep } from './draft-step.ts';
import { namesItem } from './item-names.ts';
import { splitFrom, type StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

export interface InputSource {
  readonly input: DraftInput;
  /** The step whose output it is. */
  readonly producer: DraftStep;
  readonly output: string;
  /** What follows the output's name, such as `.status.replicas`. */
  readonly rest: string;
}

/** The inputs that take a step's output; an input that names nothing is reported. */
export function checkInputs(
  step: DraftStep,
  index: StepIndex,
  runContext: JsonObject | undefined,
): readonly InputSource[] {
  const items = knownItems(step, runContext);
  checkList(step, runContext);
  return step.inputs.flatMap((input) => {
    if (step.loop !== undefined && input.at[0] === 'inputs' && namesItem(input.from)) {
      checkItem(step, items, input, index);
      return [];
    }
    const found = splitFrom(input.from, index);
    const source = found === undefined ? undefined : index.outputs.get(found.name);
    if (found === undefined || source === undefined) {
      if (step.reader.faults.isFull) return [];
      checkPath(step, input, index, runContext);
      return [];
    }
    if (found.rest !== '' && parseFieldPath(`x${found.rest}`) === undefined)
      step.reader.fault(
        'UnknownInput',
        [...input.at, 'from'],
        `"${found.rest}" after the output "${found.name}" is no path`,
      );
    return [{ input, producer: source.step, output: found.name, rest: found.rest }];
  });
}

function checkPath(
  step: DraftStep,
  input: DraftInput,
  index: StepIndex,
  runContext: JsonObject | undefined,
): void {
  const { reader } = step;
  const at = [...input.at, 'from'];
  const path = parseFieldPath(input.from);
  const [root, ...rest] = path ?? [];
  if (path === undefined || (root !== 'context' && root !== 'parameter')) {
    const { suggestion } = didYouMean(input.from, index.outputs.keys());
    const hint = suggestion ?? stepOutput(input.from, index);
    reader.fault(
      'UnknownInput',
      at,
      `no step has an output "${input.from}"; an input comes from an output, or from a path that starts with context. or parameter.`,
      hint,
    );
  } else if (root === 'context' && rest.length > 0 && !hasContext(rest, runContext, step)) {
    const { why, suggestion } = unknownContext(rest, runContext, step);
    reader.fault('UnknownContext', at, `there is no "${input.from}": ${why}`, suggestion);
  } else if (root === 'parameter' && lookUp(step.properties, rest) === undefined) {
    reader.fault(
      'UnknownParameterPath',
      at,
      `there is no "${input.from}" among the properties of step "${step.name}"`,
    );
  }
}

/** The item of a list, or a path into it: where the list is known, every item must have it. */
function checkItem(
  step: DraftStep,
  items: readonly Json[] | undefined,
  input: DraftInput,
  index: StepIndex,
): void {
  const at = [...input.at, 'from'];
  const path = parseFieldPath(input.from);
  const [name = ''] = path ?? [];
  const other = index.outputs.get(String(name));
  const without = items?.findIndex((item) => lookUp({ item, index: 0 }, path ?? []) === undefined) ?? -1;
  if (path === undefined) step.reader.fault('UnknownInput', at, `"${input.from}" is no path`);
  else if (other !== undefined)
    step.reader.fault(
      'BadLoop',
      at,
      `"${name}" is what the step is done for here, and also an output of step "${other.step.name}"; rename that output`,
    );
  else if (without >= 0)
    step.reader.fault('UnknownInput', at, `item ${without} of the list has no "${input.from}"`);
}

/** Some name the step where they mean its output. */
function stepOutput(from: string, index: StepIndex): string | undefined {
  return index.byName.get(from.split('.')[0] ?? '')?.outputs[0]?.name;
}
