import type { Outcome } from '../outcome.ts';
import type { Subject } from '../subject.ts';
import type { VerdictEvidence } from '../verdict.ts';

/** One measurement of one objective. */
export interface Sample {
  readonly atMs: number;
  /** One for each series that answered; none is no data. Numbers may come as text, as metrics providers send them. */
  readonly values: readonly unknown[];
  /** Answers of the objective's CUE conditions for this sample, by their text: already evaluated. */
  readonly truths?: Readonly<Record<string, boolean>>;
  /** Set when the measurement itself failed, such as an unreachable provider. Masked. */
  readonly error?: string;
}

export interface Measurement {
  /** In the order they were made. */
  readonly samples: readonly Sample[];
  /** The evidence that the values come from. */
  readonly evidenceRef?: string;
  /** What its provider said beside its last answer, such as that a part of the data was not there. */
  readonly warnings?: readonly string[];
}

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Facts of one evaluation that are not measured. */
export interface GateContext {
  readonly gate: string;
  readonly subject: Subject;
  readonly engine: string;
  /** Start of the gate, stored before the first measurement. */
  readonly startedMs: number;
  /** Fixed once, before the first query. Without it nothing is too old. */
  readonly window?: TimeWindow;
  readonly evidence?: readonly VerdictEvidence[];
  readonly source?: string;
  readonly revision?: string;
  readonly attempt?: number;
  readonly previous?: readonly string[];
  /** Whether a person can answer a suspend; where none can, `suspend` blocks. */
  readonly isInteractive?: boolean;
}

export interface GateMeasurements extends GateContext {
  /** By objective. */
  readonly measured: ReadonlyMap<string, Measurement>;
}

/** An earlier verdict of a gate, as far as a comparison needs it. */
export interface PastRun {
  readonly ref: string;
  readonly gate: string;
  readonly policyDigest: string;
  /** Length of its window; null without one. */
  readonly windowMs: number | null;
  readonly outcome: Outcome;
  readonly atMs: number;
  /** Set when someone has said that it is no measure for later ones. */
  readonly invalid?: { readonly by: string; readonly why: string };
  /** Values of the objectives that passed. */
  readonly values: Readonly<Record<string, number>>;
}
