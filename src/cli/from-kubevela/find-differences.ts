import type { Fault } from '../../api/fault.ts';
import { workflowApiVersion } from '../../api/workflow.ts';
import type { InputFile, RunRequest, Session } from '../../runner/session.ts';
import { readDocuments } from '../../yaml/read-documents.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import { difference } from './difference.ts';
import { lookAtDocument, lookAtTemplate } from './look-at-document.ts';
import { objectOf, textOf } from './read-workflow-steps.ts';
import { translateFault } from './translate-fault.ts';

/** Everything in the files that behaves otherwise than with KubeVela, in the order of the files. Nothing is run. */
export async function findDifferences(
  session: Pick<Session, 'prepare'>,
  request: RunRequest,
): Promise<readonly Fault[]> {
  const documents = request.files.flatMap(documentsOf);
  const runs = runsOf(documents);
  const prepared = await session.prepare({ ...request, files: [...request.files, ...runs.keys()] });
  const places = new Map(
    [...runs].map(([{ name }, workflow]) => [name, workflow.locate(['metadata', 'name'])]),
  );
  const found = [
    ...prepared.faults.map((fault) => translateFault({ ...fault, ...places.get(fault.file) })),
    ...sameNames(documents),
    ...documents.flatMap(lookAtDocument),
    ...request.files.flatMap(lookAtCueFile),
  ];
  const severe = request.strict ? found.map((fault): Fault => ({ ...fault, severity: 'error' })) : found;
  return distinct(severe);
}

function documentsOf({ name, bytes }: InputFile): readonly SourceDocument[] {
  return name.endsWith('.cue') ? [] : readDocuments(bytes, name).documents;
}

/**
 * A Workflow is checked with the run that names it; one that none names, with a run that says nothing beside. Those runs, with the
 * Workflow that each is about.
 */
function runsOf(documents: readonly SourceDocument[]): ReadonlyMap<InputFile, SourceDocument> {
  const named = new Set(
    documents.map(({ value }) => textOf(objectOf(objectOf(value)['spec'])['workflowRef'])),
  );
  const unnamed = workflowsByName(documents).filter(([name]) => name !== '' && !named.has(name));
  return new Map(
    unnamed.flatMap(([name, same]) => {
      const last = same.at(-1);
      const bytes = new TextEncoder().encode(JSON.stringify(runOf(name)));
      return last === undefined ? [] : [[{ name: `run of ${name}`, bytes }, last] as const];
    }),
  );
}

function workflowsByName(
  documents: readonly SourceDocument[],
): readonly (readonly [name: string, same: readonly SourceDocument[]])[] {
  const workflows = documents.filter(({ value }) => objectOf(value)['kind'] === 'Workflow');
  return [...Map.groupBy(workflows, ({ value }) => textOf(objectOf(objectOf(value)['metadata'])['name']))];
}

/** A run takes the last Workflow of a name: the others are not looked into, which must not pass for being right. */
function sameNames(documents: readonly SourceDocument[]): readonly Fault[] {
  return workflowsByName(documents).flatMap(([name, same]) =>
    same
      .slice(0, -1)
      .filter((workflow) => namespaceOf(workflow) !== namespaceOf(same.at(-1)))
      .map((workflow) =>
        difference(
          'SameName',
          workflow.locate(['metadata', 'name']),
          'warning',
          `there is another Workflow ${name}`,
        ),
      ),
  );
}

function namespaceOf(workflow: SourceDocument | undefined): string {
  return textOf(objectOf(objectOf(workflow?.value)['metadata'])['namespace']);
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
