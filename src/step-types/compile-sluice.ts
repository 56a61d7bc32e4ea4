import type { JsonObject } from '../api/json.ts';
import { lookUp } from '../api/field-path.ts';
import type { FieldPath, SourceDocument } from '../yaml/source-document.ts';
import type { CompileParts, StepTypeBody } from './compile-step-type.ts';
import { loadParser } from './expression/parse-expression.ts';
import type { FaultCollector } from './fault-collector.ts';
import { compileCheck, type ValueCheck } from './schema/parameter-check.ts';
import { callsModel } from './sluice/calls-model.ts';
import { compileSchematic } from './sluice/compile-schematic.ts';
import { placeInText } from './sluice/expr-faults.ts';
import { policyCheckOf } from './sluice/policy-check.ts';
import type { Output, Program } from './sluice/program.ts';
import { createSluiceTemplate } from './sluice/sluice-template.ts';

/** Compiles the `sluice` schematic that stands at `path`. */
export async function compileSluice(
  document: SourceDocument,
  path: FieldPath,
  parts: CompileParts,
  faults: FaultCollector,
): Promise<StepTypeBody> {
  const program = compileSchematic(lookUp(document.value, path) ?? null, path, {
    ops: parts.ops,
    parser: await loadParser(),
    report: ({ path: at, offset, isKey, code, severity, message, suggestion }) => {
      const place =
        offset === undefined
          ? document.locate(at, isKey === true ? 'key' : 'value')
          : placeInText(document, at, offset);
      const suggested = suggestion === undefined ? {} : { suggestion };
      faults.add({ ...place, code, message, ...suggested, ...(severity === undefined ? {} : { severity }) });
    },
  });
  return bodyOf(program, document, parts);
}

function bodyOf(program: Program, document: SourceDocument, parts: CompileParts): StepTypeBody {
  const { parameters } = program;
  // Schemas are compiled when a step first needs them: listing or vetting step types takes none of it.
  let parameterCheck: Promise<ValueCheck> | undefined;
  const checkParameter = async (parameter: JsonObject) => {
    parameterCheck ??= compileCheck(parameters, 'the parameters');
    return (await parameterCheck)(parameter);
  };
  const checkPolicy = policyCheckOf(program);
  const outputChecks = new Map<Output, Promise<ValueCheck>>();
  return {
    parameterSchema: parameters,
    unknownParameters: 'refuse',
    resultSchema: resultSchema(program.outputs),
    callsModel: callsModel(program),
    suspends: program.entries.some(
      (entry) => entry.kind === 'op' && entry.spec.name === 'suspend' && entry.condition === undefined,
    ),
    isGate: program.entries.some((entry) => entry.kind === 'op' && entry.spec.givesVerdict === true),
    async checkParameter(parameter) {
      const checked = await checkParameter(parameter);
      return checked.ok ? [] : checked.faults;
    },
    ...(checkPolicy === undefined ? {} : { checkPolicy }),
    template: createSluiceTemplate({
      program,
      document,
      cue: parts.cue,
      checkParameter,
      outputCheck(output) {
        const check = outputChecks.get(output) ?? compileCheck(output.schema, `output "${output.name}"`);
        outputChecks.set(output, check);
        return check;
      },
    }),
  };
}

function resultSchema(outputs: readonly Output[]): JsonObject {
  const properties = outputs.map(({ name, description, schema }): [string, JsonObject] => [
    name,
    description === '' ? schema : { ...schema, description },
  ]);
  return { type: 'object', properties: Object.fromEntries(properties), additionalProperties: false };
}
