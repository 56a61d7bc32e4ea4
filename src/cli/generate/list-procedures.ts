import type { JsonObject } from '../../api/json.ts';
import { parameters, type ParameterName } from '../../runner/generate/parameters.ts';
import { variablesSchema, type Procedure } from '../../runner/generate/procedure.ts';
import { procedures } from '../../runner/generate/procedures.ts';
import type { Style } from '../terminal/style.ts';
import { flagOf } from './parameter-flags.ts';

/** What can be made, for machines: each procedure with the JSON Schema of its variables. */
export function proceduresJson(): object {
  return procedures.map((procedure) => {
    const { name, description, words, oneOf } = procedure;
    return {
      name,
      description,
      words,
      ...(oneOf === undefined ? {} : { oneOf }),
      variables: variablesSchema(procedure),
    };
  });
}

/** The same for people, with the flags that give the variables. */
export function proceduresText(style: Style): string {
  return procedures.map((procedure) => procedureText(procedure, style)).join('\n');
}

function procedureText(
  { name, description, required, optional, oneOf = [] }: Procedure,
  style: Style,
): string {
  const isChoice = (parameter: ParameterName): boolean => oneOf.includes(parameter);
  const lines = [...required, ...optional].map((parameter) => {
    const { schema, value } = parameters[parameter];
    const flag = `${flagOf(parameter)} ${value}`.padEnd(28);
    const mark = required.includes(parameter) ? 'required' : isChoice(parameter) ? 'one of these' : '';
    return `  ${flag}${[mark, schema['description'] as string, defaultText(schema)].filter((part) => part !== '').join('; ')}\n`;
  });
  return `${style.bold(name)}  ${description}\n${lines.join('')}`;
}

function defaultText(schema: JsonObject): string {
  const value = schema['default'];
  return typeof value === 'string' || typeof value === 'number' ? `default ${value}` : '';
}
