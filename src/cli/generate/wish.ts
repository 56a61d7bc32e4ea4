import type { JsonObject } from '../../api/json.ts';
import type { Question, Wish } from '../../runner/generate/resolve-wish.ts';
import { longestRequest, readRequest, type ReadRequest } from '../../runner/generate/request/read-request.ts';
import { procedures } from '../../runner/generate/procedures.ts';
import { SluiceError } from '../../api/errors.ts';
import { variablesOfFlags, type ParameterFlags } from './parameter-flags.ts';

/** What flags and the words of a request say together; flags go before words. */
export interface GivenWish extends Wish {
  readonly request: ReadRequest;
  /** The part of the variables that flags gave. */
  readonly given: JsonObject;
  /** Of the request; a flag goes before it. */
  readonly namespace?: string;
}

/** Throws SluiceError `invalid` for a request that is too long, and for flags that mean nothing. */
export function readWish(
  request: string,
  flags: ParameterFlags & { readonly procedure?: string; readonly namespace?: string },
): GivenWish {
  if (request.length > longestRequest)
    throw new SluiceError('invalid', 'RequestTooLong', `a request may have ${longestRequest} characters`);
  const { procedure } = flags;
  if (procedure !== undefined && !procedures.some(({ name }) => name === procedure))
    throw new SluiceError('invalid', 'NoSuchProcedure', `there is no procedure ${procedure}`, {
      hint: `There are ${procedures.map(({ name }) => name).join(', ')}.`,
    });
  const read = readRequest(request);
  const { namespace, ...said } = read.variables;
  const given = variablesOfFlags(flags);
  return {
    request: { ...read, contradictory: read.contradictory.filter((name) => !Object.hasOwn(given, name)) },
    procedures: procedure === undefined ? read.procedures : [procedure],
    variables: { ...said, ...given },
    given,
    ...(typeof namespace === 'string' && flags.namespace === undefined ? { namespace } : {}),
  };
}

/** Why rules cannot tell what the words mean; undefined where they can. */
export function doubtOf({ turned, otherDeed, contradictory }: ReadRequest): string | undefined {
  if (otherDeed !== undefined)
    return `the request says "${otherDeed}": generate makes manifests, and changes nothing else`;
  if (turned !== undefined) return `the request says "${turned}": fixed rules cannot tell what that is about`;
  if (contradictory.length > 0) return `the request gives two values for ${contradictory.join(', ')}`;
  return undefined;
}

/** `name=cart image=corp.example/cart:1`, without values that may be long or secret. */
export function variablesText(variables: JsonObject): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${shownValue(value)}`)
    .join(' ');
}

function shownValue(value: JsonObject[string] | undefined): string {
  if (Array.isArray(value)) return JSON.stringify(value.slice(0, 20)).slice(0, 200);
  if (typeof value === 'object' && value !== null) return `{${Object.keys(value).slice(0, 20).join(',')}}`;
  return String(value).slice(0, 300);
}

export function questionText({ text, choices }: Question): string {
  return choices === undefined ? text : `${text} (${choices.join(', ')})`;
}
