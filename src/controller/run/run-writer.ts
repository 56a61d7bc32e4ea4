import { setTimeout as wait } from 'node:timers/promises';
import { isSluiceError, SluiceError } from '../../api/errors.ts';
import { parseJson, stringifyJson, type Json, type JsonObject } from '../../api/json.ts';
import type { KubeObject } from '../../api/kube-object.ts';
import type { SecretMask } from '../../api/secret-mask.ts';
import { workflowApiVersion } from '../../api/workflow.ts';
import type { ApiClient } from '../../cluster/kubernetes/api-client.ts';
import { isOlder } from '../../cluster/kubernetes/resource-version.ts';
import { textAt } from '../../cluster/json-reading.ts';
import { progressOf, statusOf } from '../../engine/status.ts';
import type { RunState } from '../../engine/state.ts';
import type { Plan } from '../../plan/plan.ts';
import { maskLog, stateText } from '../../runner/execution.ts';
import type { Command, LogRecord } from '../../store/port.ts';
import {
  recordOf,
  type AttachmentRef,
  type KeptState,
  type RunRecord,
} from '../../store/cluster/run-record.ts';
import { Attachments } from './attachments.ts';
import { commandsOf, type SteeringStatus } from './outside-change.ts';
import { runPath, type RunIdentity } from './run-identity.ts';
import { refusedStatus } from './refused-status.ts';
import { RunLogs } from './run-logs.ts';
import { readSteering } from './steering-status.ts';

/*
 * Writes the status of one run.
 * S1  Each write carries the resourceVersion of the last status that is known: of two processes that think the run theirs,
 *     one finds a write that is not its own, and stops.
 * S2  A write whose answer was lost is looked for by its token before it is sent again.
 * S3  What others changed meanwhile is handed over as commands before it is written over.
 */

/** A longer state, or log, stands in an object of its own: each status write would carry it. */
const inlineStateBytes = 24 * 1024;
const inlineLogBytes = 8 * 1024;
const firstRetryMs = 50;
const longestRetryMs = 5_000;

/** Why a run is no longer this process's to drive. */
export type LostReason = 'deleted' | 'restarted' | 'foreign' | 'unowned';

/** The run is someone else's, or gone: nothing more may be done for it here. */
export class RunLost extends SluiceError {
  readonly reason: LostReason;

  constructor(reason: LostReason, message: string) {
    super('transient', 'RunLost', message);
    this.reason = reason;
  }
}

export interface RunWriterParts {
  readonly client: ApiClient;
  readonly run: RunIdentity;
  readonly plan: Plan;
  readonly mask: SecretMask;
  readonly record: Pick<RunRecord, 'specDigest' | 'stepTypes' | 'workflow' | 'called'>;
  readonly generation: number;
  readonly newToken: () => string;
  /** Throws RunLost when the process ends. Whose the run is, the version tells: S1. */
  readonly checkOpen: () => void;
  /** Before the first write of a run that goes on: what a later process needs to plan the run again. */
  readonly pin: () => Promise<void>;
  /** Someone asked this of the run through its status. */
  readonly onCommands: (commands: readonly Command[]) => void;
  /** The state to write, when commands have changed it since. */
  readonly latest: () => RunState;
  readonly signal: AbortSignal;
  readonly onRetry: (error: unknown) => void;
  readonly onWritten: () => void;
}

/** What the writer goes on from: the status that was found. */
export interface FoundStatus {
  readonly resourceVersion: string;
  /** `status.status`; '' when there is none. */
  readonly phase: string;
  readonly record: RunRecord | undefined;
  readonly steering: SteeringStatus;
}

/** Reads what a run's object says at the moment it is taken up. */
export function foundStatus(object: KubeObject): FoundStatus {
  const status = object['status'] as Json | undefined;
  return {
    resourceVersion: object.metadata.resourceVersion ?? '',
    phase: textAt(status, 'status'),
    record: recordOf(status),
    steering: readSteering(status),
  };
}

export class RunWriter {
  readonly #parts: RunWriterParts;
  readonly #attachments: Attachments;
  readonly #logs = new RunLogs();
  #version: string;
  /** Token of the status that is known to be stored; undefined before the first write. */
  #confirmed: string | undefined;
  /** Token of the write under way. */
  #pending: string | undefined;
  /** What was last written, and what others have changed of it that was taken already. */
  #steering: SteeringStatus;
  readonly #phaseFound: string;
  #logsIn: RunRecord['logsIn'];
  #logsWritten = 0;
  #secretsIn: RunRecord['stateIn'];
  #secretsWritten = 0;
  #isPinned = false;
  /** Said in `status.message`. */
  message: string | undefined;

  constructor(parts: RunWriterParts, found: FoundStatus) {
    this.#parts = parts;
    this.#attachments = new Attachments(parts.client, parts.run);
    this.#version = found.resourceVersion;
    this.#confirmed = found.record?.write;
    this.#steering = found.steering;
    this.#phaseFound = found.phase;
    this.#isPinned = found.record !== undefined;
  }

  /** The newest version of the run that is known here. */
  get version(): string {
    return this.#version;
  }

  /** State text, secrets and logs of a record that another process has left. */
  async load(record: RunRecord): Promise<string> {
    const { logs, logsIn, stateIn } = record;
    const logText = logsIn === undefined ? undefined : await this.#attachments.get(logsIn);
    this.#logs.add(logText === undefined ? (logs ?? []) : (parseJson(logText) as unknown as LogRecord[]));
    this.#logsIn = logsIn;
    this.#logsWritten = this.#logs.records.length;
    if (stateIn === undefined) return record.state ?? '';
    const kept = parseJson(await this.#attachments.get(stateIn)) as unknown as KeptState;
    for (const secret of kept.secrets) this.#parts.mask.add(secret);
    if (stateIn.kind === 'Secret') {
      this.#secretsIn = stateIn;
      this.#secretsWritten = kept.secrets.length;
    }
    return record.state ?? kept.state;
  }

  /** Takes up a run that another process has left: what differs from the status it meant to leave was asked meanwhile. */
  adopt(left: SteeringStatus, object: KubeObject): void {
    this.#steering = left;
    this.see(object);
  }

  /** Stores the state and adds to the log. Throws RunLost, or what no retry would change. */
  async write(state: RunState, logs: readonly LogRecord[]): Promise<void> {
    const { mask, latest, pin } = this.#parts;
    this.#logs.add(logs.map((record) => maskLog(record, mask)));
    let isFirstTry = true;
    await this.#writeUntilStored(async (token) => {
      const current = isFirstTry || state.endedAtMs !== undefined ? state : latest();
      isFirstTry = false;
      if (!this.#isPinned && current.endedAtMs === undefined) {
        await pin();
        this.#isPinned = true;
      }
      return this.#status(current, token);
    });
  }

  /** Ends a run that cannot be carried out: there is no state, only what is wrong with it. `steps` stay. */
  async refuse(message: string, nowMs: number, steps: Json): Promise<void> {
    const at = new Date(nowMs).toISOString();
    const status = { ...refusedStatus(message, this.#parts.generation, at), steps };
    await this.#writeUntilStored(async (write) => ({
      ...status,
      sluice: { schema: 1, write, ...this.#parts.record } as unknown as JsonObject,
    }));
  }

  async #writeUntilStored(build: (token: string) => Promise<JsonObject>): Promise<void> {
    const token = this.#parts.newToken();
    this.#pending = token;
    for (let failures = 0; ; failures += 1) {
      this.#parts.checkOpen();
      try {
        // oxlint-disable-next-line no-await-in-loop -- a failed try decides about the next
        await this.#put(await build(token), token);
        return;
      } catch (error) {
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (await this.#wasStored(error, token, failures)) return;
      }
    }
  }

  /**
   * Compares a version of the run that was read or watched with what is known. Commands in it are handed over; throws
   * RunLost when someone else wrote the status.
   */
  see(object: KubeObject): void {
    const { run, onCommands } = this.#parts;
    const { uid, resourceVersion = '', deletionTimestamp } = object.metadata;
    if (uid !== run.uid || deletionTimestamp !== undefined)
      throw new RunLost('deleted', `run ${run.namespace}/${run.name} was deleted`);
    if (isOlder(resourceVersion, this.#version)) return;
    const status = object['status'] as Json | undefined;
    const record = recordOf(status);
    const found = readSteering(status);
    if (record === undefined && !this.#isStillOurs(textAt(status, 'status')))
      throw new RunLost('restarted', `the status of run ${run.namespace}/${run.name} was emptied`);
    if (record !== undefined && record.write !== this.#confirmed && record.write !== this.#pending)
      throw new RunLost('foreign', `another process writes the status of run ${run.namespace}/${run.name}`);
    if (record !== undefined && record.write === this.#pending && this.#confirmed !== this.#pending) {
      // S2: it is the write under way, which its answer will confirm; a change on top of it shows by a later version.
      this.#confirmed = this.#pending;
      this.#steering = this.#pendingSteering ?? this.#steering;
    }
    this.#version = resourceVersion;
    const commands = commandsOf(this.#steering, found);
    if (commands.length === 0 && record !== undefined) return;
    this.#steering = found;
    // S3
    onCommands(commands);
  }

  /**
   * Without a record: nothing was written yet, here or elsewhere, and the run only got a label, or is told what to do before
   * it begins; or someone took the record alone out of a status of ours, which the next write puts back.
   */
  #isStillOurs(phase: string): boolean {
    return this.#confirmed === undefined ? phase === this.#phaseFound : phase !== '';
  }

  #pendingSteering: SteeringStatus | undefined;

  async #put(status: JsonObject, token: string): Promise<void> {
    const { client, run } = this.#parts;
    const steering = readSteering(status);
    this.#pendingSteering = steering;
    const { namespace, name, uid } = run;
    const answer = await client.send({
      method: 'PUT',
      path: `${runPath(run, '/status')}?fieldManager=sluice`,
      contentType: 'application/json',
      // S1. The server takes the rest of the object from what is stored.
      body: stringifyJson({
        apiVersion: workflowApiVersion,
        kind: 'WorkflowRun',
        metadata: { namespace, name, uid, resourceVersion: this.#version },
        status,
      }),
      doing: `write the status of run ${name}`,
    });
    this.#parts.onWritten();
    const version = textAt(answer, 'metadata', 'resourceVersion');
    // The watch may have told of it already, and of a change on top of it.
    if (this.#confirmed !== token) this.#steering = steering;
    if (!isOlder(version, this.#version)) this.#version = version;
    this.#confirmed = token;
  }

  async #status(state: RunState, token: string): Promise<JsonObject> {
    const { plan, mask, generation } = this.#parts;
    const status = mask.maskJson(statusOf(plan, state) as unknown as JsonObject) as JsonObject;
    const { done, total } = progressOf(state);
    const record = await this.#record(state, token);
    const conditions = status['conditions'];
    return {
      ...status,
      ...(this.message === undefined ? {} : { message: this.message }),
      ...(Array.isArray(conditions)
        ? {
            conditions: conditions.map((condition: Json) => ({
              ...(condition as JsonObject),
              observedGeneration: generation,
            })),
          }
        : {}),
      progress: `${done}/${total}`,
      observedGeneration: generation,
      sluice: record as unknown as JsonObject,
    };
  }

  async #record(state: RunState, token: string): Promise<RunRecord> {
    const { mask } = this.#parts;
    const text = stateText(state, mask);
    const secrets = mask.values();
    const holdsSecret = secrets.length > 0 && mask.mask(text) !== text;
    const isLong = text.length > inlineStateBytes;
    let stateIn = this.#secretsIn;
    // A Secret that has the values to mask takes a long state, too: a record points to one object.
    if (holdsSecret || secrets.length > this.#secretsWritten || (isLong && stateIn !== undefined)) {
      stateIn = await this.#keep('Secret', token, { state: text, secrets });
      this.#secretsIn = stateIn;
      this.#secretsWritten = secrets.length;
    } else if (isLong) {
      stateIn = await this.#keep('ConfigMap', token, { state: text, secrets: [] });
    }
    const isInline = !holdsSecret && !isLong;
    return {
      schema: 1,
      write: token,
      ...this.#parts.record,
      ...(isInline ? { state: text } : {}),
      ...(stateIn === undefined ? {} : { stateIn }),
      ...(await this.#logPart(token)),
    };
  }

  #keep(kind: AttachmentRef['kind'], token: string, kept: KeptState): Promise<AttachmentRef> {
    return this.#attachments.put(kind, 'state', token, JSON.stringify(kept));
  }

  async #logPart(token: string): Promise<Pick<RunRecord, 'logs' | 'logsIn'>> {
    const { records, bytes } = this.#logs;
    if (records.length === 0) return {};
    if (bytes <= inlineLogBytes) return { logs: records };
    if (this.#logsIn === undefined || records.length !== this.#logsWritten) {
      this.#logsIn = await this.#attachments.put('ConfigMap', 'logs', token, JSON.stringify(records));
      this.#logsWritten = records.length;
    }
    return { logsIn: this.#logsIn };
  }

  /** After a failed try: whether it was carried out all the same. Throws what no retry would change. */
  async #wasStored(error: unknown, token: string, failures: number): Promise<boolean> {
    if (!isSluiceError(error) || error instanceof RunLost) throw error;
    const { run, signal, onRetry, checkOpen } = this.#parts;
    const status = error.details?.['statusCode'];
    const mayPass = error.kind === 'transient' || error.kind === 'environment' || error.kind === 'denied';
    if (!mayPass && status !== 404) throw error;
    onRetry(error);
    for (let tries = failures; ; tries += 1) {
      const isConflict = status === 409 && tries === 0;
      const longest = Math.min(firstRetryMs * 2 ** Math.min(tries, 10), longestRetryMs);
      const delayMs = isConflict ? 0 : Math.max(error.retryAfterMs ?? 0, longest * (0.5 + Math.random() / 2));
      try {
        // oxlint-disable-next-line no-await-in-loop -- the point of it
        await wait(delayMs, undefined, { signal });
      } catch {
        throw new RunLost('unowned', 'the process is stopping');
      }
      checkOpen();
      try {
        // oxlint-disable-next-line no-await-in-loop -- as above
        const found = await this.#parts.client.find({
          method: 'GET',
          path: runPath(run),
          doing: `read run ${run.name}`,
        });
        if (found === undefined) throw new RunLost('deleted', `run ${run.namespace}/${run.name} was deleted`);
        this.see(found as unknown as KubeObject);
        // S2
        return this.#confirmed === token;
      } catch (again) {
        if (again instanceof RunLost || !isSluiceError(again)) throw again;
        onRetry(again);
      }
    }
  }
}
