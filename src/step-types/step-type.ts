import type { JsonObject } from '../api/json.ts';
import type { OpSpec } from '../api/op-spec.ts';
import type { CuePackage } from '../cue/user-package.ts';
import type { Template } from '../expr/template.ts';

/** Where a step type came from; the first that has the name wins. */
export type StepTypeOrigin = 'file' | 'directory' | 'installed' | 'cluster' | 'built-in';

/** The text of a step type before it is compiled. */
export interface StepTypeSource {
  readonly name: string;
  readonly format: 'yaml' | 'cue';
  readonly origin: StepTypeOrigin;
  /** File as the user named it, or `built-in:NAME`. */
  readonly file: string;
  /** A WorkflowStepDefinition document (YAML or JSON), or a `.cue` definition file. */
  readonly text: string;
  /** The Packages that it imports. */
  readonly packages?: readonly CuePackage[];
}

/** A step type ready to run: checked, and compiled once per digest. */
export interface StepType {
  readonly name: string;
  readonly source: StepTypeSource;
  readonly description: string;
  /** SHA-256 (hex) of the source, its text and its packages: the revision that a run pins. */
  readonly digest: string;
  /** `group` is step-group, `call` is call-workflow: neither has a template of its own. */
  readonly kind: 'template' | 'group' | 'call';
  /** JSON Schema; `sensitive: true` marks a secret. */
  readonly parameterSchema: JsonObject;
  /** Unknown parameters are refused (YAML) or only warned about (CUE, whose `parameter` is open). */
  readonly unknownParameters: 'refuse' | 'warn';
  /** JSON Schema of what a `valueFrom` sees beside `parameter` and `context`; undefined when it cannot be known. */
  readonly resultSchema: JsonObject | undefined;
  /** It calls a model: without a key the run is refused unless the offline engine is allowed. */
  readonly callsModel: boolean;
  /** One of its ops gives a verdict: steps may require it. */
  readonly isGate: boolean;
  /** Every step of it suspends the run: it cannot be a handler. */
  readonly suspends?: boolean;
  /** All faults of the parameter at once; empty when it is fine. Paths are inside the parameter, such as `prompt.type`. */
  checkParameter(parameter: JsonObject): Promise<readonly ParameterFault[]>;
  /** What its ops say about a parameter that is a policy, as OpSpec has it. Undefined where it is none. */
  readonly checkPolicy?: NonNullable<OpSpec['checkPolicy']>;
  readonly template: Template;
}

export interface ParameterFault {
  readonly path: readonly (string | number)[];
  readonly code: 'MissingParameter' | 'UnknownParameter' | 'InvalidParameter';
  readonly message: string;
  readonly suggestion?: string;
}

/** A fault of a step type's own text; line and column count from 1 in its file. */
export interface StepTypeFault {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  /** The name that was most likely meant, or advice in words. */
  readonly suggestion?: string;
}

export type Compiled =
  | { readonly ok: true; readonly stepType: StepType; readonly warnings: readonly StepTypeFault[] }
  | {
      readonly ok: false;
      /** File of the step type, as its source names it: where the faults are. */
      readonly file?: string;
      readonly faults: readonly StepTypeFault[];
    };

/** Step types by name, compiled on first use. */
export interface StepTypeCatalog {
  /** Undefined when there is none of that name. */
  find(name: string): Promise<Compiled | undefined>;
  /** All names, sorted. */
  names(): readonly string[];
}
