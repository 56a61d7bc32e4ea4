import { SluiceError } from '../../api/errors.ts';
import { parseJson } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import { textAt } from '../../cluster/json-reading.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import type { RunState } from '../../engine/state.ts';
import type { LogRecord } from '../port.ts';
import { decodeAttachment } from './attachment.ts';
import { recordOf, type AttachmentRef, type KeptState } from './run-record.ts';

const limitBytes = 16 * 1024 * 1024;

/** The state of a run that our controller drives, where the run's status itself has it. */
export function inlineState(run: KubeObject): RunState | undefined {
  const state = recordOf(run['status'] as never)?.state;
  return state === undefined ? undefined : readState(run, state);
}

/** The state, wherever it is kept; undefined when another engine drives the run. Throws as the client does. */
export async function keptState(run: KubeObject, client: ApiClient): Promise<RunState | undefined> {
  const record = recordOf(run['status'] as never);
  // A Secret beside an inline state has only older values to mask.
  if (record?.state !== undefined || record?.stateIn === undefined) return inlineState(run);
  const kept = parseJson(await attachment(run, record.stateIn, client)) as unknown as KeptState;
  return readState(run, kept.state);
}

/** What the steps said; undefined when another engine drives the run: it keeps its logs elsewhere. */
export async function keptLogs(
  run: KubeObject,
  client: ApiClient,
): Promise<readonly LogRecord[] | undefined> {
  const record = recordOf(run['status'] as never);
  if (record === undefined) return undefined;
  if (record.logs !== undefined) return record.logs;
  if (record.logsIn === undefined) return [];
  return parseJson(await attachment(run, record.logsIn, client)) as unknown as readonly LogRecord[];
}

async function attachment(
  run: KubeObject,
  { kind, name, key }: AttachmentRef,
  client: ApiClient,
): Promise<string> {
  const { namespace = 'default' } = run.metadata;
  const plural = kind === 'Secret' ? 'secrets' : 'configmaps';
  const object = await client.find({
    method: 'GET',
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(name)}`,
    doing: `get ${kind} ${name}`,
  });
  const text = textAt(object, kind === 'Secret' ? 'data' : 'binaryData', key);
  if (text !== '') return decodeAttachment(text, limitBytes);
  const what = `the ${kind} ${namespace}/${name}, which keeps a part of run ${run.metadata.name},`;
  throw new SluiceError('terminal', 'AttachmentMissing', `${what} is not there, or has no key ${key}`);
}

const readableSchema = 1;

function readState(run: KubeObject, text: string): RunState {
  const state = parseJson(text) as unknown as RunState;
  if (state.schema <= readableSchema) return state;
  const what = `run ${run.metadata.namespace}/${run.metadata.name} was written by a newer version of sluice`;
  throw new SluiceError('invalid', 'StateTooNew', `${what} (state schema ${String(state.schema)})`, {
    hint: 'use that version',
  });
}
