import { lookUp, parseFieldPath, writeAt } from '../api/field-path.ts';
import { isObject, type Json, type JsonObject } from '../api/json.ts';
import type { DraftInput, DraftStep } from './draft-step.ts';
import { namesItem } from './item-names.ts';
import { maxItems } from './plan.ts';

/**
 * The items of a step with `forEach` as far as they are known before the run: written out, or in its context or properties.
 * Undefined, too, where an `if:` may leave out some of them: what these lack, nobody asks for.
 */
export function knownItems(
  { loop, properties, condition = '' }: DraftStep,
  runContext: JsonObject | undefined,
): readonly Json[] | undefined {
  const found = loop?.from === undefined ? loop?.items : valueOf(loop.from, properties, runContext);
  if (/\binputs\b/.test(condition)) return undefined;
  return Array.isArray(found) ? (found as readonly Json[]) : undefined;
}

/** Reports a list in the context or the properties that the step could not begin with. */
export function checkList(step: DraftStep, runContext: JsonObject | undefined): void {
  const { loop, reader, properties } = step;
  const found = loop?.from === undefined ? undefined : valueOf(loop.from, properties, runContext);
  if (loop === undefined || found === undefined) return;
  const what = `"${loop.from}"`;
  const at = ['forEach', 'from'];
  if (!Array.isArray(found)) reader.fault('BadLoop', at, `${what} is no list`);
  else if (found.length > maxItems)
    reader.fault('BadLoop', at, `${what} has ${found.length} items; at most ${maxItems} are allowed`);
  else if (found.length < loop.minItems)
    reader.fault(
      'BadLoop',
      at,
      `${what} has fewer items (${found.length}) than \`minItems\` (${loop.minItems})`,
    );
}

/** Checks what the items of a known list put into the properties; one fault for each input is enough. */
export async function checkItems(step: DraftStep, items: readonly Json[] | undefined): Promise<void> {
  const { stepType, inputs, reader } = step;
  const filling = inputs.filter(({ from, target }) => target !== undefined && namesItem(from));
  if (stepType === undefined || items === undefined || filling.length === 0) return;
  const reported = new Set<DraftInput>();
  for (const [index, item] of items.entries()) {
    if (reader.faults.isFull || reported.size === filling.length) return;
    const properties = filled(step, filling, { item, index });
    if (properties === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- faults in the order of the list, and no more than are told
    for (const fault of await stepType.checkParameter(properties)) {
      const input = filling.find(({ target = [] }) =>
        target.every((part, depth) => fault.path[depth] === part),
      );
      const isAllowed = fault.code === 'UnknownParameter' && stepType.unknownParameters === 'warn';
      if (input === undefined || isAllowed || reported.has(input)) continue;
      reported.add(input);
      reader.fault(
        fault.code,
        [...input.at, 'from'],
        `item ${index} of the list: ${fault.message}`,
        fault.suggestion,
      );
    }
  }
}

/** Undefined where the item lacks what an input names, which is told of the input. */
function filled(step: DraftStep, filling: readonly DraftInput[], scope: JsonObject): JsonObject | undefined {
  let properties: Json = step.properties;
  for (const { from, target = [] } of filling) {
    const value = lookUp(scope, parseFieldPath(from) ?? ['']);
    if (value === undefined) return undefined;
    properties = writeAt(properties, target, value);
  }
  return isObject(properties) ? properties : undefined;
}

function valueOf(from: string, parameter: JsonObject, context: JsonObject | undefined): Json | undefined {
  return lookUp({ parameter, ...(context === undefined ? {} : { context }) }, parseFieldPath(from) ?? ['']);
}
