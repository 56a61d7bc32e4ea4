import type { Fault } from '../../api/fault.ts';
import type { Place } from '../../api/place.ts';
import type { Verdict } from '../../gate/verdict.ts';
import type { RunResult } from '../../runner/session.ts';

/** Where steps stand in the user's files, by path. */
export type StepPlaces = ReadonlyMap<string, Place>;

export interface ReportedRun {
  readonly result: RunResult;
  /** What the run ended with, as the terminal says it. */
  readonly sentence: string;
  readonly places: StepPlaces;
  /** Of its gates, in the order of their steps. */
  readonly verdicts: readonly { readonly step: string; readonly verdict: Verdict }[];
}

/** What there is to report of one command, secrets masked. */
export interface Reported {
  /** Files that were checked, as the user named them. */
  readonly files: readonly string[];
  readonly faults: readonly Fault[];
  readonly runs: readonly ReportedRun[];
  /** Why something could not be carried out at all. */
  readonly errors: readonly string[];
}
