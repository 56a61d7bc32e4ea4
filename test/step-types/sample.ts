import type { OpRegistry } from '../../src/api/op-spec.ts';
import { opSpecs } from '../../src/ops/registry.ts';
import { compileStepType } from '../../src/step-types/compile-step-type.ts';
import type { CueCompiler } from '../../src/step-types/cue-compiler.ts';
import type { Compiled, StepType, StepTypeFault } from '../../src/step-types/step-type.ts';

/** A compiler for tests in which no CUE may be needed. */
export const noCue: CueCompiler = {
  compile: () => Promise.reject(new Error('CUE was asked to compile')),
  describePackage: () => Promise.reject(new Error('CUE was asked to describe a package')),
  readDefinitionFile: () => Promise.reject(new Error('CUE was asked to read a definition file')),
  evaluate: (_scope, expression) => Promise.reject(new Error(`CUE was asked to evaluate ${expression}`)),
};

/** A definition whose schematic is this YAML, written from the first column on. */
export function definition(schematic: string, name = 'sample'): string {
  const lines = schematic.trim().split('\n');
  return `apiVersion: core.oam.dev/v1beta1
kind: WorkflowStepDefinition
metadata:
  name: ${name}
  annotations:
    definition.oam.dev/description: A step type of the tests.
spec:
  schematic:
    sluice:
${lines.map((line) => `      ${line}`).join('\n')}
`;
}

export function compileText(
  text: string,
  cue: CueCompiler = noCue,
  ops: OpRegistry = opSpecs,
): Promise<Compiled> {
  const source = { name: 'sample', format: 'yaml', origin: 'file', file: 'sample.yaml', text } as const;
  return compileStepType(source, { ops, cue });
}

/** Throws when it does not compile. */
export async function stepTypeOf(
  schematic: string,
  cue: CueCompiler = noCue,
  ops: OpRegistry = opSpecs,
): Promise<StepType> {
  const compiled = await compileText(definition(schematic), cue, ops);
  if (!compiled.ok) throw new Error(compiled.faults.map(({ message }) => message).join('\n'));
  return compiled.stepType;
}

/** The errors and warnings of a schematic. */
export async function faultsOf(schematic: string): Promise<readonly StepTypeFault[]> {
  const compiled = await compileText(definition(schematic));
  return compiled.ok ? compiled.warnings : compiled.faults;
}

/** A schematic with one expression in it, as the value of an entry, and parameters of every kind. */
export function withExpression(expression: string): string {
  return `
parameters:
  type: object
  properties:
    text: {type: string, description: a}
    count: {type: integer, description: a}
    flag: {type: boolean, description: a}
    names: {type: array, items: {type: string}, description: a}
    open: {type: object, description: a}
    mode: {type: string, enum: [fast, slow], description: a}
    list: {type: array, description: a, items: {type: object, properties: {name: {type: string, description: a}}}}
ops:
  - id: asked
    op: http
    if: \${ parameter.flag ?? false }
    with: {url: "http://127.0.0.1/"}
  - id: it
    value: ${JSON.stringify(`\${ ${expression} }`)}
  - id: shown
    op: log
    with: {data: "\${ it }"}`;
}
