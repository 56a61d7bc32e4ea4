import { parseFieldPath } from '../api/field-path.ts';
import type { JsonObject } from '../api/json.ts';
import { hasContext, unknownContext } from './context-names.ts';
import type { DraftWorkflowOutput } from './draft-step.ts';
import type { FieldReader } from './field-reader.ts';
import type { NameSpace } from './name-space.ts';
import { splitFrom, type StepIndex } from './step-index.ts';
import { didYouMean } from './suggest.ts';

/** Checks what the Workflow at `reader` gives to its caller; gives the names of the outputs of its steps that it takes. */
export function checkWorkflowOutputs(
  outputs: readonly DraftWorkflowOutput[],
  reader: FieldReader,
  {
    space,
    index,
    context,
  }: {
    readonly space: NameSpace;
    readonly index: StepIndex;
    /** As the steps of the Workflow see it. */
    readonly context: JsonObject | undefined;
  },
): ReadonlySet<string> {
  const taken = new Set<string>();
  // As a step of the Workflow that stands in no group.
  const seenFrom = { space, parent: space.caller, section: undefined };
  for (const { from, at } of outputs) {
    if (reader.faults.isFull) break;
    const found = splitFrom(from, index);
    const path = parseFieldPath(found === undefined ? from : `x${found.rest}`);
    const [root, ...below] = path ?? [];
    if (found !== undefined) taken.add(found.name);
    if (path === undefined || (found === undefined && root !== 'context')) {
      const message = `no step of the Workflow has an output "${from}"; an output comes from one, or from a path that starts with context.`;
      const { suggestion } = didYouMean(from, index.outputs.keys());
      reader.fault('UnknownInput', [...at, 'from'], message, suggestion);
    } else if (found === undefined && !hasContext(below, context, seenFrom)) {
      const { why, suggestion } = unknownContext(below, context, seenFrom);
      reader.fault('UnknownContext', [...at, 'from'], `there is no "${from}": ${why}`, suggestion);
    }
  }
  return taken;
}
