import type { Severity } from '../../analyze/finding.ts';
import type { JsonObject } from '../../api/json.ts';
import type { Aggregate } from '../aggregate.ts';
import type { Condition } from '../condition.ts';

/** Where an objective's value comes from; whoever measures reads it, the evaluator does not. */
export type ValueSource =
  | { readonly cue: string }
  | {
      readonly metric: {
        readonly provider: string;
        readonly query: string;
        /** How many series become one value. Without it more than one is no value. */
        readonly aggregate?: Aggregate;
        /** Go duration: all values of this time before the measurement, not only the one at it. */
        readonly range?: string;
      };
    }
  /** The number of findings of a report, those at or above a severity. */
  | { readonly findings: { readonly from: string; readonly severity: Severity } }
  /** A decision made elsewhere: the condition of an object. */
  | { readonly external: { readonly ref: string } };

export interface Samples {
  /** Measurements that are counted; one that ended in an error is not. */
  readonly count: number;
  readonly intervalMs: number;
  readonly initialDelayMs: number;
  /** Allowed failures: with 2 the third fails the objective. */
  readonly failureLimit: number;
  /** Allowed errors in a row: with 3 the fourth ends it. */
  readonly errorLimit: number;
  /** Passes in a row that are enough. */
  readonly consecutiveSuccess?: number;
}

export interface Comparison {
  /** `lastPassed` is the newest earlier run that passed; `runs` the last `count` of them, aggregated. */
  readonly with: 'lastPassed' | 'runs';
  readonly count: number;
  readonly aggregate: Aggregate;
  /** `absolute` leaves out conditions on the change, and only those, until a baseline is there. */
  readonly onNoBaseline: 'inconclusive' | 'absolute';
}

export interface Objective {
  readonly id: string;
  readonly describe?: string;
  readonly unit?: string;
  readonly source: ValueSource;
  /** All must hold. Empty only for information. */
  readonly pass: readonly Condition[];
  /** All must hold, where those of `pass` do not. Empty: no band. */
  readonly warn: readonly Condition[];
  /** With it, what meets neither is inconclusive instead of failed. Never without `pass`. */
  readonly fail: readonly Condition[];
  /** 0: information only, shown and not counted. */
  readonly weight: number;
  readonly key: boolean;
  readonly onMissing: 'fail' | 'inconclusive' | 'ignore';
  readonly compare?: Comparison;
  readonly samples: Samples;
}

/** Takes one objective out of the count until a time, in public. */
export interface Mute {
  readonly id: string;
  readonly why: string;
  readonly by?: string;
  readonly untilMs: number;
  readonly until: string;
}

export interface FreezeWindow {
  readonly kind: 'allow' | 'deny';
  /** RFC 5545 recurrence of the window's start, such as `FREQ=WEEKLY;BYDAY=FR;BYHOUR=16;BYMINUTE=0`. */
  readonly rrule: string;
  readonly tz: string;
  readonly durationMs: number;
  readonly why?: string;
}

/** A `gate` after it was checked, every default filled in. */
export interface GatePolicy {
  readonly objectives: readonly Objective[];
  readonly total: { readonly pass: number; readonly warn?: number };
  readonly minCoverage: number;
  readonly onWarn: 'block' | 'suspend' | 'pass';
  readonly onInconclusive: 'block' | 'suspend';
  readonly mode: 'enforce' | 'observe';
  readonly mute: readonly Mute[];
  readonly validForMs: number;
  readonly deadlineMs: number;
  readonly freeze: readonly FreezeWindow[];
  /**
   * The policy as written with its defaults, without what it is applied to (`subject`, `values`, `reports`): what is embedded in
   * verdicts and what its digest is of.
   */
  readonly text: JsonObject;
}
