import type { Fault } from '../api/fault.ts';
import type { Json, JsonObject } from '../api/json.ts';
import type { StepPhase } from '../api/status.ts';
import type { VerdictStore } from '../gate/verdict-store.ts';
import type { RunView } from '../engine/view.ts';
import type { Command, DefinitionChange, LogRecord, RunRef, RunSummary } from '../store/port.ts';
import type { Compiled, StepTypeOrigin } from '../step-types/step-type.ts';

/** A file as the user named it, already read; `-` is standard input. */
export interface InputFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A run as it is at one moment. */
export interface RunReading {
  readonly view: RunView;
  /** The WorkflowRun with spec and status, secrets masked. */
  readonly object: JsonObject;
  /** Somebody drives it: it goes on by itself. */
  readonly isLive: boolean;
  /** Who drives it, for people; absent: a process of this machine, or none. */
  readonly driver?: string;
  /** What its steps said so far, where that comes without another request. */
  readonly logs?: readonly LogRecord[];
}

export interface FoundStepType {
  readonly name: string;
  readonly origin: StepTypeOrigin;
  /** In a cluster: where the definition is. */
  readonly namespace?: string;
  /** Where others of that name are, which it wins over: a namespace, or an origin. */
  readonly over: readonly string[];
  readonly compiled: Compiled;
}

/** An installed Package. */
export interface FoundPackage {
  readonly name: string;
  readonly origin: StepTypeOrigin;
  /** In a cluster: where it is. */
  readonly namespace?: string;
  readonly object: JsonObject;
}

export interface AppliedDefinition {
  readonly kind: 'WorkflowStepDefinition' | 'Package';
  readonly name: string;
  readonly change: DefinitionChange;
  /** In a cluster: the namespace it is in. */
  readonly namespace?: string;
  /** Of a dry run: what would be written. */
  readonly object?: JsonObject;
}

/** What is known of one step, for whoever looks for a fault. */
export interface StepDebug {
  readonly path: string;
  readonly type: string;
  readonly phase: StepPhase;
  readonly reason?: string;
  readonly message?: string;
  /** What an open step does. */
  readonly stage?: JsonObject;
  readonly attempt?: number;
  /** Results of the ops of an open step, in their order. */
  readonly recorded?: readonly { readonly path: string; readonly op: string; readonly result: Json }[];
  readonly outputs?: JsonObject;
  /** CUE text, as KubeVela's controller keeps it. */
  readonly cue?: string;
}

/**
 * Where runs and step types are: the local engine with its state directory, or a cluster in which a controller carries
 * runs out. What the commands of `workflow` and `def` do alike in both.
 */
export interface Backend {
  /** For the first line on standard error, such as `in-memory cluster, state in DIR`. */
  readonly place: string;
  /** Of gates. In a cluster its controller alone writes them; here they can be read and marked invalid. */
  readonly verdicts: VerdictStore;
  /** Throws `invalid`/`NoSuchRun` with the names there are. */
  find(name: string, namespace: string | undefined): Promise<RunRef>;
  get(ref: RunRef): Promise<RunReading>;
  /** The run as it is and as it changes, until it is gone or the signal aborts. */
  watch(ref: RunRef, signal: AbortSignal): AsyncIterable<RunReading>;
  /** Newest first. `namespace` undefined: those of all namespaces. */
  list(namespace?: string): Promise<readonly RunSummary[]>;
  delete(ref: RunRef): Promise<boolean>;
  /** Logs so far and, with `follow`, until the run ends. */
  logs(
    ref: RunRef,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<LogRecord>;
  /** Throws `invalid` when it makes no sense. `sent`: somebody else carries it out; `applied`: it has been. */
  command(ref: RunRef, command: Command): Promise<'sent' | 'applied'>;
  /** Throws `invalid`/`NotInDebugMode` for a run without the annotation. */
  debug(ref: RunRef): Promise<readonly StepDebug[]>;
  /** Every step type there is, the winner of each name, sorted by name. */
  stepTypes(definitions: readonly InputFile[]): Promise<readonly FoundStepType[]>;
  /** Compiles files of step types and Packages without installing them. */
  vetDefinitions(files: readonly InputFile[]): Promise<{
    readonly faults: readonly Fault[];
    /** Of step types. */
    readonly names: readonly { readonly name: string; readonly file: string }[];
    readonly packages: readonly string[];
  }>;
  /**
   * Checks and installs; nothing is installed when one of them has an error. A dry run only tells what it would do; on a
   * cluster the server tells.
   */
  applyDefinitions(
    files: readonly InputFile[],
    how?: 'for-real' | 'dry-run',
  ): Promise<{
    readonly faults: readonly Fault[];
    readonly applied: readonly AppliedDefinition[];
  }>;
  /** Whether there was one. */
  deleteDefinition(name: string): Promise<boolean>;
  /** The step type of a name as a WorkflowStepDefinition; undefined when there is none. */
  definition(name: string): Promise<JsonObject | undefined>;
  /** The Packages that templates of installed step types may import. */
  packages(): Promise<readonly FoundPackage[]>;
  /** Whether there was one. */
  deletePackage(name: string): Promise<boolean>;
  close(): Promise<void>;
}
