import { isObject, type JsonObject } from '../api/json.ts';
import { compileCheck } from '../step-types/schema/parameter-check.ts';
import { readSchema } from '../step-types/schema/read-schema.ts';
import type { ParameterFault } from '../step-types/step-type.ts';
import type { FieldPath } from '../yaml/source-document.ts';
import type { FieldReader } from './field-reader.ts';
import type { DraftRun } from './read-run.ts';

/** Of a schema with faults, which have been reported: what is given is not judged by it. */
const anything: JsonObject = { type: 'object' };

/**
 * The JSON Schema of the parameters that the Workflow at `reader` declares; undefined when it declares none. Each must be
 * required or have a default: a step that reads it then always finds a value.
 */
export function readParameterSchema(reader: FieldReader): JsonObject | undefined {
  const declared = reader.object('parameters');
  if (declared === undefined) return undefined;
  let isWrong = false;
  const report = (path: FieldPath, message: string, suggestion?: string, isKey = false): void => {
    isWrong = true;
    const at = reader.document.locate([...reader.path, 'parameters', ...path], isKey ? 'key' : 'value');
    reader.faults.add('BadSchema', at, message, suggestion === undefined ? {} : { suggestion });
  };
  const schema = readSchema(declared, ({ path, message, suggestion, isKey }) =>
    report(path, `\`parameters\`: ${message}`, suggestion, isKey),
  );
  const { type, properties, required } = schema;
  if (type !== 'object' || !isObject(properties)) {
    report([], '`parameters` must be the JSON Schema of an object with `properties`');
    return anything;
  }
  const names = Array.isArray(required) ? required : [];
  for (const [name, property] of Object.entries(properties)) {
    if (names.includes(name) || (isObject(property) && property['default'] !== undefined)) continue;
    const message = `the parameter "${name}" is neither \`required\` nor has a \`default\`: steps that read it would find nothing`;
    report(['properties', name], message, undefined, true);
  }
  return isWrong ? anything : schema;
}

/** What the run gives, with the defaults; undefined where there is nothing, where it is wrong, and for a Workflow by itself. */
export async function readParameters({
  given,
  parameterSchema,
}: Pick<DraftRun, 'given' | 'parameterSchema'>): Promise<JsonObject | undefined> {
  if (given === undefined) return undefined;
  if (parameterSchema === undefined) {
    if (given.has('parameters'))
      given.fault(
        'UnknownParameter',
        ['parameters'],
        'what this run runs declares no parameters; a Workflow declares them under `parameters`, and a run names it by `workflowRef`',
      );
    return undefined;
  }
  if (given.object('context')?.['parameters'] !== undefined) {
    const at = given.document.locate([...given.path, 'context', 'parameters'], 'key');
    const message = '`context.parameters` is where steps see the parameters of the Workflow; rename this key';
    given.faults.add('BadName', at, message);
  }
  return checkParameterValues(parameterSchema, given.object('parameters') ?? {}, given);
}

/** The values with their defaults; undefined, and every fault reported in the object at `reader`, where the schema refuses them. */
export async function checkParameterValues(
  schema: JsonObject,
  values: JsonObject,
  reader: FieldReader,
): Promise<JsonObject | undefined> {
  const checked = (await compileCheck(schema, 'the parameters of the Workflow'))(values);
  if (checked.ok) return isObject(checked.value) ? checked.value : values;
  for (const fault of checked.faults) tell(fault, reader);
  return undefined;
}

function tell({ path, code, message, suggestion }: ParameterFault, reader: FieldReader): void {
  const at =
    code === 'UnknownParameter'
      ? reader.document.locate([...reader.path, 'parameters', ...path], 'key')
      : reader.place('parameters', ...path);
  reader.faults.add(code, at, message, suggestion === undefined ? {} : { suggestion });
}
