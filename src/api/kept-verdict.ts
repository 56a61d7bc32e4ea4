/** One object that a verdict is about. The digest is of what is applied, in a canonical form without the cluster's name. */
export interface JudgedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
}

/** What stays of a gate's verdict in the state of its run: all that a later step may be opened by. */
export interface KeptVerdict {
  /** Name of the whole verdict in the store of verdicts. */
  readonly id: string;
  readonly gate: string;
  readonly outcome: 'pass' | 'warn' | 'fail' | 'inconclusive' | 'error';
  /** The one field that opens. */
  readonly open: boolean;
  readonly mode: 'enforce' | 'observe';
  readonly score: number | null;
  readonly threshold: number;
  readonly subject: {
    readonly name: string;
    readonly digest: string;
    readonly objects: readonly JudgedObject[];
  };
  /** RFC 3339; null where there was no clock, and then it opens nothing. */
  readonly at: string | null;
  readonly expires: string | null;
  readonly override: { readonly by: string; readonly at: string; readonly expires: string } | null;
  /** At most five, worst first. */
  readonly reasons: readonly string[];
}

/** A verdict that a step is bound by. */
export interface RequiredVerdict {
  /** Path of the gate's step. */
  readonly gate: string;
  readonly verdict: KeptVerdict;
}

/** Why a step was not let go on by a gate that it requires. */
export interface GateRefusal {
  /** Path of the gate's step. */
  readonly gate: string;
  /** Such as `GateNotOpen`, `VerdictExpired` or `OtherSubject`. */
  readonly code: string;
}
