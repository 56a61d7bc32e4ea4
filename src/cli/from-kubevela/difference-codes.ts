/**
 * What `vet --from-kubevela` reports: what happens with KubeVela, what happens here, and what to do. The source of the table in the
 * reference. Other faults of a plan keep their own code.
 */
export const differenceCodes = {
  SkippedCondition: {
    there: 'an `if` that cannot be evaluated skips the step, and the run can succeed',
    here: 'it is refused, or fails the step with reason Condition',
    advice: 'correct the condition; `if: "false"` is what KubeVela made of it',
  },
  ConditionMayFail: {
    there: 'a condition on an output that is null, or of another type, skips the step',
    here: 'the step fails with reason Condition',
    advice: 'make sure of the value where it is made, or write `inputs.x != null && …`',
  },
  NullOutput: {
    there: 'an output that cannot be evaluated becomes null, and the step stays succeeded',
    here: 'it is refused, or fails the step that succeeded with reason Output',
    advice: 'correct valueFrom, or give it a value for every case',
  },
  WaitsForEver: {
    there: 'a step that waits for something that never comes is pending for ever',
    here: 'the run is refused',
    advice: 'correct the name, or remove it',
  },
  IndexedInput: {
    there: 'an input with an index into an output is pending for ever',
    here: 'it has its value, and the step runs',
    advice: 'nothing; the step now does what it says',
  },
  FilledKey: {
    there: 'a parameterKey with hyphens is dropped without a word',
    here: 'the parameter is filled',
    advice: 'see that the value that now arrives is the one you want',
  },
  LateParameter: {
    there:
      'a parameter that is missing or of the wrong type fails the step after 11 attempts, in the middle of the run',
    here: 'the run is refused before anything runs',
    advice: 'correct the parameter',
  },
  UnknownParameter: {
    there: 'a parameter that the step type does not name is accepted',
    here: 'it is a warning for CUE step types, and refused for those in YAML',
    advice: 'correct or remove the name',
  },
  IgnoredMode: {
    there: 'a mode that is neither StepByStep nor DAG runs step by step',
    here: 'the run is refused',
    advice: 'write StepByStep, or DAG if that was meant',
  },
  SkippedByTimeout: {
    there: 'a timeout that is no Go duration, such as 1d, skips the step, and the run can succeed',
    here: 'the run is refused',
    advice: 'write hours: 24h',
  },
  NeverRan: {
    there: 'of two steps of one name the second never runs, and the run can succeed',
    here: 'the run is refused',
    advice: 'give each step a name of its own; the second one will now run',
  },
  ConflictingOutput: {
    there: 'two outputs of one name and different values are a conflict, and the run is tried for ever',
    here: 'the run is refused',
    advice: 'give each output a name of its own',
  },
  NothingToRun: {
    there: 'a run without steps succeeds, and so does a group',
    here: 'the run is refused; a group without sub-steps is a warning',
    advice: 'remove it, or write the steps that are missing',
  },
  NoSuchStepType: {
    there: 'no step of the run runs, and it is tried for ever',
    here: 'the run is refused',
    advice: 'bring its definition into the directory, or correct the name',
  },
  ApplicationOnly: {
    there: 'the step type works inside an Application only',
    here: 'it is not there, and the run is refused',
    advice:
      'leave it to KubeVela (apply-app applies an Application and waits), or apply the objects with apply-object',
  },
  RefusedDefinition: {
    there: 'a definition is looked into when a step uses it',
    here: 'it is refused when it is installed, and by what uses it',
    advice: 'correct the definition: sluice def vet shows it alone',
  },
  ReplacedBuiltIn: {
    there: 'a definition of this name is never used: the step type is compiled in',
    here: 'it takes the place of the built-in one',
    advice: 'remove the definition if the built-in one is what you want',
  },
  OldHttp: {
    there: 'op.#HTTP… sends nothing in releases from v0.6.2 on: 11 attempts, failed',
    here: 'the request is sent',
    advice: 'see that it is one you want to be sent',
  },
  StatusRefused: {
    there: 'request fails for a status above 400, and gives up after 3 s',
    here: 'it fails from 400 on, and waits 30 s, or its timeout parameter',
    advice: 'use if: always behind it where 400 is a good answer; set timeout where 3 s matter',
  },
  FewerRetries: {
    there: 'any error of an op is tried 11 times within 51 s',
    here: 'errors that may pass are tried 4 times within 7 s, all others once',
    advice: 'set retry: {limit: 10} on the step where it needs longer',
  },
  OtherNamespace: {
    there: 'an object without a namespace goes to default',
    here: 'it goes to the namespace of the run',
    advice: 'write metadata.namespace',
  },
  StrictScore: {
    there: 'the answer of a quality-gate is not looked at',
    here: 'anything but an integer from 0 to 100 fails the step',
    advice: 'nothing, unless the prompt asks for something else; then use type: custom',
  },
  SkippedWithProducer: {
    there: 'in a DAG a step runs whatever became of the step whose output it takes',
    here: 'it is skipped when that step failed or was skipped, as with dependsOn',
    advice: 'write an if where it is to run all the same',
  },
  WaitsForCondition: {
    there: 'in a DAG an if may look at a step that has not run yet, and then skips',
    here: 'the step that it names is waited for',
    advice: 'nothing; the answer no longer depends on timing',
  },
  SideBySide: {
    there: 'steps of a DAG and of a group run one after another',
    here: 'they run at the same time',
    advice: 'write dependsOn where the order of the list was relied on',
  },
  HeldAlone: {
    there: 'a suspended step holds the whole run',
    here: 'in a DAG it holds what depends on it; the others go on',
    advice: 'write dependsOn on what is to wait for it',
  },
  IgnoredAnnotation: {
    there: 'only the controller of exactly this version runs it',
    here: 'the annotation is not looked at',
    advice: 'write sluice.dev/engine: sluice where both controllers are there',
  },
  CheckedCertificate: {
    there: 'requests to the server of a Package take any certificate',
    here: 'the certificate is checked',
    advice: 'have the authority trusted, or set the annotation sluice.dev/insecure-skip-verify: "true"',
  },
  DefinedTwice: {
    there: 'what is applied last counts',
    here: 'it is refused',
    advice: 'rename or remove one',
  },
  SameName: {
    there: 'Workflows of one name are of different namespaces',
    here: 'only the last one of the files was checked',
    advice: 'check the files of each namespace by themselves',
  },
  NotAWorkflow: {
    there: 'it is no matter of the workflow controller either',
    here: 'it is left out',
    advice: 'apply it as before',
  },
} as const;

export type DifferenceCode = keyof typeof differenceCodes;
