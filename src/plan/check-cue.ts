import { isObject, type Json } from '../api/json.ts';
import type { DraftStep } from './draft-step.ts';
import { reportExpressionFaults, type ParsedExpressions } from './expressions.ts';
import { schemaAt } from './schema-walk.ts';

type Path = readonly (string | number)[];

/** Checks the CUE that stands in the properties of a step: texts whose schema has `format: cue`. */
export async function checkCue(step: DraftStep, expressions: ParsedExpressions): Promise<void> {
  const schema = step.stepType?.parameterSchema;
  if (schema === undefined || !hasCue(schema)) return;
  for (const { path, text } of textsOf(step.properties, [])) {
    const at = schemaAt(schema, path, true);
    if (at.kind !== 'some' || at.schema['format'] !== 'cue') continue;
    // oxlint-disable-next-line no-await-in-loop -- faults in the order of the text, and one engine parses them
    const parsed = await expressions.parse(text);
    if (!parsed.ok) reportExpressionFaults(step, ['properties', ...path], parsed.faults);
  }
}

function hasCue(schema: Json): boolean {
  if (Array.isArray(schema)) return (schema as readonly Json[]).some(hasCue);
  if (!isObject(schema)) return false;
  return schema['format'] === 'cue' || Object.values(schema).some(hasCue);
}

function textsOf(value: Json, path: Path): readonly { readonly path: Path; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value))
    return (value as readonly Json[]).flatMap((each, index) => textsOf(each, [...path, index]));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => textsOf(each, [...path, key]));
}
