import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { OpRegistry } from '../../api/op-spec.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import type { JsonataParser } from '../expression/parse-expression.ts';
import { readSchema } from '../schema/read-schema.ts';
import { unmaskedCalls, unmaskedText } from './calls-model.ts';
import { createTreeCompiler } from './compile-tree.ts';
import type { FaultReport } from './fault-report.ts';
import { reportUnknownFields } from './report-unknown-fields.ts';
import type { Program } from './program.ts';
import { readOps } from './read-ops.ts';
import { readOutputs } from './read-outputs.ts';

const fields = ['parameters', 'ops', 'outputs'];

/** Reads and checks the value of `spec.schematic.sluice`, which stands at `path`. Every fault is reported, all at once. */
export function compileSchematic(
  schematic: Json,
  path: FieldPath,
  parts: { readonly ops: OpRegistry; readonly parser: JsonataParser; readonly report: FaultReport },
): Program {
  const { ops, parser, report } = parts;
  if (!isObject(schematic)) {
    report({
      code: 'BadDefinition',
      path,
      message: 'the schematic must be an object with parameters, ops and outputs',
    });
    return { parameters: {}, entries: [], outputs: [] };
  }
  reportUnknownFields(schematic, fields, path, report, (text) => `${text} (there are ${fields.join(', ')})`);
  const parameters = readParameters(schematic['parameters'], [...path, 'parameters'], report);
  const compiler = createTreeCompiler(parser, report);
  const { entries, names } = readOps(schematic['ops'], [...path, 'ops'], {
    ops,
    compiler,
    report,
    parameters,
  });
  const outputs = readOutputs(schematic['outputs'], [...path, 'outputs'], names, compiler, report);
  const program = { parameters, entries, outputs };
  for (const { id, path: at } of unmaskedCalls(program)) {
    const message = `op "${id}" ${unmaskedText} (pass it through the op evidence first)`;
    report({ code: 'UnmaskedModelCall', severity: 'warning', path: at, message });
  }
  return program;
}

function readParameters(value: Json | undefined, path: FieldPath, report: FaultReport): JsonObject {
  if (value === undefined) return { type: 'object', properties: {}, additionalProperties: false };
  const schema = readSchema(value, ({ path: inner, message, ...fault }) => {
    report({ code: 'BadSchema', path: [...path, ...inner], message: `parameters: ${message}`, ...fault });
  });
  if (schema['type'] !== 'object' || !isObject(schema['properties'])) {
    const message = 'parameters must be the schema of an object with properties';
    report({ code: 'BadSchema', path, message });
    return { type: 'object', additionalProperties: true };
  }
  warnUndescribed(schema, path, report);
  return schema;
}

/** The documentation of a step type is made from its descriptions. */
function warnUndescribed(schema: JsonObject, path: FieldPath, report: FaultReport): void {
  if (!isObject(schema['properties'])) return;
  for (const [name, property] of Object.entries(schema['properties'])) {
    if (!isObject(property)) continue;
    const at = [...path, 'properties', name];
    if (property['description'] === undefined) {
      const message = `parameter "${name.slice(0, 60)}" has no description`;
      report({ code: 'MissingDescription', severity: 'warning', path: at, isKey: true, message });
    }
    warnUndescribed(property, at, report);
  }
}
