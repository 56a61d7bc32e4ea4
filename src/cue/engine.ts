import type { JsonObject } from '../api/json.ts';
import type { OpRegistry } from '../api/op-spec.ts';
import type { ExprFault, ExpressionEngine } from '../expr/expression.ts';
import type { Template } from '../expr/template.ts';
import { compileTemplate } from './compile-template.ts';
import { toEvaluated } from './cue-template.ts';
import { describePackage, type PackageDescription } from './describe-package.ts';
import { toFaults } from './fault.ts';
import { narrowScope } from './narrow-scope.ts';
import { openCuePool, type CuePoolOptions } from './open-pool.ts';
import { evaluatePlain, parsePlain } from './plain-expression.ts';
import type { CuePool } from './pool.ts';
import type { CueResponse } from './protocol.ts';
import type { CuePackage } from './user-package.ts';

export interface CueEngineOptions extends CuePoolOptions {
  /** Ops that templates may call. */
  readonly ops: OpRegistry;
  /** Threads that were started before; the engine closes them. */
  readonly pool?: CuePool;
}

export interface CueSource {
  /** Name of the step type. */
  readonly name: string;
  /** CUE text of the template, imports included. */
  readonly source: string;
  /** What faults give as their place's source. */
  readonly file: string;
  /** Packages of the user that it imports. */
  readonly packages?: readonly CuePackage[];
  /** Paths of other packages of the user, which it may have meant. */
  readonly knownPackages?: readonly string[];
}

export interface CompiledCue {
  readonly ok: true;
  readonly template: Template;
  /** JSON Schema of `parameter`; `sensitive: true` where the text says `+sensitive`. */
  readonly parameterSchema: JsonObject;
  /** JSON Schema of the names that a `valueFrom` may read; a name that the text does not declare is none. */
  readonly resultSchema: JsonObject;
  /** Names in the op registry of the ops that the text names, sorted. */
  readonly ops: readonly string[];
  /** What was repaired or cannot be performed here. */
  readonly warnings: readonly ExprFault[];
  /** All faults of a parameter at once. */
  readonly checkParameter: (parameter: JsonObject) => Promise<readonly CueParameterFault[]>;
}

export interface CueParameterFault {
  readonly path: readonly (string | number)[];
  readonly code: 'MissingParameter' | 'UnknownParameter' | 'InvalidParameter';
  readonly message: string;
  readonly suggestion?: string;
}

export type CueCompilation = CompiledCue | { readonly ok: false; readonly faults: readonly ExprFault[] };

export type CueDefinitionFile =
  | {
      readonly ok: true;
      readonly name: string;
      readonly description: string;
      /** `workflow-step` for ours. */
      readonly type: string;
      /** The whole header: annotations, labels, alias and so on. */
      readonly header: JsonObject;
      /** Text for `compile`. Its lines and columns are those of the file. */
      readonly template: string;
    }
  | { readonly ok: false; readonly faults: readonly ExprFault[] };

/** CUE for expressions and step types, in worker threads of its own. */
export interface CueEngine extends ExpressionEngine {
  /** Starts a worker ahead of the first use. */
  warm(): Promise<void>;
  /** Static check of a step type; what passes here has no unknown name and no conflict of its own. */
  compile(definition: CueSource): Promise<CueCompilation>;
  /** Static check of a package of the user by itself; `others` are those that stand beside it, which it must not import. */
  describePackage(own: CuePackage, others: readonly CuePackage[]): Promise<PackageDescription>;
  /** Reads a `.cue` definition file: imports, a header `"name": {…}` and `template: {…}`. */
  readDefinitionFile(text: string, file: string): Promise<CueDefinitionFile>;
}

/** Nothing is started before the first call. Throws SluiceError `CueEngineUnavailable` from calls when its files are missing. */
export function openCueEngine(options: CueEngineOptions): CueEngine {
  const pool = options.pool ?? openCuePool(options);
  return {
    warm: () => pool.warm(),
    close: () => pool.close(),
    async parse(expression) {
      const plain = parsePlain(expression);
      if (plain !== undefined) return plain;
      const { problems, references, imports } = await pool.ask({ fn: 'parse', expr: expression });
      if (problems !== undefined) return { ok: false, faults: toFaults(problems, 'expression') };
      return { ok: true, references: references ?? [], imports: imports ?? [] };
    },
    async evaluate(scope, expression) {
      const plain = evaluatePlain(expression, scope);
      if (plain !== undefined) return plain;
      const { problems, references = [] } = await pool.ask({ fn: 'parse', expr: expression });
      const read = problems === undefined ? narrowScope(scope, expression, references) : scope;
      return toEvaluated(await pool.ask({ fn: 'eval', scope: read, expr: expression }), 'expression');
    },
    compile: (definition) => compileTemplate(pool, options.ops, definition),
    describePackage: (own, others) => describePackage(pool, own, others),
    readDefinitionFile: async (text, file) =>
      toDefinition(await pool.ask({ fn: 'definition', expr: text }), file),
  };
}

function toDefinition(response: CueResponse, file: string): CueDefinitionFile {
  if (response.definition === undefined)
    return { ok: false, faults: toFaults(response.problems ?? [], file) };
  const { name, header, template } = response.definition;
  return {
    ok: true,
    name,
    description: textOf(header['description']),
    type: textOf(header['type']),
    header,
    template,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
