/**
 * One known and accepted finding, or several of one rule. It stands in a file of whoever asks for the findings: nothing that
 * a judged object says of itself is read for this.
 */
export interface Exemption {
  /** Id of the rule or reason, exactly. */
  readonly rule: string;
  /** The four that follow narrow it; absent is any. `*` stands for any characters, in all but `kind`. */
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly container?: string;
  readonly reason: string;
  readonly owner?: string;
  /** As written: a date, whose whole day (UTC) still counts, or a time in RFC 3339. */
  readonly expires: string;
  /** The first moment at which it no longer holds. */
  readonly expiresMs: number;
  /** `file:line:column` of the entry. */
  readonly place: string;
}
