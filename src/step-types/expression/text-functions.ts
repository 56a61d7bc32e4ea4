import { Buffer } from 'node:buffer';
import type { Json, JsonObject } from '../../api/json.ts';
import { stringifyJson } from '../../api/json.ts';
import { restorePlaceholders } from '../../api/placeholders.ts';
import type { ExprFunction, FunctionCall, FunctionParam } from './functions.ts';

const string: JsonObject = { type: 'string' };
const textParam: FunctionParam = { name: 'text', kinds: ['string'] };
const partParam: FunctionParam = { name: 'part', kinds: ['string'] };
const maxItems = 10_000;

export const textFunctions: Readonly<Record<string, ExprFunction>> = {
  string: {
    description: 'A string as it is; a number or a boolean as text. Lists and objects: $json.',
    params: [{ name: 'value', kinds: ['string', 'number', 'boolean'] }],
    result: string,
    run: ([value = null]) => (typeof value === 'string' ? value : stringifyJson(value)),
  },
  length: {
    description: 'Number of characters.',
    params: [textParam],
    result: { type: 'integer' },
    run: (args, call) => {
      const [value] = textsOf(args);
      call.budget.text(value.length, call.at);
      return Array.from(value).length;
    },
  },
  substring: {
    description: 'Characters from a position (from 0, negative from the end), all or so many.',
    params: [
      textParam,
      { name: 'start', kinds: ['number'] },
      { name: 'length', kinds: ['number'], optional: true },
    ],
    result: string,
    run: ([value, start, length], call) => {
      call.budget.text((value as string).length, call.at);
      const characters = Array.from(value as string);
      const first = Number(start) < 0 ? Math.max(0, characters.length + Number(start)) : Number(start);
      const end = length === undefined ? characters.length : first + Math.max(0, Number(length));
      return characters.slice(first, end).join('');
    },
  },
  substringBefore: {
    description: 'What stands before the first occurrence; the whole text where there is none.',
    params: [textParam, partParam],
    result: string,
    run: (args, call) => {
      const [value, wanted] = textsOf(args);
      const index = find(value, wanted, call);
      return index === -1 ? value : value.slice(0, index);
    },
  },
  substringAfter: {
    description: 'What stands after the first occurrence; the whole text where there is none.',
    params: [textParam, partParam],
    result: string,
    run: (args, call) => {
      const [value, wanted] = textsOf(args);
      const index = find(value, wanted, call);
      return index === -1 ? value : value.slice(index + wanted.length);
    },
  },
  uppercase: {
    description: 'The text in capital letters.',
    params: [textParam],
    result: string,
    run: (args, call) => changed(args, call, (value) => value.toUpperCase()),
  },
  lowercase: {
    description: 'The text in small letters.',
    params: [textParam],
    result: string,
    run: (args, call) => changed(args, call, (value) => value.toLowerCase()),
  },
  trim: {
    description: 'The text without white space at its ends; runs of white space inside become one space.',
    params: [textParam],
    result: string,
    run: (args, call) => changed(args, call, (value) => value.replaceAll(/[ \t\n\r]+/g, ' ').trim()),
  },
  contains: {
    description: 'Whether the text holds the part.',
    params: [textParam, partParam],
    result: { type: 'boolean' },
    run: (args, call) => {
      const [value, wanted] = textsOf(args);
      return find(value, wanted, call) !== -1;
    },
  },
  split: {
    description: 'The parts between occurrences of a separator.',
    params: [textParam, { name: 'separator', kinds: ['string'] }],
    result: { type: 'array', items: string },
    run: (args, call) => {
      const [value, separator] = textsOf(args);
      pay(value, separator, call);
      const parts = value.split(separator, maxItems + 1);
      return parts.length > maxItems ? call.wrong(`more than ${maxItems} parts`) : parts;
    },
  },
  join: {
    description: 'The strings of a list, one after the other, with a separator between them.',
    params: [
      { name: 'list', kinds: ['list'] },
      { name: 'separator', kinds: ['string'], optional: true },
    ],
    result: string,
    run: ([list, separator = ''], call) => {
      const items = list as readonly Json[];
      const odd = items.findIndex((item) => typeof item !== 'string');
      if (odd !== -1) return call.wrong(`item ${odd} of the list is no string`);
      const between = separator as string;
      const length = (items as readonly string[]).reduce(
        (sum, item) => sum + item.length + between.length,
        0,
      );
      call.budget.text(length, call.at);
      return (items as readonly string[]).join(between);
    },
  },
  excerpt: {
    description: 'The text on one line, cut to so many characters (200) with … at the end.',
    params: [textParam, { name: 'length', kinds: ['number'], optional: true }],
    result: string,
    run: ([value, length = 200], call) => {
      const most = Math.max(1, Math.min(Math.floor(Number(length)), 2000));
      // What lies far behind the cut cannot matter, and may be megabytes.
      const head = (value as string).slice(0, most * 20);
      call.budget.text(head.length, call.at);
      const line = Array.from(head.replaceAll(/\s+/g, ' ').trim());
      const isWhole = line.length <= most && head.length === (value as string).length;
      return isWhole ? line.join('') : `${line.slice(0, most - 1).join('')}…`;
    },
  },
  restore: {
    description:
      'The text of a model with the addresses and names back in it that masking replaced: `restore` of the op `evidence`.',
    params: [textParam, { name: 'values', kinds: ['object'] }],
    result: string,
    run: ([value, values], call) => {
      const text = value as string;
      call.budget.text(text.length, call.at);
      const known = values as JsonObject;
      const restored = restorePlaceholders(text, (placeholder) => {
        const found = Object.hasOwn(known, placeholder) ? known[placeholder] : undefined;
        return typeof found === 'string' ? found : undefined;
      });
      call.budget.text(restored.length, call.at);
      return restored;
    },
  },
  joinPath: {
    description: 'An address and a path, with exactly one slash between them.',
    params: [
      { name: 'base', kinds: ['string'] },
      { name: 'path', kinds: ['string'] },
    ],
    result: string,
    run: (args, call) => {
      const [base, path] = textsOf(args);
      call.budget.text(base.length + path.length + 1, call.at);
      let end = base.length;
      while (end > 0 && base[end - 1] === '/') end--;
      let start = 0;
      while (path[start] === '/') start++;
      return `${base.slice(0, end)}/${path.slice(start)}`;
    },
  },
  base64encode: {
    description: 'Base64 of the text as UTF-8.',
    params: [textParam],
    result: string,
    run: (args, call) => changed(args, call, (value) => Buffer.from(value, 'utf8').toString('base64')),
  },
  base64decode: {
    description: 'The text of which this is the base64; no value when it is none.',
    params: [textParam],
    result: string,
    run: (args, call) => {
      const [value] = textsOf(args);
      call.budget.text(value.length, call.at);
      return decodeBase64(value) ?? call.noValue('the text is not the base64 of UTF-8 text');
    },
  },
};

/** Undefined when it is no base64, or not of UTF-8 text. */
export function decodeBase64(encoded: string): string | undefined {
  const compact = encoded.replaceAll(/[ \t\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(compact, 'base64'));
  } catch {
    return undefined;
  }
}

function textsOf(args: readonly Json[]): readonly [string, string] {
  return [(args[0] ?? '') as string, (args[1] ?? '') as string];
}

function changed(args: readonly Json[], call: FunctionCall, change: (text: string) => string): string {
  const [value] = textsOf(args);
  call.budget.text(value.length * 2, call.at);
  return change(value);
}

function find(text: string, part: string, call: FunctionCall): number {
  pay(text, part, call);
  return text.indexOf(part);
}

/** Searching for a long text in a long one may take as many comparisons as the product of both lengths. */
function pay(text: string, part: string, call: FunctionCall): void {
  call.budget.spend(1 + (text.length * Math.max(1, part.length)) / 10_000, call.at);
}
