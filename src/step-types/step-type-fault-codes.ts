/** What can be wrong with the text of a step type; stable names. */
export type StepTypeFaultCode =
  /** Not a WorkflowStepDefinition, or a part of one is missing or of the wrong kind. */
  | 'BadDefinition'
  | 'UnknownField'
  | 'UnknownOp'
  /** An expression that does not parse, or uses what step types may not. */
  | 'BadExpression'
  /** A path that can never have a value. */
  | 'UnknownPath'
  /** A value of a kind that its place does not take. */
  | 'WrongType'
  /** The schema of the parameters or of an output. */
  | 'BadSchema'
  /** A parameter, an output or the step type itself is not described. */
  | 'MissingDescription'
  | 'TooLarge'
  /** It writes a request to a model itself, and nothing masks what is in it. */
  | 'UnmaskedModelCall'
  /** An import of a package that is not there, or cannot be used. */
  | 'UnknownPackage'
  /** It cannot be used here, and says itself that it is for Applications. */
  | 'ApplicationOnly'
  /** What the CUE engine found. */
  | 'BadCue';
