/** Why an expression came to nothing. */
export class EvaluationFault extends Error {
  /** `no-value` is what `??`, `$exists` and an optional field catch; nothing catches the others. */
  readonly kind: 'no-value' | 'wrong' | 'runaway';
  /** Characters from 0 in the expression's text. */
  readonly at: number;
  constructor(kind: EvaluationFault['kind'], message: string, at: number) {
    super(message);
    this.kind = kind;
    this.at = at;
  }
}
