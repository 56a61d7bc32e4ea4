import type { JsonObject } from '../api/json.ts';
import type { OpRegistry, OpSpec } from '../api/op-spec.ts';
import type { ExprFault, ExpressionEngine } from '../expr/expression.ts';
import type { Template } from '../expr/template.ts';
import { createCueTemplate, indexOps, toEvaluated } from './cue-template.ts';
import { toFaults } from './fault.ts';
import { openCuePool, type CuePoolOptions } from './open-pool.ts';
import { evaluatePlain, parsePlain } from './plain-expression.ts';
import type { CuePool } from './pool.ts';
import type { CueResponse } from './protocol.ts';

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
      return toEvaluated(await pool.ask({ fn: 'eval', scope, expr: expression }), 'expression');
    },
    compile: (definition) => compile(pool, options.ops, definition),
    readDefinitionFile: async (text, file) =>
      toDefinition(await pool.ask({ fn: 'definition', expr: text }), file),
  };
}

async function compile(pool: CuePool, ops: OpRegistry, { source, file }: CueSource): Promise<CueCompilation> {
  const response = await pool.ask({ fn: 'compile', template: source });
  if (response.problems !== undefined) return { ok: false, faults: toFaults(response.problems, file) };
  const index = indexOps(ops);
  const used = response.ops ?? [];
  const missing = used.filter((use) => !index.has(`${use.provider}/${use.do}`));
  const own = missing.filter((use) => use.package === '');
  if (own.length > 0) return { ok: false, faults: own.map((use) => unknownOp(use, index, file)) };
  const known = used
    .map((use) => index.get(`${use.provider}/${use.do}`)?.name)
    .filter((name) => name !== undefined);
  return {
    ok: true,
    template: createCueTemplate(pool, ops, source, file),
    parameterSchema: response.schema ?? {},
    resultSchema: response.result ?? {},
    ops: [...new Set(known)].toSorted(),
    warnings: [...toFaults(response.warnings ?? [], file), ...missing.map((use) => missingOp(use, file))],
    checkParameter: (parameter) => checkParameter(pool, source, parameter),
  };
}

type OpUse = NonNullable<CueResponse['ops']>[number];

/** Of a package's op the host knows at least the name; one that a template spells itself can only be a mistake. */
function unknownOp(use: OpUse, index: ReadonlyMap<string, OpSpec>, file: string): ExprFault {
  const near = [...index.keys()].find((call) => call.endsWith(`/${use.do}`));
  return {
    kind: 'evaluation',
    message: `there is no op with #provider ${JSON.stringify(use.provider)} and #do ${JSON.stringify(use.do)}`,
    ...(use.at === undefined ? {} : { at: { ...use.at, source: file } }),
    ...(near === undefined ? {} : { hint: `did you mean #provider: "${near.split('/')[0]}"?` }),
  };
}

function missingOp(use: OpUse, file: string): ExprFault {
  return {
    kind: 'evaluation',
    message: `${use.package}.${use.name} cannot be performed here: there is no op ${use.provider}/${use.do}`,
    ...(use.at === undefined ? {} : { at: { ...use.at, source: file } }),
  };
}

const parameterCodes = {
  missing: 'MissingParameter',
  unknown: 'UnknownParameter',
  invalid: 'InvalidParameter',
} as const;

async function checkParameter(
  pool: CuePool,
  template: string,
  parameter: JsonObject,
): Promise<readonly CueParameterFault[]> {
  const response = await pool.ask({ fn: 'check', template, parameter, context: {} });
  const faults = (response.parameter ?? []).map((fault) => ({ ...fault, code: parameterCodes[fault.code] }));
  const others = (response.problems ?? []).map((problem) => ({
    path: [],
    code: 'InvalidParameter' as const,
    message: problem.message,
  }));
  return [...faults, ...others];
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
