import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { StepType, StepTypeOrigin } from '../../step-types/step-type.ts';
import { cleanText } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { wrapText } from '../terminal/wrap-text.ts';
import { objectText } from './object-output.ts';
import { parameterRows, typeText } from './parameter-rows.ts';

/** A step type for people: what it does, its parameters, what a `valueFrom` may read, and a step to start from. */
export async function stepTypeText(
  stepType: StepType,
  origin: StepTypeOrigin,
  { style, columns }: { readonly style: Style; readonly columns: number },
): Promise<string> {
  const { name, description, source } = stepType;
  const from = origin === 'built-in' ? origin : `${origin}, ${source.file}`;
  const parts = [
    `${style.bold(name)}  ${style.dim(`(${from}, ${source.format.toUpperCase()})`)}\n`,
    description === '' ? '' : `${wrapText(cleanText(description).trim(), columns).join('\n')}\n`,
    section('Parameters', parameterTable(stepType), style),
    section('Outputs', outputTable(stepType), style),
    section('Example', indent(await exampleText(stepType)), style),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** The same for programs. */
export function stepTypeObject(stepType: StepType, origin: StepTypeOrigin): object {
  return {
    name: stepType.name,
    origin,
    format: stepType.source.format,
    digest: stepType.digest,
    description: stepType.description,
    parameters: stepType.parameterSchema,
    ...(stepType.resultSchema === undefined ? {} : { outputs: stepType.resultSchema }),
    example: exampleStep(stepType),
  };
}

function section(title: string, body: string, style: Style): string {
  return body === '' ? '' : `${style.bold(title)}\n${body}`;
}

function parameterTable({ parameterSchema }: StepType): string {
  const rows = parameterRows(parameterSchema).map((row) => [
    `  ${row.name}`,
    row.type,
    row.isRequired ? 'yes' : 'no',
    row.defaultText,
    row.description,
  ]);
  if (rows.length === 0) return '  none\n';
  return table([['  NAME', 'TYPE', 'REQUIRED', 'DEFAULT', 'DESCRIPTION'], ...rows]);
}

/** The roots that a `valueFrom` may start from. */
function outputTable({ resultSchema }: StepType): string {
  const properties = isObject(resultSchema?.['properties']) ? resultSchema['properties'] : {};
  const rows = Object.entries(properties).map(([name, value]) => {
    const schema = isObject(value) ? value : {};
    const told = schema['description'];
    return [`  ${name}`, typeText(schema), typeof told === 'string' ? told : ''];
  });
  return rows.length === 0 ? '' : table([['  NAME', 'TYPE', 'DESCRIPTION'], ...rows]);
}

async function exampleText(stepType: StepType): Promise<string> {
  return objectText([exampleStep(stepType)], 'yaml');
}

function exampleStep(stepType: StepType): JsonObject {
  const { name, parameterSchema } = stepType;
  const properties = exampleValue(parameterSchema, 0);
  return {
    name: `my-${name}`,
    type: name,
    ...(isObject(properties) && Object.keys(properties).length > 0 ? { properties } : {}),
  };
}

/** A value of the schema with its required fields only; the author sees where to write. */
function exampleValue(schema: JsonObject, depth: number): Json {
  const { default: value, examples, enum: values, const: only, type, properties, required } = schema;
  if (only !== undefined) return only;
  if (value !== undefined) return value;
  if (Array.isArray(examples) && examples[0] !== undefined) return examples[0] as Json;
  if (Array.isArray(values) && values[0] !== undefined) return values[0] as Json;
  if (isObject(properties) && depth < 6) {
    const names: readonly Json[] = Array.isArray(required) ? required : [];
    const entries = Object.entries(properties).filter(([key]) => names.includes(key));
    return Object.fromEntries(
      entries.map(([key, property]) => [key, exampleValue(isObject(property) ? property : {}, depth + 1)]),
    );
  }
  const first = Array.isArray(type) ? (type[0] as Json) : type;
  return placeholders.get(typeof first === 'string' ? first : '') ?? '...';
}

const placeholders: ReadonlyMap<string, Json> = new Map<string, Json>([
  ['string', '...'],
  ['integer', 1],
  ['number', 1],
  ['boolean', true],
  ['array', []],
  ['object', {}],
]);

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}
