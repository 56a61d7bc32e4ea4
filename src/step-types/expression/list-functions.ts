import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { ExprFunction, FunctionParam } from './functions.ts';
import { kindOf } from './json-kind.ts';

const list: FunctionParam = { name: 'list', kinds: ['list'] };
const object: FunctionParam = { name: 'object', kinds: ['object'] };

export const listFunctions: Readonly<Record<string, ExprFunction>> = {
  count: {
    description: 'How many items a list has.',
    params: [list],
    result: { type: 'integer' },
    run: ([items]) => (items as readonly Json[]).length,
  },
  append: {
    description: 'The items of one list and then those of another.',
    params: [list, { name: 'more', kinds: ['list'] }],
    result: { type: 'array' },
    run: ([items, more], call) => {
      const joined = [...(items as readonly Json[]), ...(more as readonly Json[])];
      call.budget.text(joined.length * 8, call.at);
      return joined;
    },
  },
  keys: {
    description: 'The names of the fields of an object, always as a list.',
    params: [object],
    result: { type: 'array', items: { type: 'string' } },
    run: ([fields], call) => {
      const keys = Object.keys(fields as JsonObject);
      call.budget.spend(keys.length / 10, call.at);
      return keys;
    },
  },
  lookup: {
    description: 'The field of an object whose name is computed; no value where there is none.',
    params: [object, { name: 'name', kinds: ['string'] }],
    result: {},
    run: ([fields, name], call) => {
      const found = Object.hasOwn(fields as JsonObject, name as string)
        ? (fields as JsonObject)[name as string]
        : undefined;
      return (
        found ??
        (found === null ? null : call.noValue(`there is no field "${(name as string).slice(0, 100)}"`))
      );
    },
  },
  merge: {
    description: 'One object with the fields of all objects of a list; the last one that has a field wins.',
    params: [{ name: 'objects', kinds: ['list'] }],
    result: { type: 'object', additionalProperties: true },
    run: ([objects], call) => {
      const items = objects as readonly Json[];
      const odd = items.findIndex((item) => !isObject(item));
      if (odd !== -1) return call.wrong(`item ${odd} of the list is no object`);
      const entries = items.flatMap((item) => Object.entries(item as JsonObject));
      call.budget.spend(1 + entries.length / 10, call.at);
      return Object.fromEntries(entries);
    },
  },
  not: {
    description: 'The other boolean.',
    params: [{ name: 'boolean', kinds: ['boolean'] }],
    result: { type: 'boolean' },
    run: ([value]) => value === false,
  },
  type: {
    description: 'The kind of a value: null, boolean, number, string, array or object.',
    params: [{ name: 'value' }],
    result: { enum: ['null', 'boolean', 'number', 'string', 'array', 'object'] },
    run: ([value = null]) => {
      const kind = kindOf(value);
      return kind === 'list' ? 'array' : kind;
    },
  },
};
