import { isObject, type JsonObject } from '../../api/json.ts';
import type { Template, TemplateInput } from '../../expr/template.ts';
import type { CheckedValue } from '../schema/parameter-check.ts';
import { exprFault, parameterFault } from './expr-faults.ts';
import { nextTurn } from './next-turn.ts';
import { evaluateValueFrom, type OutputParts } from './output-values.ts';

export interface TemplateParts extends OutputParts {
  checkParameter(parameter: JsonObject): Promise<CheckedValue>;
}

/** A compiled schematic as a template: entries are taken in order, and all it knows is what is recorded. */
export function createSluiceTemplate(parts: TemplateParts): Template {
  return {
    async next(input) {
      const checked = await parts.checkParameter(input.parameter);
      if (!checked.ok) return { kind: 'error', faults: checked.faults.map(parameterFault) };
      try {
        return nextTurn(parts.program.entries, withParameter(input, checked));
      } catch (error) {
        return { kind: 'error', faults: [exprFault(error, parts.document)] };
      }
    },
    async value(input, valueFrom) {
      const checked = await parts.checkParameter(input.parameter);
      return evaluateValueFrom(withParameter(input, checked), valueFrom, parts);
    },
  };
}

/** With defaults. A step that never started, because its parameter is wrong, has the values that it was given. */
function withParameter(input: TemplateInput, checked: CheckedValue): TemplateInput {
  return checked.ok && isObject(checked.value) ? { ...input, parameter: checked.value } : input;
}
