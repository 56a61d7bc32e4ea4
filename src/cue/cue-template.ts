import type { OpRegistry, OpSpec } from '../api/op-spec.ts';
import type { Evaluated } from '../expr/expression.ts';
import type { Template, TemplateInput, Turn } from '../expr/template.ts';
import { toFaults } from './fault.ts';
import type { CuePool } from './pool.ts';
import type { CueResponse } from './protocol.ts';

/** A template over its text alone: nothing about it is kept between turns but the module's cache. */
export function createCueTemplate(pool: CuePool, ops: OpRegistry, text: string, file: string): Template {
  const byCall = indexOps(ops);
  const filled = ({ parameter, context, recorded }: TemplateInput) => ({
    template: text,
    parameter,
    context,
    results: recorded.map(({ op, path, style, result }) => ({
      path,
      style,
      result: ops.get(op)?.cueResult?.(result, style) ?? result,
    })),
  });
  return {
    async next(input) {
      return toTurn(await pool.ask({ fn: 'next', ...filled(input) }), byCall, file);
    },
    async value(input, valueFrom) {
      return toEvaluated(await pool.ask({ fn: 'value', expr: valueFrom, ...filled(input) }), file);
    },
  };
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

function toTurn(response: CueResponse, byCall: ReadonlyMap<string, OpSpec>, file: string): Turn {
  if (response.problems !== undefined) return { kind: 'error', faults: toFaults(response.problems, file) };
  const action = response.action;
  if (action === undefined) return { kind: 'done' };
  const op = byCall.get(`${action.provider}/${action.do}`);
  if (op === undefined) {
    const message = `${action.path}: there is no op ${action.provider}/${action.do}`;
    return { kind: 'error', faults: [{ kind: 'evaluation', message, path: action.path }] };
  }
  return {
    kind: 'op',
    path: action.path,
    op: op.name,
    style: action.style,
    params: action.params,
    deps: action.deps ?? [],
  };
}
