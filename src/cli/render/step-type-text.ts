import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { StepType, StepTypeOrigin } from '../../step-types/step-type.ts';
import { cleanText } from '../terminal/clean-text.ts';
import type { Style } from '../terminal/style.ts';
import { wrappedTable } from '../terminal/table.ts';
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
    section('Parameters', parameterTable(stepType, columns), style),
    section('Outputs', outputTable(stepType, columns), style),
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

function parameterTable({ parameterSchema }: StepType, columns: number): string {
  const rows = parameterRows(parameterSchema).map((row) => [
    `  ${row.name}`,
    row.description,
    row.type,
    row.isRequired ? 'yes' : 'no',
    row.defaultText,
  ]);
  if (rows.length === 0) return '  none\n';
  return wrappedTable([['  NAME', 'DESCRIPTION', 'TYPE', 'REQUIRED', 'DEFAULT'], ...rows], columns);
}

function outputTable(stepType: StepType, columns: number): string {
  const rows = outputRows(stepType).map(([name = '', ...others]) => [`  ${name}`, ...others]);
  return rows.length === 0 ? '' : wrappedTable([['  NAME', 'DESCRIPTION', 'TYPE'], ...rows], columns);
}

/**
 * The roots that a `valueFrom` may start from: name, description, type. What a CUE template hides is left out, though it can
 * be read.
 */
export function outputRows({ resultSchema }: StepType): readonly (readonly string[])[] {
  const properties = isObject(resultSchema?.['properties']) ? resultSchema['properties'] : {};
  const shown = Object.entries(properties).filter(([name]) => !/^[_#]/.test(name));
  return shown.map(([name, value]) => {
    const schema = isObject(value) ? value : {};
    const told = schema['description'];
    return [name, typeof told === 'string' ? told : '', typeText(schema)];
  });
}

async function exampleText(stepType: StepType): Promise<string> {
  return objectText([exampleStep(stepType)], 'yaml');
}

/** A step to start from, with what is required. */
export function exampleStep(stepType: StepType): JsonObject {
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
  const { default: value, examples, enum: values, const: only, type, properties } = schema;
  const { required, minProperties, sensitive } = schema;
  if (only !== undefined) return only;
  if (value !== undefined) return value;
  if (Array.isArray(examples) && examples[0] !== undefined) return examples[0] as Json;
  if (Array.isArray(values) && values[0] !== undefined) return values[0] as Json;
  if (isObject(properties) && depth < 6) {
    const named = [...requiredNames(required), ...requiredNames(firstChoice(schema)['required'])];
    const isAnyWanted = named.length === 0 && minProperties !== undefined && minProperties !== 0;
    const names = isAnyWanted ? Object.keys(properties).slice(0, 1) : named;
    const entries = Object.entries(properties).filter(([key]) => names.includes(key));
    return Object.fromEntries(
      entries.map(([key, property]) => [key, exampleValue(isObject(property) ? property : {}, depth + 1)]),
    );
  }
  if (sensitive === true) return '<secret>';
  const first = Array.isArray(type) ? (type[0] as Json) : type;
  return placeholders.get(typeof first === 'string' ? first : '') ?? '...';
}

function requiredNames(required: Json | undefined): readonly Json[] {
  return Array.isArray(required) ? required : [];
}

/** Where one of several must be given, the first is as good as any. */
function firstChoice({ oneOf, anyOf }: JsonObject): JsonObject {
  const [first] = [oneOf, anyOf].flatMap((list) => (Array.isArray(list) ? (list as readonly Json[]) : []));
  return isObject(first) ? first : {};
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
