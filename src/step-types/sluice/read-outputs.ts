import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { FieldPath } from '../../yaml/source-document.ts';
import type { StaticNames } from '../expression/infer.ts';
import { readSchema } from '../schema/read-schema.ts';
import { boundedSchema } from '../schema/schema-size.ts';
import { checkFit } from './check-fit.ts';
import type { TreeCompiler } from './compile-tree.ts';
import type { FaultReport } from './fault-report.ts';
import { reportUnknownFields } from './report-unknown-fields.ts';
import type { Output } from './program.ts';

const fields = ['description', 'schema', 'value'];

/** Reads the object under `outputs:`: what a `valueFrom` of a run sees beside `parameter` and `context`. */
export function readOutputs(
  value: Json | undefined,
  path: FieldPath,
  names: StaticNames,
  compiler: TreeCompiler,
  report: FaultReport,
): readonly Output[] {
  if (value === undefined) return [];
  if (!isObject(value)) {
    report({ code: 'BadDefinition', path, message: 'outputs must be an object of outputs by name' });
    return [];
  }
  return Object.entries(value).flatMap(([name, output]) => {
    const at = [...path, name];
    if (!/^[A-Za-z_$][A-Za-z0-9_$]{0,59}$/.test(name) || name === 'parameter' || name === 'context') {
      const message = `an output cannot be called "${name.slice(0, 60)}": a valueFrom could not name it`;
      report({ code: 'BadDefinition', path: at, isKey: true, message });
      return [];
    }
    if (!isObject(output) || output['value'] === undefined) {
      report({ code: 'BadDefinition', path: at, message: `output "${name}" needs a value` });
      return [];
    }
    return [readOutput(name, output, at, names, compiler, report)];
  });
}

function readOutput(
  name: string,
  output: JsonObject,
  path: FieldPath,
  names: StaticNames,
  compiler: TreeCompiler,
  report: FaultReport,
): Output {
  const what = `output "${name}"`;
  reportUnknownFields(output, fields, path, report, (text) => `${what}: ${text}`);
  const { description, schema: written } = output;
  if (typeof description !== 'string' || description === '') {
    report({ code: 'MissingDescription', severity: 'warning', path, message: `${what} has no description` });
  }
  const compiled = compiler.compile(output['value'] ?? null, [...path, 'value'], what, names);
  const schema =
    written === undefined
      ? boundedSchema(compiled.schema)
      : readSchema(written, ({ path: inner, message, ...fault }) => {
          report({
            code: 'BadSchema',
            path: [...path, 'schema', ...inner],
            message: `${what}: ${message}`,
            ...fault,
          });
        });
  if (written !== undefined) checkFit(compiled, schema, [...path, 'value'], what, report);
  return {
    name,
    description: typeof description === 'string' ? description : '',
    schema,
    isDeclared: written !== undefined,
    value: compiled.tree,
  };
}
