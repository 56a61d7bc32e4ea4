import { isObject, parseJson, stringifyJson, type Json } from '../../api/json.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
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
  parseYaml: {
    description: 'The object that a YAML text spells; no value when it is not exactly one.',
    params: [{ name: 'text', kinds: ['string'] }],
    result: { type: 'object', additionalProperties: true },
    run: ([text], call) => {
      call.budget.text((text as string).length, call.at);
      const { documents, faults } = readDocuments(text as string, 'text', yamlLimits);
      const [document] = documents;
      const isOne = documents.length === 1 && !faults.some(({ severity }) => severity === 'error');
      if (document === undefined || !isOne || !isObject(document.value))
        return call.noValue(
          `the text is not one YAML object${faults[0] === undefined ? '' : `: line ${faults[0].line}`}`,
        );
      call.budget.value(document.value, call.at);
      return document.value;
    },
  },
};

/** As much as a ConfigMap holds. */
const yamlLimits = { bytes: 1024 * 1024, documents: 2 };

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
