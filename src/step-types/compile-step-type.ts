import { isObject, type JsonObject } from '../api/json.ts';
import type { OpRegistry } from '../api/op-spec.ts';
import { definitionApiVersion } from '../api/workflow.ts';
import { readDocuments } from '../yaml/read-documents.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { compileCueFile, compileCueTemplate } from './compile-cue.ts';
import { compileSluice } from './compile-sluice.ts';
import type { CueCompiler } from './cue-compiler.ts';
import { FaultCollector } from './fault-collector.ts';
import { digestOfSource } from './packages/imported-packages.ts';
import { shown } from './shown.ts';
import type { Compiled, StepType, StepTypeSource } from './step-type.ts';

export interface CompileParts {
  readonly ops: OpRegistry;
  readonly cue: CueCompiler;
  /** Paths of the Packages there are, for whoever names another one. */
  readonly knownPackages?: readonly string[];
}

/** What a schematic comes to; the rest of a step type is the same for all of them. */
export type StepTypeBody = Omit<StepType, 'name' | 'source' | 'digest' | 'kind' | 'description'> & {
  /** Undefined where the definition's annotation says it. */
  readonly description?: string;
};

/** These are no templates that do nothing: the engine runs their sub-steps. */
const kindsByName: Readonly<Record<string, 'group' | 'call' | undefined>> = {
  'step-group': 'group',
  'call-workflow': 'call',
};
const maxCharacters = 1_000_000;
const descriptionAnnotation = 'definition.oam.dev/description';

/** Compiles the text of a step type. Bad text is never thrown: all its faults come back at once, with their places. */
export async function compileStepType(source: StepTypeSource, parts: CompileParts): Promise<Compiled> {
  const faults = new FaultCollector(source.name);
  const compiled = await compile(source, parts, faults);
  if (compiled === undefined || faults.hasErrors) return { ok: false, faults: faults.sorted() };
  const { body, description } = compiled;
  const stepType: StepType = {
    ...body,
    name: source.name,
    source,
    digest: digestOfSource(source),
    kind: kindsByName[source.name] ?? 'template',
    description: description ?? body.description ?? '',
  };
  return { ok: true, stepType, warnings: faults.sorted() };
}

async function compile(
  source: StepTypeSource,
  parts: CompileParts,
  faults: FaultCollector,
): Promise<{ readonly body: StepTypeBody; readonly description?: string } | undefined> {
  if (source.text.length > maxCharacters) {
    faults.add({ code: 'TooLarge', message: `the definition is longer than ${maxCharacters} characters` });
    return undefined;
  }
  if (source.format === 'cue') {
    const body = await compileCueFile(source, parts, faults);
    return body === undefined ? undefined : { body };
  }
  const document = readDefinition(source, faults);
  if (document === undefined) return undefined;
  const description = descriptionOf(document);
  const body = await compileSchematicOf(document, source, parts, faults);
  if (body === undefined) return undefined;
  if (description === undefined) {
    const place = document.locate(['metadata', 'annotations']);
    const message = `there is no description: add the annotation ${descriptionAnnotation}`;
    faults.add({ ...place, code: 'MissingDescription', severity: 'warning', message });
  }
  return { body, ...(description === undefined ? {} : { description }) };
}

function readDefinition(source: StepTypeSource, faults: FaultCollector): SourceDocument | undefined {
  const read = readDocuments(source.text, source.file);
  // Whoever read the file has passed on its warnings.
  for (const fault of read.faults) {
    if (fault.severity === 'error') faults.add({ ...fault, isComplete: true });
  }
  const [document, ...more] = read.documents;
  if (document === undefined) return undefined;
  if (more.length > 0) {
    const place = more[0]?.locate([]) ?? document.locate([]);
    faults.add({ ...place, code: 'BadDefinition', message: 'the text holds more than one document' });
    return undefined;
  }
  const value: JsonObject = isObject(document.value) ? document.value : {};
  const wrong = (field: 'apiVersion' | 'kind', wanted: string): void => {
    const got = value[field] === undefined ? 'it is missing' : `got ${shown(value[field] ?? null)}`;
    const message = `${field} must be ${wanted}: ${got}`;
    faults.add({ ...document.locate([field]), code: 'BadDefinition', message });
  };
  if (value['apiVersion'] !== definitionApiVersion) wrong('apiVersion', definitionApiVersion);
  if (value['kind'] !== 'WorkflowStepDefinition') wrong('kind', 'WorkflowStepDefinition');
  // Anything else has no schematic to speak of.
  if (faults.hasErrors) return undefined;
  const metadata = isObject(value['metadata']) ? value['metadata'] : {};
  if (metadata['name'] !== source.name) {
    const message = `metadata.name must be ${JSON.stringify(source.name)}`;
    faults.add({ ...document.locate(['metadata', 'name']), code: 'BadDefinition', message });
  }
  return document;
}

function descriptionOf(document: SourceDocument): string | undefined {
  const { metadata } = document.value as JsonObject;
  const annotations = isObject(metadata) ? metadata['annotations'] : undefined;
  const description = isObject(annotations) ? annotations[descriptionAnnotation] : undefined;
  return typeof description === 'string' && description !== '' ? description : undefined;
}

async function compileSchematicOf(
  document: SourceDocument,
  source: StepTypeSource,
  parts: CompileParts,
  faults: FaultCollector,
): Promise<StepTypeBody | undefined> {
  const { spec } = document.value as JsonObject;
  const schematic = isObject(spec) && isObject(spec['schematic']) ? spec['schematic'] : {};
  const path = ['spec', 'schematic'];
  const kinds = ['sluice', 'cue'].filter((kind) => schematic[kind] !== undefined);
  if (kinds.length !== 1) {
    const message = 'spec.schematic must have one of sluice (parameters, ops, outputs) and cue (template)';
    faults.add({ ...document.locate(path), code: 'BadDefinition', message });
    return undefined;
  }
  if (kinds[0] === 'sluice') return compileSluice(document, [...path, 'sluice'], parts, faults);
  const template = isObject(schematic['cue']) ? schematic['cue']['template'] : undefined;
  if (typeof template === 'string') return compileCueTemplate(document, template, source, parts, faults);
  const message = 'spec.schematic.cue.template must be a string of CUE';
  faults.add({ ...document.locate([...path, 'cue']), code: 'BadDefinition', message });
  return undefined;
}
