import type { CueCompilation, CueSource } from '../cue/engine.ts';
import type { ExprFault } from '../expr/expression.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import type { CompileParts, StepTypeBody } from './compile-step-type.ts';
import type { FaultCollector } from './fault-collector.ts';
import { unmaskedText, vendorAddress } from './sluice/calls-model.ts';
import type { StepTypeSource } from './step-type.ts';

type PlaceFault = (fault: ExprFault) => {
  readonly line: number;
  readonly column: number;
  readonly path: string;
};

/** Compiles a `.cue` definition file. Lines and columns of its template are those of the file. */
export async function compileCueFile(
  source: StepTypeSource,
  parts: CompileParts,
  faults: FaultCollector,
): Promise<StepTypeBody | undefined> {
  const { cue } = parts;
  const definition = await cue.readDefinitionFile(source.text, source.file);
  if (!definition.ok) {
    addFaults(definition.faults, placeInFile, 'error', faults);
    return undefined;
  }
  if (definition.type !== '' && definition.type !== 'workflow-step') {
    const message = `the definition is of type ${JSON.stringify(definition.type)}, not "workflow-step"`;
    faults.add({ code: 'BadDefinition', message });
  }
  if (definition.name !== source.name) {
    const message = `the definition is called ${JSON.stringify(definition.name)}, not ${JSON.stringify(source.name)}`;
    faults.add({ code: 'BadDefinition', message });
  }
  const { template, description } = definition;
  const compiled = await cue.compile(cueSource(source, template, parts));
  const body = bodyOf(compiled, template, placeInFile, faults);
  return body === undefined ? undefined : { ...body, description };
}

function placeInFile({ at, path = '' }: ExprFault): ReturnType<PlaceFault> {
  return { line: at?.line ?? 1, column: at?.column ?? 1, path };
}

/** Compiles the text under `spec.schematic.cue.template`. Places point into the definition's document. */
export async function compileCueTemplate(
  document: SourceDocument,
  template: string,
  source: StepTypeSource,
  parts: CompileParts,
  faults: FaultCollector,
): Promise<StepTypeBody | undefined> {
  const path = ['spec', 'schematic', 'cue', 'template'];
  const place: PlaceFault = ({ at }) =>
    at === undefined ? document.locate(path) : document.locateInScalar(path, at.line, at.column);
  const compiled = await parts.cue.compile(cueSource(source, template, parts));
  const body = bodyOf(compiled, template, place, faults);
  if (body === undefined) return undefined;
  // At run time, too, faults say where in the definition they stand, not where in its template.
  const moved = (fault: ExprFault): ExprFault => {
    if (fault.at?.source !== source.file) return fault;
    const { line, column } = place(fault);
    return { ...fault, at: { source: source.file, line, column } };
  };
  return {
    ...body,
    template: {
      async next(input) {
        const turn = await body.template.next(input);
        return turn.kind === 'error' ? { kind: 'error', faults: turn.faults.map(moved) } : turn;
      },
      async value(input, valueFrom) {
        const value = await body.template.value(input, valueFrom);
        return value.ok ? value : { ok: false, faults: value.faults.map(moved) };
      },
    },
  };
}

function cueSource(
  source: StepTypeSource,
  template: string,
  { knownPackages = [] }: CompileParts,
): CueSource {
  const { name, file } = source;
  return {
    name,
    source: template,
    file,
    packages: source.packages ?? [],
    knownPackages,
  };
}

function bodyOf(
  compiled: CueCompilation,
  template: string,
  place: PlaceFault,
  faults: FaultCollector,
): StepTypeBody | undefined {
  if (!compiled.ok) {
    addFaults(compiled.faults, place, 'error', faults);
    return undefined;
  }
  addFaults(compiled.warnings, place, 'warning', faults);
  const at = compiled.ops.includes('http') ? template.indexOf(vendorAddress) : -1;
  if (at >= 0) faults.add({ ...place(faultAt(template, at)), ...unmasked });
  return {
    parameterSchema: compiled.parameterSchema,
    unknownParameters: 'warn',
    resultSchema: compiled.resultSchema,
    callsModel: at >= 0,
    isGate: false,
    checkParameter: (parameter) => compiled.checkParameter(parameter),
    template: compiled.template,
  };
}

const unmasked = {
  code: 'UnmaskedModelCall',
  severity: 'warning',
  message: unmaskedText,
  suggestion: 'the built-in chat-gpt, ai-diagnose and ai-audit mask what they send',
} as const;

function faultAt(template: string, index: number): ExprFault {
  const lines = template.slice(0, index).split('\n');
  const at = { source: '', line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  return { kind: 'evaluation', message: '', at };
}

function addFaults(
  found: readonly ExprFault[],
  place: PlaceFault,
  severity: 'error' | 'warning',
  faults: FaultCollector,
): void {
  for (const fault of found) {
    const { path = '', hint } = fault;
    // The engine's own messages mostly begin with the path.
    const message =
      path === '' || fault.message.startsWith(path) ? fault.message : `${path}: ${fault.message}`;
    faults.add({
      ...place(fault),
      code: fault.kind === 'import' && severity === 'error' ? 'UnknownPackage' : 'BadCue',
      severity,
      message,
      ...(hint === undefined ? {} : { suggestion: hint }),
    });
  }
}
