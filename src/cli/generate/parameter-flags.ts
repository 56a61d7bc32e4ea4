import type { Json, JsonObject } from '../../api/json.ts';
import { SluiceError } from '../../api/errors.ts';
import { parameters, type ParameterName } from '../../runner/generate/parameters.ts';

/** What commander has read of the flags that stand for parameters, by their names. */
export type ParameterFlags = Partial<Record<ParameterName, string | readonly string[]>>;

export const parameterNames: readonly ParameterName[] = Object.keys(parameters) as ParameterName[];

/** `maxReplicas` is given as `--max-replicas`. */
export function flagOf(name: ParameterName): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Whether the flag may be given several times. */
export function isRepeatable(name: ParameterName): boolean {
  return ['array', 'object'].includes(parameters[name].schema['type'] as string);
}

/** The values of flags as the schemas of their parameters want them; what is no number stays a text, and is refused by the schema. */
export function variablesOfFlags(flags: ParameterFlags): JsonObject {
  const given = parameterNames.flatMap((name): [string, Json][] => {
    const value = flags[name];
    return value === undefined ? [] : [[name, valueOf(name, typeof value === 'string' ? [value] : value)]];
  });
  return Object.fromEntries(given);
}

/** The same for a line that a person typed: words of a list are apart by spaces, pairs too. */
export function valueOfLine(name: ParameterName, line: string): Json {
  return valueOf(name, isRepeatable(name) ? line.split(/\s+/).filter((word) => word !== '') : [line.trim()]);
}

function valueOf(name: ParameterName, texts: readonly string[]): Json {
  const [first = ''] = texts;
  const { type } = parameters[name].schema;
  if (type === 'array') return texts;
  if (type === 'object') return Object.fromEntries(texts.map((text) => pairOf(name, text)));
  return type === 'integer' && /^\d{1,15}$/.test(first) ? Number(first) : first;
}

function pairOf(name: ParameterName, text: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals), text.slice(equals + 1)];
  throw new SluiceError('invalid', 'BadOption', `${flagOf(name)} wants NAME=VALUE`, {
    hint: `For example: ${flagOf(name)} LEVEL=info`,
  });
}
