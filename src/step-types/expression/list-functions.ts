import { lookUp, parseFieldPath } from '../../api/field-path.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { ExprFunction, FunctionCall, FunctionParam } from './functions.ts';
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
  prefix: {
    description: 'The texts of a list, each with another text before it.',
    params: [list, { name: 'text', kinds: ['string'] }],
    result: { type: 'array', items: { type: 'string' } },
    run: ([items, text], call) => {
      const texts = items as readonly Json[];
      const odd = texts.findIndex((item) => typeof item !== 'string');
      if (odd !== -1) return call.wrong(`item ${odd} of the list is no string`);
      const length = texts.reduce<number>((sum, item) => sum + (item as string).length, 0);
      call.budget.text(length + texts.length * (text as string).length, call.at);
      return texts.map((item) => `${text as string}${item as string}`);
    },
  },
  unique: {
    description: 'The items of a list without those that stand in it before.',
    params: [list],
    result: { type: 'array' },
    run: ([items], call) => {
      call.budget.value(items ?? null, call.at);
      const known = new Set<string>();
      return (items as readonly Json[]).filter((item) => {
        const text = stringifyJson(item);
        return !known.has(text) && known.add(text).size > 0;
      });
    },
  },
  project: {
    description:
      'The items of a list, each as an object of this shape: a text in it stands for the value at that path of the item, and a field without a value is left out.',
    params: [list, { name: 'shape', kinds: ['object'] }],
    result: { type: 'array', items: { type: 'object', additionalProperties: true } },
    run: ([items, shape], call) => {
      const paths = pathsOf(shape ?? null, call);
      return (items as readonly Json[]).map((item) => {
        call.budget.value(shape ?? null, call.at);
        return shaped(paths, item) ?? {};
      });
    },
  },
  at: {
    description:
      'The value at a path in words, such as `status.phase` or `spec.ports[0].name`; no value where there is none.',
    params: [object, { name: 'path', kinds: ['string'] }],
    result: {},
    run: ([fields, text], call) => {
      const path = pathOf(text ?? null, call);
      const found = lookUp(fields ?? null, path);
      return found === undefined
        ? call.noValue(`there is nothing at ${(text as string).slice(0, 100)}`)
        : found;
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

type Path = readonly (string | number)[];
/** A shape with its texts parsed. */
type Shape = { readonly path: Path } | { readonly fields: readonly (readonly [string, Shape])[] };

function pathsOf(shape: Json, call: FunctionCall): Shape {
  if (!isObject(shape)) return { path: pathOf(shape, call) };
  return {
    fields: Object.entries(shape).map(([name, part]) => [name, pathsOf(part ?? null, call)] as const),
  };
}

function shaped(shape: Shape, item: Json): Json | undefined {
  if ('path' in shape) return lookUp(item, shape.path);
  return Object.fromEntries(
    shape.fields.flatMap(([name, part]) => {
      const value = shaped(part, item);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function pathOf(text: Json, call: FunctionCall): Path {
  const path = typeof text === 'string' ? parseFieldPath(text) : undefined;
  return path ?? call.wrong(`${stringifyJson(text).slice(0, 100)} is no path such as metadata.name`);
}
