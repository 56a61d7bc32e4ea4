import { isObject, type Json, type JsonObject } from '../../api/json.ts';
import type { ExprFault } from '../../expr/expression.ts';
import type { TemplateInput, Turn } from '../../expr/template.ts';
import { Budget } from '../expression/budget.ts';
import { EvaluationFault } from '../expression/evaluation-fault.ts';
import { kindOf, oneOf, withArticle } from '../expression/json-kind.ts';
import { kindsOf } from '../schema/json-types.ts';
import { evaluatePlaced, evaluateTree, TreeFault } from './evaluate-tree.ts';
import type { Entry, OpEntry } from './program.ts';
import { Scope } from './scope.ts';

/** The first op that is not recorded and whose `if:` holds. Throws what `exprFault` reads. */
export function nextTurn(entries: readonly Entry[], input: TemplateInput): Turn {
  const budget = new Budget();
  const scope = scopeOf(input);
  const recorded = recordedResults(input);
  for (const entry of entries) {
    const result = recorded.get(entry.id);
    // What a wait read again may have changed a value or the `if:` of an op that was passed over: both are asked anew.
    if (result !== undefined && entry.kind === 'op') scope.set(entry.id, result);
    else if (!isWanted(entry, scope, budget)) scope.setAbsent(entry.id, passedOver(entry));
    else if (entry.kind === 'op') return opTurn(entry, scope, budget);
    else scope.set(entry.id, evaluateTree(entry.value, scope, budget));
  }
  return { kind: 'done' };
}

export function scopeOf({ parameter, context }: TemplateInput): Scope {
  const scope = new Scope();
  scope.set('parameter', parameter);
  scope.set('context', context);
  return scope;
}

export function recordedResults({ recorded }: TemplateInput): ReadonlyMap<string, Json> {
  return new Map(recorded.map(({ path, result }) => [path, result]));
}

export function passedOver({ id }: Entry): string {
  return `${id} has no value: its if: was false`;
}

/** Throws TreeFault, also when the condition is no boolean: a guard that cannot be read must stop the step. */
export function isWanted({ condition }: Entry, scope: Scope, budget: Budget): boolean {
  if (condition === undefined || typeof condition === 'boolean') return condition ?? true;
  const value = evaluatePlaced(condition, scope, budget);
  if (typeof value === 'boolean') return value;
  const message = `must be a boolean, got ${withArticle(kindOf(value))}`;
  throw new TreeFault(new EvaluationFault('wrong', message, condition.expr.at), condition);
}

function opTurn(entry: OpEntry, scope: Scope, budget: Budget): Turn {
  const { id, spec } = entry;
  const params = evaluateTree(entry.params, scope, budget) as JsonObject;
  // The params are written out and hashed, so they must have an end that is near.
  budget.value(params, 0);
  const wrong = spec.needs === 'control' ? controlFault(entry, params) : undefined;
  if (wrong !== undefined) return { kind: 'error', faults: [wrong] };
  const deps = spec.name === 'wait' ? entry.reads : [];
  return { kind: 'op', path: id, op: spec.name, style: 'inline', params, deps };
}

/** Ops that the engine decides itself have no performer that would check what they are given. */
function controlFault({ id, spec }: OpEntry, params: JsonObject): ExprFault | undefined {
  const properties = isObject(spec.params['properties']) ? spec.params['properties'] : {};
  for (const [name, value] of Object.entries(params)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
    const kinds = isObject(schema) ? kindsOf(schema) : undefined;
    if (kinds === undefined || kinds.has(kindOf(value))) continue;
    const message = `must be ${oneOf([...kinds])}, got ${withArticle(kindOf(value))}`;
    return { kind: 'evaluation', path: `op "${id}": with.${name}`, message };
  }
  return undefined;
}
