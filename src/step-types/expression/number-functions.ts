import type { Json, JsonObject } from '../../api/json.ts';
import type { ExprFunction, FunctionCall, FunctionParam } from './functions.ts';

const number: JsonObject = { type: 'number' };
const integer: JsonObject = { type: 'integer' };
const one: FunctionParam = { name: 'number', kinds: ['number'] };
const numbers: FunctionParam = { name: 'numbers', kinds: ['list'] };

export const numberFunctions: Readonly<Record<string, ExprFunction>> = {
  number: {
    description: 'The number that a text spells as JSON does; no value for any other text.',
    params: [{ name: 'value', kinds: ['string', 'number'] }],
    result: number,
    run: ([value = null], call) => {
      if (typeof value !== 'string') return value;
      const isNumber = value.length <= 40 && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(value);
      const parsed = isNumber ? Number(value) : Number.NaN;
      return Number.isFinite(parsed) ? parsed : call.noValue('the text is no number');
    },
  },
  integer: {
    description:
      'The whole number that a text spells with digits alone (`87`, `-5`); no value for any other text.',
    params: [{ name: 'text', kinds: ['string'] }],
    result: integer,
    run: ([value], call) => {
      const isInteger = /^(?:0|-?[1-9]\d{0,14})$/.test(value as string);
      return isInteger ? Number(value) : call.noValue('the text is no whole number');
    },
  },
  round: {
    description: 'Rounded to so many places (0); what lies halfway goes to the even neighbour.',
    params: [one, { name: 'places', kinds: ['number'], optional: true }],
    result: number,
    run: ([value, places = 0], call) => roundHalfEven(plain(value, call), plain(places, call)),
  },
  floor: {
    description: 'The next whole number below.',
    params: [one],
    result: integer,
    run: ([value], call) => Math.floor(plain(value, call)),
  },
  ceil: {
    description: 'The next whole number above.',
    params: [one],
    result: integer,
    run: ([value], call) => Math.ceil(plain(value, call)),
  },
  abs: {
    description: 'The number without its sign.',
    params: [one],
    result: number,
    run: ([value], call) => Math.abs(plain(value, call)),
  },
  sum: {
    description: 'The sum of a list of numbers; 0 for an empty one.',
    params: [numbers],
    result: number,
    run: ([list], call) => all(list, call).reduce((sum, item) => sum + item, 0),
  },
  max: {
    description: 'The largest of a list of numbers; no value for an empty one.',
    params: [numbers],
    result: number,
    run: ([list], call) => extreme(all(list, call), call, (a, b) => Math.max(a, b)),
  },
  min: {
    description: 'The smallest of a list of numbers; no value for an empty one.',
    params: [numbers],
    result: number,
    run: ([list], call) => extreme(all(list, call), call, (a, b) => Math.min(a, b)),
  },
};

function extreme(
  list: readonly number[],
  call: FunctionCall,
  pick: (a: number, b: number) => number,
): number {
  return list.length === 0 ? call.noValue('the list is empty') : list.reduce(pick);
}

function all(list: Json | undefined, call: FunctionCall): readonly number[] {
  const items = list as readonly Json[];
  call.budget.spend(items.length / 10, call.at);
  return items.map((item) => plain(item, call));
}

function plain(value: Json | undefined, call: FunctionCall): number {
  if (typeof value === 'bigint') return call.wrong('a number is beyond 2^53, where digits would be lost');
  return typeof value === 'number' ? value : call.wrong('an item of the list is no number');
}

function roundHalfEven(value: number, places: number): number {
  const shift = Math.max(-15, Math.min(15, Math.trunc(places)));
  const moved = Number(`${value}e${shift}`);
  // A number that is written with an exponent has no places left to round.
  if (!Number.isFinite(moved)) return value;
  const below = Math.floor(moved);
  const rounded = moved - below === 0.5 ? below + (below % 2 === 0 ? 0 : 1) : Math.round(moved);
  return Number(`${rounded}e${-shift}`);
}
