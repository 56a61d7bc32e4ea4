import { isObject, type Json } from '../../api/json.ts';
import type { LogRecord } from '../port.ts';

/*
 * What a controller keeps of a run in `status.sluice`, beside KubeVela's fields of `status`. It is written in the same
 * request as they are, so the two never tell different things of one moment.
 */
export interface RunRecord {
  /** A newer one is refused; an older one loads for ever. */
  readonly schema: 1;
  /** New for each write: tells whether the stored status is the one that was written last, also when no answer came. */
  readonly write: string;
  /** JSON text of the engine's state. Absent: `stateIn` says where it is. */
  readonly state?: string;
  /** A state that is long stands in a ConfigMap, one that holds a secret value in a Secret; both are owned by the run. */
  readonly stateIn?: AttachmentRef;
  /** Masked, in order of time, bounded. Absent: `logsIn` says where they are. */
  readonly logs?: readonly LogRecord[];
  readonly logsIn?: AttachmentRef;
  /** SHA-256 (hex) of the JSON of `spec` when the run started: an edit that slipped through shows by it. */
  readonly specDigest: string;
  /** The revision of each step type that the run uses: SHA-256 (hex) of its text, by name. */
  readonly stepTypes: Readonly<Record<string, string>>;
  /** The Workflow that `workflowRef` named, as it was at the start. */
  readonly workflow?: { readonly name: string; readonly digest: string };
  /** The revision of each Workflow that its steps call, by name. */
  readonly called?: Readonly<Record<string, string>>;
}

/** One key of an object in the run's namespace. The text is gzipped and base64 in `binaryData` or `data` of a Secret. */
export interface AttachmentRef {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key: string;
}

/** What stands under the key of a `stateIn`, as JSON. A `state` beside it in the record is newer than this one. */
export interface KeptState {
  /** JSON text of the engine's state. */
  readonly state: string;
  /** Values to mask in whatever the run shows. */
  readonly secrets: readonly string[];
}

/** `status.sluice` as a run carries it. Undefined: no controller of ours has written this status. */
export function recordOf(status: Json | undefined): RunRecord | undefined {
  const record = isObject(status) ? status['sluice'] : undefined;
  return isObject(record) ? (record as unknown as RunRecord) : undefined;
}

/** Whether a record has the shape of one: anyone who may write the status may have edited it. */
export function isWhole(record: RunRecord): boolean {
  const { schema, write, state, stateIn, logs, logsIn, specDigest, stepTypes, workflow, called } =
    record as Partial<RunRecord>;
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isRef = (value: unknown): boolean =>
    isObject(value) && isText(value['kind']) && isText(value['name']) && isText(value['key']);
  return (
    typeof schema === 'number' &&
    isText(write) &&
    isText(specDigest) &&
    (isText(state) || isRef(stateIn)) &&
    (stateIn === undefined || isRef(stateIn)) &&
    (logs === undefined || Array.isArray(logs)) &&
    (logsIn === undefined || isRef(logsIn)) &&
    isObject(stepTypes) &&
    Object.values(stepTypes).every(isText) &&
    (called === undefined || (isObject(called) && Object.values(called).every(isText))) &&
    (workflow === undefined || (isText(workflow.name) && isText(workflow.digest)))
  );
}
