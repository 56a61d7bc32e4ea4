import type { PackageSource } from '../step-types/packages/package-source.ts';
import type { StepTypeSource } from '../step-types/step-type.ts';
import type { Json, JsonObject } from '../api/json.ts';
import type { RunPhase } from '../api/status.ts';

export interface RunRef {
  readonly namespace: string;
  readonly name: string;
}

/** What a run was started from: pinned, so that a later process runs the very same thing. */
export interface RunSources {
  /** The WorkflowRun: a document of this file. */
  readonly document: PinnedDocument;
  /** The Workflow that workflowRef named. */
  readonly workflow?: PinnedDocument;
  /** The Workflows that its steps call, and that these call. */
  readonly called?: readonly PinnedDocument[];
  /** Every step type that the run names; the store keeps each text once, by digest. */
  readonly stepTypes: readonly (StepTypeSource & { readonly digest: string })[];
  /** What the command line decided: required steps, deadline, cluster place, offline engine … Plain JSON. */
  readonly options: RunOptions;
}

/** The whole text of a file, so that places stay true, and which of its documents is meant. */
export interface PinnedDocument {
  readonly file: string;
  readonly text: string;
  readonly index: number;
}

/** Of `sluice gate`. */
export interface GateOptions {
  /** The one step of the run that is wanted, by name or path. */
  readonly step?: string;
  /** Given beside those that are written: the subject, reports. */
  readonly properties: JsonObject;
}

/** `--set`: written into `spec.context` unless it says `parameters`. */
export interface SetValue {
  readonly path: readonly (string | number)[];
  readonly value: Json;
  readonly field?: 'parameters';
}

export interface RunOptions {
  /** The name that generateName came to. */
  readonly name?: string;
  /** `--namespace`, for a run that names none. */
  readonly namespace?: string;
  readonly set?: readonly SetValue[];
  /** OPENAI_MODEL at the start: for model steps whose run names none. */
  readonly model?: string;
  readonly require: readonly string[];
  readonly gate?: GateOptions;
  readonly timeoutMs?: number;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly offline?: boolean;
  /** Content of `--cluster-file`. */
  readonly clusterFile?: { readonly file: string; readonly text: string };
}

export interface StoredRun {
  /** Unique for ever; a replaced run of the same name has another. */
  readonly id: string;
  readonly ref: RunRef;
  readonly sources: RunSources;
  /** JSON text of the engine's state; the store does not look into it. */
  readonly state: string;
  /** Counts saves, from 1. */
  readonly version: number;
  readonly phase: RunPhase;
  readonly finished: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number | undefined;
  /** Values to mask in whatever this run shows. */
  readonly secrets: readonly string[];
}

export interface RunSummary extends Omit<StoredRun, 'sources' | 'state' | 'secrets'> {
  /** Steps that have ended, and all of them. */
  readonly progress: { readonly done: number; readonly total: number };
}

export interface LogRecord {
  readonly step: string;
  /** Position in its step and attempt; the same record saved twice is kept once. */
  readonly key: string;
  readonly timeMs: number;
  readonly kind: 'log' | 'notice';
  readonly text: string;
}

/** A save: state, logs and secrets in one transaction, or none of them. */
export interface RunChange {
  readonly state: string;
  readonly phase: RunPhase;
  readonly finished: boolean;
  readonly endedAtMs?: number;
  readonly progress: { readonly done: number; readonly total: number };
  readonly logs: readonly LogRecord[];
  readonly secrets: readonly string[];
}

/** What a person or another process asks of a run. */
export interface Command {
  readonly kind: 'suspend' | 'resume' | 'terminate';
  /** Only this step (suspend, resume). */
  readonly step?: string;
}

/** What a run is told, by a person or by another run of its group that wants its place. */
export type RunCommand = Omit<Command, 'kind'> & { readonly kind: Command['kind'] | 'replace' };

/** The runs before one in its concurrency group: those at work, then those that asked earlier. */
export type RunLine = readonly { readonly id: string; readonly ref: RunRef }[];

export interface StoredCommand extends RunCommand {
  /** Grows; the engine's state remembers the last one it took, so none is taken twice. */
  readonly seq: number;
}

/**
 * Runs, their state and their logs. Throws SluiceError `environment` for a full disk, a read-only or locked or damaged
 * database, and `invalid` where a method says so.
 */
export interface RunStore {
  /**
   * Stores a new run and makes this process its runner. A finished run of the same name is replaced together with its
   * logs; an unfinished one is `invalid`/`RunExists`.
   */
  create(
    run: Omit<StoredRun, 'version' | 'secrets' | 'finished' | 'endedAtMs'> & RunChange,
  ): Promise<StoredRun>;
  get(ref: RunRef): Promise<StoredRun | undefined>;
  /** Newest start first. */
  list(): Promise<readonly RunSummary[]>;
  /** Fails with `bug`/`StaleState` when `expectedVersion` is not the stored one. Returns the new version. */
  save(id: string, expectedVersion: number, change: RunChange): Promise<number>;
  /** Deletes a run with its logs. False when there is none. `invalid`/`RunIsLive` while a process runs it. */
  delete(ref: RunRef): Promise<boolean>;
  /** In the order of time; `afterRow` is the cursor that the last call returned. */
  logs(
    id: string,
    afterRow?: number,
  ): Promise<{ readonly records: readonly LogRecord[]; readonly row: number }>;
  /** Appends a command for whoever runs the run. `invalid`/`RunNotFound` when there is none of this id. */
  command(id: string, command: RunCommand): Promise<void>;
  commands(id: string, afterSeq: number): Promise<readonly StoredCommand[]>;
  /**
   * Makes this process the runner of a run. False while another live process is, and when the run is gone. Crash-safe: the
   * claim of a process that died, however it died, is void at once.
   */
  claim(id: string): Promise<boolean>;
  release(id: string): Promise<void>;
  /**
   * Asks for a run of this process to be let into a group of its namespace: empty when it was, else who is before it. Of runs
   * that ask at the same time one is let in. A run whose process died, however it died, is before nobody; one that waits for a
   * person is.
   */
  enterGroup(id: string, group: string): Promise<RunLine>;
  /** Whether some live process runs it. */
  isLive(id: string): Promise<boolean>;
  /** Calls back within 100 ms of a change made by another process or this one, until `signal` aborts. Keeps no process alive. */
  onChange(callback: () => void, signal: AbortSignal): void;
  close(): Promise<void>;
}

/** Step types installed with `sluice def apply`. */
export type DefinitionChange = 'created' | 'updated' | 'unchanged';

export interface DefinitionStore {
  put(source: StepTypeSource): Promise<DefinitionChange>;
  list(): Promise<readonly StepTypeSource[]>;
  delete(name: string): Promise<boolean>;
  readonly packages: PackageStore;
}

/** Packages installed with it. */
export interface PackageStore {
  put(source: PackageSource): Promise<DefinitionChange>;
  /** Sorted by name. */
  list(): Promise<readonly PackageSource[]>;
  delete(name: string): Promise<boolean>;
}
