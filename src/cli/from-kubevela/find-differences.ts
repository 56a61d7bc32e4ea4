import type { Fault } from '../../api/fault.ts';
import { workflowApiVersion } from '../../api/workflow.ts';
import type { InputFile, RunRequest, Session } from '../../runner/session.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { lookAtDocument, lookAtTemplate } from './look-at-document.ts';
import { objectOf, textOf } from './read-workflow-steps.ts';
import { translateFault } from './translate-fault.ts';

/** Everything in the files that behaves otherwise than with KubeVela, in the order of the files. Nothing is run. */
export async function findDifferences(
  session: Pick<Session, 'prepare'>,
  request: RunRequest,
): Promise<readonly Fault[]> {
  const documents = request.files.flatMap(documentsOf);
  const { faults } = await session.prepare({ ...request, files: [...request.files, ...runsOf(documents)] });
  const found = [
    ...faults.map(translateFault),
    ...documents.flatMap(lookAtDocument),
    ...request.files.flatMap(lookAtCueFile),
  ];
  return distinct(found);
}

function documentsOf({ name, bytes }: InputFile): readonly SourceDocument[] {
  return name.endsWith('.cue') ? [] : readDocuments(bytes, name).documents;
}

/** A Workflow is checked with the run that names it; one that none names, with a run that says nothing beside. */
function runsOf(documents: readonly SourceDocument[]): readonly InputFile[] {
  const named = new Set(
    documents.map(({ value }) => textOf(objectOf(objectOf(value)['spec'])['workflowRef'])),
  );
  const workflows = documents
    .filter(({ value }) => objectOf(value)['kind'] === 'Workflow')
    .map(({ value }) => textOf(objectOf(objectOf(value)['metadata'])['name']));
  return workflows
    .filter((name) => name !== '' && !named.has(name))
    .map((name) => ({
      name: `run of ${name}`,
      bytes: new TextEncoder().encode(JSON.stringify(runOf(name))),
    }));
}

function runOf(workflowRef: string): object {
  return {
    apiVersion: workflowApiVersion,
    kind: 'WorkflowRun',
    metadata: { name: workflowRef },
    spec: { workflowRef },
  };
}

function lookAtCueFile({ name, bytes }: InputFile): readonly Fault[] {
  if (!name.endsWith('.cue')) return [];
  return lookAtTemplate(name, new TextDecoder().decode(bytes), (line, column) => ({
    file: name,
    line,
    column,
    path: '',
  }));
}

/** One place and one code is said once: what a plan found goes before what was only suspected. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  const seen = new Map<string, Fault>();
  for (const fault of faults) {
    const key = [fault.file, fault.line, fault.column, fault.code].join('\n');
    if (!seen.has(key)) seen.set(key, fault);
  }
  return [...seen.values()].toSorted(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}
