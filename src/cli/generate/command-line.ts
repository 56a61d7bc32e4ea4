import { isPlainSecret } from '../../analyze/secret-name.ts';
import { isObject, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import { parameters } from '../../runner/generate/parameters.ts';
import type { Question } from '../../runner/generate/resolve-wish.ts';
import type { CliIo } from '../io.ts';
import { isPlugin } from '../place.ts';
import { flagOf, parameterNames } from './parameter-flags.ts';

/** The command that says all of it with flags, to copy; what is still to be said stands in it as `<port>`. */
export function commandLine(
  procedure: string,
  variables: JsonObject,
  missing: readonly Question[],
  io: Pick<CliIo, 'programName'>,
): string {
  const said = parameterNames.flatMap((name) =>
    wordsOf(variables[name]).map((word) => `${flagOf(name)} ${quoted(word)}`),
  );
  const unsaid = missing.flatMap(({ about }) =>
    about === 'procedure' ? [] : [`${flagOf(about)} ${parameters[about].value}`],
  );
  const program = isPlugin(io) ? 'kubectl sluice' : 'sluice';
  return [`${program} generate --procedure ${procedure}`, ...said, ...unsaid].join(' ');
}

function wordsOf(value: Json | undefined): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return (value as readonly Json[]).map(textOf);
  if (isObject(value))
    return Object.entries(value).map(([name, each]) => {
      const text = textOf(each);
      return `${name}=${isPlainSecret(name, text) ? '***' : text}`;
    });
  return [textOf(value)];
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : stringifyJson(value);
}

/** As a shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
