import type { Json, JsonObject } from '../../api/json.ts';
import type { Budget } from './budget.ts';
import { jsonFunctions } from './json-functions.ts';
import type { JsonKind } from './json-kind.ts';
import { kubernetesFunctions } from './kubernetes-functions.ts';
import { listFunctions } from './list-functions.ts';
import { numberFunctions } from './number-functions.ts';
import { textFunctions } from './text-functions.ts';

/** A pure function of expressions. Names that JSONata has mean what they mean there, only stricter. */
export interface ExprFunction {
  readonly description: string;
  readonly params: readonly FunctionParam[];
  /** JSON Schema of the result; `{}` for any value. */
  readonly result: JsonObject;
  /** The kinds of the arguments have been checked. Throws through `call` only. */
  run(args: readonly Json[], call: FunctionCall): Json;
}

export interface FunctionParam {
  readonly name: string;
  /** Undefined takes any value. */
  readonly kinds?: readonly JsonKind[];
  readonly optional?: boolean;
}

export interface FunctionCall {
  readonly budget: Budget;
  readonly at: number;
  /** For `??` to catch. */
  noValue(message: string): never;
  wrong(message: string): never;
}

/** `$exists` stands here for its signature alone: it is the one function whose argument may have no value. */
const exists: ExprFunction = {
  description: 'Whether the expression has a value; null is one.',
  params: [{ name: 'value' }],
  result: { type: 'boolean' },
  run: () => true,
};

/** Every function by name, without the `$`. */
export const functions: ReadonlyMap<string, ExprFunction> = new Map([
  ['exists', exists],
  ...Object.entries(textFunctions),
  ...Object.entries(numberFunctions),
  ...Object.entries(listFunctions),
  ...Object.entries(jsonFunctions),
  ...Object.entries(kubernetesFunctions),
]);
