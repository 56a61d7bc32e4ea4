import { parseFieldPath } from '../api/field-path.ts';
import type { JsonObject } from '../api/json.ts';
import type { InputSource } from './check-inputs.ts';
import type { DraftOutput } from './draft-step.ts';
import type { ParsedExpressions } from './expressions.ts';
import { schemaAt, type SchemaAt } from './schema-walk.ts';

const anything: SchemaAt = { kind: 'any' };

/**
 * What an input brings, with the path after the output's name: from the schema that the output declares, else from what the
 * step type says of a plain path such as `output.value`. `none`: the path can lead to nothing.
 */
export async function typeOfInput(
  source: InputSource,
  output: DraftOutput,
  expressions: ParsedExpressions,
): Promise<SchemaAt> {
  const rest = parseFieldPath(`x${source.rest}`)?.slice(1) ?? [];
  const [schema, path] =
    output.schema === undefined ? await resultPath(source, output, expressions) : [output.schema, []];
  if (schema === undefined) return anything;
  const ofStep = schemaAt(schema, path, false);
  // A path that the output itself cannot read is told at the output.
  if (ofStep.kind !== 'some') return anything;
  // Of a step with `forEach`, an output is the list of what its items made; a failed one makes null.
  const isListed = source.producer.loop !== undefined;
  const whole: JsonObject = isListed
    ? { type: 'array', items: { anyOf: [ofStep.schema, { type: 'null' }] } }
    : ofStep.schema;
  return schemaAt(whole, rest, false);
}

async function resultPath(
  source: InputSource,
  output: DraftOutput,
  expressions: ParsedExpressions,
): Promise<readonly [JsonObject | undefined, readonly (string | number)[]]> {
  const text = output.valueFrom.trim();
  const path = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d{1,6}\])*$/.test(text)
    ? parseFieldPath(text)
    : undefined;
  const parsed = path === undefined ? undefined : await expressions.parse(output.valueFrom);
  return parsed?.ok === true && path !== undefined
    ? [source.producer.stepType?.resultSchema, path]
    : [undefined, []];
}
