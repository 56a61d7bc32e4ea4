import type { Fault } from '../api/fault.ts';
import { isObject } from '../api/json.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { definitionApiVersion, packageApiVersion, workflowApiVersion } from '../api/workflow.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import { readDocuments } from '../yaml/read-documents.ts';
import type { SourceDocument } from '../yaml/source-document.ts';
import { gateAsRun, isGateDocument } from './gate-document.ts';
import type { PackageDocument } from './packages.ts';
import type { InputFile } from './session.ts';

export interface FileDocument {
  readonly document: SourceDocument;
  /** Text of the whole file, to be pinned. */
  readonly fileText: string;
}

/** What a set of files holds, by what it is for. */
export interface InputDocuments {
  readonly runs: readonly FileDocument[];
  readonly workflows: ReadonlyMap<string, FileDocument>;
  readonly definitions: readonly StepTypeSource[];
  readonly packages: readonly PackageDocument[];
  /** Secrets and ConfigMaps for the in-memory cluster. */
  readonly seeds: readonly KubeObject[];
  readonly faults: readonly Fault[];
}

export function readInput(files: readonly InputFile[], origin: StepTypeSource['origin']): InputDocuments {
  const runs: FileDocument[] = [];
  const workflows = new Map<string, FileDocument>();
  const definitions: StepTypeSource[] = [];
  const packages: PackageDocument[] = [];
  const seeds: KubeObject[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const fileText = new TextDecoder().decode(file.bytes);
    if (file.name.endsWith('.cue')) {
      const name = cueName(fileText) ?? file.name.replace(/^.*\//, '').replace(/\.cue$/, '');
      definitions.push({ name, format: 'cue', origin, file: file.name, text: fileText });
      continue;
    }
    const read = readDocuments(file.bytes, file.name);
    faults.push(...read.faults);
    if (read.documents.length === 0 && read.faults.every(({ severity }) => severity !== 'error')) {
      faults.push(emptyFile(file.name));
    }
    for (const document of read.documents) {
      const { apiVersion, kind, name } = identity(document);
      if (isGateDocument(document)) {
        runs.push({ document: gateAsRun(document), fileText });
      } else if (kind === 'WorkflowRun') {
        runs.push({ document, fileText });
      } else if (apiVersion === workflowApiVersion && kind === 'Workflow') {
        const other = workflows.get(name)?.document;
        if (other !== undefined && isOfSameNamespace(document, other))
          faults.push(sameWorkflow(name, document, other));
        workflows.set(name, { document, fileText });
      } else if (apiVersion === definitionApiVersion && kind === 'WorkflowStepDefinition') {
        const text = read.documents.length === 1 ? fileText : inPlace(document.text, fileText);
        definitions.push({ name, format: 'yaml', origin, file: file.name, text });
      } else if (apiVersion === packageApiVersion && kind === 'Package') {
        const text = read.documents.length === 1 ? fileText : inPlace(document.text, fileText);
        packages.push({ source: { name, origin, file: file.name, text }, document });
      } else if (apiVersion === 'v1' && (kind === 'Secret' || kind === 'ConfigMap')) {
        seeds.push(document.value as unknown as KubeObject);
      } else {
        faults.push(unsupported(document, apiVersion, kind));
      }
    }
  }
  faults.push(...duplicates('step type', definitions));
  faults.push(
    ...duplicates(
      'Package',
      packages.map(({ source }) => source),
    ),
  );
  return { runs, workflows, definitions, packages, seeds, faults };
}

function isOfSameNamespace(one: SourceDocument, other: SourceDocument): boolean {
  return identity(one).namespace === identity(other).namespace;
}

/** Which of the two is run would depend on the order of the files. */
function sameWorkflow(name: string, document: SourceDocument, other: SourceDocument): Fault {
  const { line, file } = other.locate(['metadata', 'name']);
  const where = file === document.file ? `line ${line}` : file;
  const message = `Workflow ${name} is defined twice: first in ${where}; rename or remove one`;
  const place = document.locate(['metadata', 'name']);
  return { ...place, code: 'DuplicateDefinition', severity: 'error', message };
}

type NamedText = Pick<StepTypeSource, 'name' | 'file' | 'text'>;

/** Which of two definitions of one name counts would depend on the order of the files. */
function duplicates(what: string, definitions: readonly NamedText[]): readonly Fault[] {
  const first = new Map<string, NamedText>();
  return definitions.flatMap((source): readonly Fault[] => {
    const { name, file } = source;
    const other = first.get(name);
    if (other === undefined) {
      first.set(name, source);
      return [];
    }
    const line = firstLine(source.text);
    const where = other.file === file ? `line ${firstLine(other.text)}` : other.file;
    const message = `${what} ${name} is defined twice: first in ${where}; rename or remove one`;
    return [{ file, line, column: 1, path: '', code: 'DuplicateDefinition', severity: 'error', message }];
  });
}

/** The text of a document is moved down to the line where it stands in its file. */
function firstLine(text: string): number {
  return /^\s*(?:---[^\n]*\n\s*)?/.exec(text)?.[0].split('\n').length ?? 1;
}

interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

function identity({ value }: SourceDocument): Identity {
  const fields = isObject(value) ? value : {};
  const metadata = isObject(fields['metadata']) ? fields['metadata'] : {};
  const text = (field: unknown): string => (typeof field === 'string' ? field : '');
  return {
    apiVersion: text(fields['apiVersion']),
    kind: text(fields['kind']),
    name: text(metadata['name']),
    namespace: text(metadata['namespace']),
  };
}

/** The text of one document of a file, moved down to the line where it stands, so that faults name that line. */
function inPlace(text: string, fileText: string): string {
  const offset = fileText.indexOf(text);
  return offset < 0 ? text : '\n'.repeat(fileText.slice(0, offset).split('\n').length - 1) + text;
}

/** The quoted or plain label of the first definition in a `.cue` file, such as `"chat-gpt": {`. */
function cueName(text: string): string | undefined {
  const label = /^(?:"([^"\n]+)"|([A-Za-z_][\w-]*))\s*:\s*\{/gm;
  for (const [, quoted, plain] of text.matchAll(label)) {
    const name = quoted ?? plain;
    if (name !== undefined && name !== 'template') return name;
  }
  return undefined;
}

function unsupported(document: SourceDocument, apiVersion: string, kind: string): Fault {
  const what =
    kind === '' ? 'the document has no kind' : `${apiVersion} ${kind} is not something Sluice runs`;
  const message = `${what}: write a WorkflowRun, Workflow, Gate, WorkflowStepDefinition, Package, Secret or ConfigMap`;
  const place = document.locate(kind === '' ? [] : ['kind']);
  return { ...place, code: 'UnsupportedKind', severity: 'error', message };
}

function emptyFile(file: string): Fault {
  const message = 'the file holds no document';
  return { file, line: 1, column: 1, path: '', code: 'EmptyFile', severity: 'error', message };
}
