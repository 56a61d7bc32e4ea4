import type { JsonObject } from '../../api/json.ts';
import type { Sample } from '../../gate/evaluate/gate-input.ts';
import type { GatePolicy } from '../../gate/policy/policy.ts';
import type { ReadSubject } from '../../gate/read-subject.ts';
import type { VerdictEvidence } from '../../gate/verdict.ts';

/** What is measured, and where. */
export interface MeasureInputs {
  /** Name of the gate. */
  readonly gate: string;
  readonly policy: GatePolicy;
  readonly subject: ReadSubject;
  readonly providers: JsonObject;
  /** Where `diagnose` and `external` look. */
  readonly cluster: string;
  /** What an objective is compared with, by its id. */
  readonly baselines: Readonly<Record<string, number>>;
  readonly deadlineAtMs: number;
  /** What cannot change while the gate runs; it is read once, and not there when measuring goes on. */
  readonly given: {
    /** The parameters, with their defaults. */
    readonly parameter: JsonObject;
    /** The run as expressions see it. */
    readonly runContext: JsonObject;
  };
}

/** One measurement. */
export interface Taken {
  readonly sample: Sample;
  /** Measuring again would end in the same error. */
  readonly isFinal: boolean;
  /** What the provider said beside its answer. */
  readonly warnings?: readonly string[];
  /** The report that it was read from. */
  readonly evidence?: VerdictEvidence;
}

/** A measurement that no repeat would make good. */
export function failed(atMs: number, error: string): Taken {
  return { sample: { atMs, values: [], error }, isFinal: true };
}
