import type { Fault } from '../api/fault.ts';
import type { JsonObject } from '../api/json.ts';
import type { Clusters } from '../cluster/port.ts';
import type { RunView } from '../engine/view.ts';
import type { Command, DefinitionStore, LogRecord, RunRef, RunSummary } from '../store/port.ts';
import type { Compiled, StepTypeOrigin } from '../step-types/step-type.ts';

/** A file as the user named it, already read; `-` is standard input. */
export interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface RunRequest {
  /** Runs, Workflows, step types (YAML or `.cue`), Secrets and ConfigMaps. */
  readonly files: readonly InputFile[];
  /** `.yaml`, `.yml` and `.cue` step types from the checkout (`--defs`); they win over installed and built-in ones. */
  readonly definitions: readonly InputFile[];
  /** `--require`, added to the annotation. */
  readonly require: readonly string[];
  /** `--timeout` in ms; the shorter of it and `spec.timeout` counts. */
  readonly timeoutMs: number | undefined;
  /** `--set context.key=value`, as paths and values, written into `spec.context`. */
  readonly context: readonly {
    readonly path: readonly (string | number)[];
    readonly value: JsonObject[string];
  }[];
  /** Warnings count as errors. */
  readonly strict: boolean;
}

/** What vet found; `runs` is how many WorkflowRuns the files hold. Nothing ran. */
export interface Prepared {
  readonly faults: readonly Fault[];
  readonly runs: readonly PreparedRun[];
}

/** A run that may start. Opaque: only the session that made it can execute it. */
export interface PreparedRun {
  readonly ref: RunRef;
  readonly view: RunView;
}

export interface RunObserver {
  /** After each decision; the latest one is the truth, those between may be skipped. */
  onView(view: RunView): void;
  onLog(record: LogRecord): void;
  /** Something worth saying once, such as that a cluster was made or which model answers. */
  onNotice(text: string): void;
}

export interface RunResult {
  readonly ref: RunRef;
  readonly view: RunView;
  /** The WorkflowRun with spec and status, secrets masked. */
  readonly object: JsonObject;
  /** `waiting`: it waits for a person and nobody is there; `stopped`: the signal aborted. Both are stored and can be resumed. */
  readonly end: 'finished' | 'waiting' | 'stopped';
}

export interface ExecuteOptions {
  /** Stop driving the run once only a person can go on (not on a terminal, without --wait-suspended). */
  readonly leaveWhenSuspended: boolean;
  readonly signal: AbortSignal;
}

export interface FoundStepType {
  readonly name: string;
  readonly origin: StepTypeOrigin;
  readonly compiled: Compiled;
}

/** The local engine with its state directory: everything the command line does locally goes through it. */
export interface Session {
  /** For the first line on standard error, such as `in-memory cluster, state in DIR`. */
  readonly place: string;
  readonly clusters: Clusters;
  readonly definitions: DefinitionStore;
  /** Checks everything, runs nothing. */
  prepare(request: RunRequest): Promise<Prepared>;
  /** Drives a run to its end. */
  execute(run: PreparedRun, observer: RunObserver, options: ExecuteOptions): Promise<RunResult>;
  /** Goes on with an unfinished run that no process drives. Undefined: a live process drives it. */
  resume(ref: RunRef, observer: RunObserver, options: ExecuteOptions): Promise<RunResult | undefined>;
  /** Starts a finished run anew, or from one of its failed steps. */
  restart(
    ref: RunRef,
    step: string | undefined,
    observer: RunObserver,
    options: ExecuteOptions,
  ): Promise<RunResult>;
  /** Asks the live runner, or, when there is none, changes the stored state. Throws `invalid` when it makes no sense. */
  command(ref: RunRef, command: Command): Promise<'sent' | 'applied'>;
  /** Throws `invalid`/`NoSuchRun` with the names there are. A bare name is looked up in every namespace. */
  find(name: string, namespace: string | undefined): Promise<RunRef>;
  get(
    ref: RunRef,
  ): Promise<{ readonly view: RunView; readonly object: JsonObject; readonly isLive: boolean }>;
  list(): Promise<readonly RunSummary[]>;
  delete(ref: RunRef): Promise<boolean>;
  /** Logs so far and, with `follow`, until the run ends. */
  logs(
    ref: RunRef,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<LogRecord>;
  /** Every step type there is, the winner of each name, sorted by name. */
  stepTypes(definitions: readonly InputFile[]): Promise<readonly FoundStepType[]>;
  /** Compiles step-type files without installing them. */
  vetDefinitions(files: readonly InputFile[]): Promise<{
    readonly faults: readonly Fault[];
    readonly names: readonly { readonly name: string; readonly file: string }[];
  }>;
  /** Checks and installs; nothing is installed when one of them has an error. */
  applyDefinitions(files: readonly InputFile[]): Promise<{
    readonly faults: readonly Fault[];
    readonly applied: readonly {
      readonly name: string;
      readonly change: 'created' | 'updated' | 'unchanged';
    }[];
  }>;
  close(): Promise<void>;
}
