import type { JsonObject } from '../api/json.ts';
import type { OpRegistry, OpSpec } from '../api/op-spec.ts';
import type { Evaluated, ExprFault } from '../expr/expression.ts';
import type { Template, TemplateInput, Turn } from '../expr/template.ts';
import type { CueSource } from './engine.ts';
import { toFaults } from './fault.ts';
import type { CuePool } from './pool.ts';
import type { CueResponse, ImportTable } from './protocol.ts';
import type { CuePackage, PackageProvider } from './user-package.ts';

interface TemplateSource extends Pick<CueSource, 'source' | 'file' | 'packages'> {
  /** Fields of the context that the text reads; undefined when it may read any. */
  readonly contextNames: readonly string[] | undefined;
}

/** A template over its text alone: nothing about it is kept between turns but the module's cache. */
export function createCueTemplate(
  pool: CuePool,
  ops: OpRegistry,
  { source: text, file, packages = [], contextNames }: TemplateSource,
): Template {
  const byCall = indexOps(ops);
  const byProvider = new Map(packages.map((each) => [each.name, each]));
  const filled = ({ parameter, context, recorded }: TemplateInput, valueFrom = '') => ({
    template: text,
    ...importsOf(packages),
    parameter,
    // The same inputs in another run, or another step, then are the same question.
    context:
      contextNames === undefined || valueFrom.includes('context')
        ? context
        : pickFields(context, contextNames),
    results: recorded.map(({ op, path, style, result }) => ({
      path,
      style,
      result: ops.get(op)?.cueResult?.(result, style) ?? result,
    })),
  });
  return {
    async next(input) {
      return toTurn(await pool.ask({ fn: 'next', ...filled(input) }), { byCall, byProvider, file });
    },
    async value(input, valueFrom) {
      const request = { fn: 'value', expr: valueFrom, ...filled(input, valueFrom) } as const;
      return toEvaluated(await pool.ask(request), file);
    },
  };
}

function pickFields(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}

export function toEvaluated(response: CueResponse, source: string): Evaluated {
  if (response.problems !== undefined) return { ok: false, faults: toFaults(response.problems, source) };
  return { ok: true, value: response.value ?? null };
}

/** Op names by `provider/do`. */
export function indexOps(ops: OpRegistry): ReadonlyMap<string, OpSpec> {
  const index = new Map<string, OpSpec>();
  for (const spec of ops.values()) {
    for (const call of spec.cue) index.set(`${call.provider}/${call.do}`, spec);
  }
  return index;
}

interface TurnParts {
  readonly byCall: ReadonlyMap<string, OpSpec>;
  readonly byProvider: ReadonlyMap<string, CuePackage>;
  readonly file: string;
}

function toTurn(response: CueResponse, { byCall, byProvider, file }: TurnParts): Turn {
  if (response.problems !== undefined)
    return { kind: 'error', faults: toFaults(response.problems, file).map((fault) => wherever(fault, file)) };
  const action = response.action;
  if (action === undefined) return { kind: 'done' };
  const { path, style, params, deps = [] } = action;
  const op = byCall.get(`${action.provider}/${action.do}`);
  if (op !== undefined) return { kind: 'op', path, op: op.name, style, params, deps };
  const provider = byProvider.get(action.provider)?.provider;
  if (provider === undefined) return faultAt(path, `there is no op ${action.provider}/${action.do}`);
  if (style === 'inline') return faultAt(path, `a function of a Package takes its parameters in $params`);
  return { kind: 'op', path, op: callProvider, style, params: callOf(provider, action), deps };
}

/** What was stopped cannot tell where it was: at least it is said in which text. */
function wherever(fault: ExprFault, file: string): ExprFault {
  const at = { source: file, line: 1, column: 1 };
  return fault.kind === 'runaway' && fault.at === undefined ? { ...fault, at } : fault;
}

/** The op that calls a function of a Package. */
export const callProvider = 'call-provider';

type Action = NonNullable<CueResponse['action']>;

function callOf({ endpoint, headers, insecureSkipVerify }: PackageProvider, action: Action): JsonObject {
  return {
    endpoint,
    function: action.do,
    header: headers,
    ...(insecureSkipVerify ? { insecureSkipVerify } : {}),
    params: action.params,
  };
}

function faultAt(path: string, text: string): Turn {
  return { kind: 'error', faults: [{ kind: 'evaluation', message: `${path}: ${text}`, path }] };
}

/** The field of a request that holds the packages; templates without any have none. */
export function importsOf(packages: readonly CuePackage[]): { readonly imports?: ImportTable } {
  return packages.length === 0 ? {} : { imports: tableOf(packages) };
}

export function tableOf(packages: readonly CuePackage[]): ImportTable {
  return packages.map(({ path, files }) => ({ path, files }));
}
