import { lookUp, parseFieldPath } from '../api/field-path.ts';
import { stringifyJson, type Json, type JsonObject } from '../api/json.ts';
import type { Draft } from './draft.ts';
import { isLikeKey, namesIn, outputKey } from './output-key.ts';
import { outputNameOf } from './plan-index.ts';
import type { OutputValue } from './state.ts';

export type Variable =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly message: string };

/** The op `var`: values that the steps of a run keep for each other, beside its outputs. */
export function doVariable(draft: Draft, step: string, params: JsonObject): Variable {
  const path = typeof params['path'] === 'string' ? params['path'] : '';
  return params['method'] === 'Put'
    ? put(draft, step, path, params['value'] ?? null)
    : get(draft, draft.planned(step).space, path);
}

function get({ state: { outputs } }: Draft, space: string | undefined, path: string): Variable {
  const name = outputNameOf(path, namesIn(space, Object.keys(outputs)));
  const value = name === undefined ? undefined : valueAt(outputs[outputKey(space, name)], name, path);
  return value === undefined
    ? { ok: false, message: `there is no variable "${path}" yet` }
    : { ok: true, value };
}

/** What a name holds never changes, as with outputs: who read it first would have read something else. */
function put(draft: Draft, step: string, path: string, value: Json): Variable {
  const { space } = draft.planned(step);
  if (isLikeKey(path)) return { ok: false, message: `the name of a variable must not have "//": "${path}"` };
  if (outputNameOf(path, draft.index.outputNames(space)) !== undefined) {
    return { ok: false, message: `"${path}" is an output of a step` };
  }
  const known = draft.state.outputs[outputKey(space, path)];
  if (known !== undefined && stringifyJson(known.value) !== stringifyJson(value)) {
    return {
      ok: false,
      message: `the variable "${path}" has another value already, from step ${known.step}`,
    };
  }
  if (known === undefined) draft.setOutput(path, { value, step, sensitive: false });
  return { ok: true, value };
}

/** The value at `path`, which begins with the name of the output; undefined when nothing stands there. */
export function valueAt(output: OutputValue | undefined, name: string, path: string): Json | undefined {
  if (output === undefined) return undefined;
  if (path === name) return output.value;
  // The rest of the path, such as `.a[0]`; a key in front makes it a path of its own.
  const rest = parseFieldPath(`x${path.slice(name.length)}`);
  return rest === undefined ? undefined : lookUp(output.value, rest.slice(1));
}
