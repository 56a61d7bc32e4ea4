import type { Fault } from '../api/fault.ts';
import type { JsonObject } from '../api/json.ts';
import type { Place } from '../api/place.ts';
import type { Clusters } from '../cluster/port.ts';
import type { RunView } from '../engine/view.ts';
import type { AnswerStore } from '../llm/cache/answer-store.ts';
import type { DefinitionStore, GateOptions, LogRecord, RunRef, SetValue } from '../store/port.ts';
import type { Backend, InputFile } from './backend.ts';

export type { InputFile } from './backend.ts';

export interface RunRequest {
  /** Runs, Workflows, step types (YAML or `.cue`), Secrets and ConfigMaps. */
  readonly files: readonly InputFile[];
  /** `.yaml`, `.yml` and `.cue` step types from the checkout (`--defs`); they win over installed and built-in ones. */
  readonly definitions: readonly InputFile[];
  /** `--require`, added to the annotation. */
  readonly require: readonly string[];
  /** `--timeout` in ms; the shorter of it and `spec.timeout` counts. */
  readonly timeoutMs: number | undefined;
  /** `--set`, in order. */
  readonly context: readonly SetValue[];
  /** Warnings count as errors. */
  readonly strict: boolean;
  /** `sluice gate`: one step, with properties of its own. */
  readonly gate?: GateOptions;
  /** `--namespace`: of runs that name none; one that names another is a fault. */
  readonly namespace?: string;
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
  /** Where its steps stand in the files, by path. */
  readonly places: ReadonlyMap<string, Place>;
}

export interface RunObserver {
  /** After each decision; the latest one is the truth, those between may be skipped. */
  onView(view: RunView): void;
  onLog(record: LogRecord): void;
  /** The end of what a model has answered a step so far, secrets masked. Absent: answers are not streamed. */
  readonly onAnswer?: (step: string, text: string) => void;
  /** Something worth saying once, such as that a cluster was made or which model answers. */
  onNotice(text: string): void;
}

export interface RunResult {
  readonly ref: RunRef;
  readonly view: RunView;
  /** The WorkflowRun with spec and status, secrets masked. */
  readonly object: JsonObject;
  /**
   * `waiting`: it waits for a person and nobody is there; `stopped`: the signal aborted. Both are stored and can be resumed.
   * `left`: a controller goes on with it, and nobody here waits any more.
   */
  readonly end: 'finished' | 'waiting' | 'stopped' | 'left';
}

export interface ExecuteOptions {
  /** Stop driving the run once only a person can go on (not on a terminal, without --wait-suspended). */
  readonly leaveWhenSuspended: boolean;
  readonly signal: AbortSignal;
}

/** The local engine with its state directory: everything the command line does locally goes through it. */
export interface Session extends Backend {
  readonly kind: 'local';
  readonly clusters: Clusters;
  readonly definitions: DefinitionStore;
  /** Answers of models that are used again. */
  readonly answers: AnswerStore;
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
}
