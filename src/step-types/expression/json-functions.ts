import { parseJson, stringifyJson, type Json } from '../../api/json.ts';
import type { ExprFunction } from './functions.ts';

export const jsonFunctions: Readonly<Record<string, ExprFunction>> = {
  json: {
    description: 'The value as JSON text on one line, fields in their order.',
    params: [{ name: 'value' }],
    result: { type: 'string' },
    run: ([value = null], call) => {
      call.budget.value(value, call.at);
      return stringifyJson(value);
    },
  },
  parseJson: {
    description: 'The value that a JSON text spells; no value when it is not JSON.',
    params: [{ name: 'text', kinds: ['string'] }],
    result: {},
    run: ([text], call) => {
      call.budget.text((text as string).length, call.at);
      const parsed = tryParse(text as string);
      if (parsed === undefined) return call.noValue('the text is not JSON');
      call.budget.value(parsed, call.at);
      return parsed;
    },
  },
};

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
