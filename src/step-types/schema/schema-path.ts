import { isObject, type JsonObject } from '../../api/json.ts';
import { oneOf } from '../expression/json-kind.ts';
import { branchesOf, kindsOf } from './json-types.ts';

export type SchemaStep =
  | { readonly kind: 'found'; readonly schema: JsonObject }
  /** The path can never exist; `known` are the fields there are. */
  | { readonly kind: 'none'; readonly message: string; readonly known: readonly string[] };

/** The schema of a field or an item of what a schema describes; `before` is the path so far, for the message. */
export function stepInto(schema: JsonObject, key: string | number, before: string): SchemaStep {
  const branches = branchesOf(schema);
  if (branches !== undefined && schema['type'] === undefined) return stepIntoAny(branches, key, before);
  const kinds = kindsOf(schema);
  const wanted = typeof key === 'number' ? 'list' : 'object';
  if (kinds !== undefined && !kinds.has(wanted)) {
    const hint = wanted === 'object' && kinds.has('list') ? ': write [0] for its first item' : '';
    return none(
      `${before} is ${oneOf([...kinds])}${hint || (wanted === 'list' ? ', no list' : ' without fields')}`,
    );
  }
  if (typeof key === 'number') return found(isObject(schema['items']) ? schema['items'] : {});
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (isObject(own)) return found(own);
  const others = schema['additionalProperties'];
  if (others === false) {
    return { kind: 'none', message: `path ${before}.${key} does not exist`, known: Object.keys(properties) };
  }
  return found(isObject(others) ? others : {});
}

/** It exists if it does in one of the branches. */
function stepIntoAny(branches: readonly JsonObject[], key: string | number, before: string): SchemaStep {
  const steps = branches.map((branch) => stepInto(branch, key, before));
  const schemas = steps.flatMap((step) => (step.kind === 'found' ? [step.schema] : []));
  const [first] = schemas;
  if (first !== undefined) return found(schemas.length === 1 ? first : { anyOf: schemas });
  const known = steps.flatMap((step) => (step.kind === 'none' ? step.known : []));
  return { kind: 'none', message: `path ${before}.${key} does not exist`, known };
}

function found(schema: JsonObject): SchemaStep {
  return { kind: 'found', schema };
}

function none(message: string): SchemaStep {
  return { kind: 'none', message, known: [] };
}
