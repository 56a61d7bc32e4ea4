import { SluiceError } from '../api/errors.ts';
import { isObject, parseJson } from '../api/json.ts';
import { textAt } from '../cluster/json-reading.ts';
import type { RunState } from '../engine/state.ts';
import { openCatalog } from '../step-types/catalog.ts';
import type { PinnedDocument, StoredRun } from '../store/port.ts';
import { readDocuments } from '../yaml/read-documents.ts';
import type { HeldRun } from './execution.ts';
import { gateAsRun, isGateDocument } from './gate-document.ts';
import type { FileDocument } from './input-documents.ts';
import { planRun, type PreparePorts } from './prepare.ts';

const readableSchema = 1;

/** Brings a stored run back: the very step types and the very document that it was started from. */
export async function reviveRun(stored: StoredRun, ports: PreparePorts): Promise<HeldRun> {
  const { document, workflow, called = [], stepTypes, options } = stored.sources;
  const catalog = openCatalog({ sources: stepTypes, ops: ports.ops, cue: ports.cue, cache: ports.compiled });
  const workflows = new Map(called.map((pinned) => namedWorkflow(fileDocument(pinned))));
  if (workflow !== undefined) {
    const file = fileDocument(workflow);
    const { value } = fileDocument(document).document;
    const run = isObject(value) && isObject(value['spec']) ? value['spec'] : {};
    if (typeof run['workflowRef'] === 'string') workflows.set(run['workflowRef'], file);
  }
  const planned = await planRun(fileDocument(document), { workflows }, catalog, options, ports);
  const { name, namespace } = stored.ref;
  if (planned.run === undefined) {
    const why = planned.faults.find(({ severity }) => severity === 'error')?.message ?? 'unknown fault';
    throw new SluiceError(
      'invalid',
      'RunUnreadable',
      `run ${namespace}/${name} can no longer be planned: ${why}`,
    );
  }
  const { plan, stepTypes: compiled, document: value } = planned.run;
  return { stored, plan, state: readState(stored), document: value, stepTypes: compiled };
}

/** The engine's state of a stored run. A newer schema than this version knows is refused. */
export function readState(stored: StoredRun): RunState {
  const state = parseJson(stored.state) as unknown as RunState;
  if (state.schema > readableSchema) {
    const what = `run ${stored.ref.namespace}/${stored.ref.name} was written by a newer version of sluice`;
    throw new SluiceError('invalid', 'StateTooNew', `${what} (state schema ${String(state.schema)})`, {
      hint: 'use that version, or delete the run',
    });
  }
  return state;
}

function namedWorkflow(file: FileDocument): [string, FileDocument] {
  return [textAt(file.document.value, 'metadata', 'name'), file];
}

function fileDocument(pinned: PinnedDocument): FileDocument {
  const read = readDocuments(pinned.text, pinned.file);
  const document = read.documents.find(({ index }) => index === pinned.index);
  if (document === undefined) {
    throw new SluiceError(
      'invalid',
      'RunUnreadable',
      `the stored text of ${pinned.file} can no longer be read`,
    );
  }
  return { document: isGateDocument(document) ? gateAsRun(document) : document, fileText: pinned.text };
}
