import { formatFieldPath, lookUp, parseFieldPath } from '../../api/field-path.ts';
import type { Json } from '../../api/json.ts';
import type { Evaluated, ExprFault } from '../../expr/expression.ts';
import type { TemplateInput } from '../../expr/template.ts';
import type { SourceDocument } from '../../yaml/source-document.ts';
import type { CueCompiler } from '../cue-compiler.ts';
import { Budget } from '../expression/budget.ts';
import type { ValueCheck } from '../schema/parameter-check.ts';
import { evaluatePart, evaluateTree, TreeFault } from './evaluate-tree.ts';
import { exprFault } from './expr-faults.ts';
import { isWanted, passedOver, recordedResults, scopeOf } from './next-turn.ts';
import type { Entry, Output, Program } from './program.ts';
import type { Scope } from './scope.ts';

export interface OutputParts {
  readonly program: Program;
  readonly document: SourceDocument;
  readonly cue: Pick<CueCompiler, 'evaluate'>;
  /** Compiles on first use the check of an output whose schema the author wrote. */
  outputCheck(output: Output): Promise<ValueCheck>;
}

interface OutputValues {
  readonly values: Readonly<Record<string, Json>>;
  /** Why a part of an output has no value, by its path. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Evaluates a `valueFrom`, which is CUE, over the outputs that have a value. */
export async function evaluateValueFrom(
  input: TemplateInput,
  valueFrom: string,
  parts: OutputParts,
): Promise<Evaluated> {
  const named = parts.program.outputs.filter(({ name }) => valueFrom.includes(name));
  let outputs: OutputValues;
  try {
    outputs = outputValues(named, input, parts.program.entries);
  } catch (error) {
    return { ok: false, faults: [exprFault(error, parts.document)] };
  }
  const faults = await typeFaults(named, outputs, parts);
  if (faults.length > 0) return { ok: false, faults };
  const scope = { ...outputs.values, parameter: input.parameter, context: input.context };
  // A plain path means the same in CUE; most runs name nothing else, and are spared its engine.
  const path = plainPath(valueFrom);
  const value = path === undefined ? undefined : lookUp(scope, path);
  if (value !== undefined) return { ok: true, value };
  const why = whyMissing(path, outputs);
  if (why !== undefined) return { ok: false, faults: [{ kind: 'incomplete', message: why }] };
  const evaluated = await parts.cue.evaluate(scope, valueFrom);
  return evaluated.ok
    ? evaluated
    : { ok: false, faults: evaluated.faults.map((fault) => withHint(fault, outputs)) };
}

function outputValues(
  outputs: readonly Output[],
  input: TemplateInput,
  entries: readonly Entry[],
): OutputValues {
  const budget = new Budget();
  const scope = finishedScope(entries, input, budget);
  const values: [string, Json][] = [];
  const missing = new Map<string, string>();
  for (const { name, value: tree } of outputs) {
    const value = evaluatePart(tree, scope, budget, (path, { message }) => {
      missing.set(formatFieldPath([name, ...path]), message);
    });
    if (value === undefined) continue;
    budget.value(value, 0);
    values.push([name, value]);
  }
  return { values: Object.fromEntries(values), missing };
}

/**
 * What the step has come to. Entries are taken as `nextTurn` takes them, and end at the op that the step stands at: what
 * follows a `fail` that it failed at, or an op without a result, has no value.
 */
function finishedScope(entries: readonly Entry[], input: TemplateInput, budget: Budget): Scope {
  const scope = scopeOf(input);
  const recorded = recordedResults(input);
  let stop: string | undefined;
  for (const entry of entries) {
    const result = recorded.get(entry.id);
    if (stop !== undefined) {
      scope.setAbsent(entry.id, stop);
    } else if (result !== undefined && entry.kind === 'op') {
      scope.set(entry.id, result);
    } else {
      stop = takeEntry(entry, scope, budget);
    }
  }
  return scope;
}

/** Why nothing after the entry has a value; undefined when the step got past it. */
function takeEntry(entry: Entry, scope: Scope, budget: Budget): string | undefined {
  try {
    if (!isWanted(entry, scope, budget)) scope.setAbsent(entry.id, passedOver(entry));
    else if (entry.kind === 'value') scope.set(entry.id, evaluateTree(entry.value, scope, budget));
    else return absent(entry, scope, `the step got no further than op "${entry.id}"`);
    return undefined;
  } catch (error) {
    if (!(error instanceof TreeFault) || error.fault.kind === 'runaway') throw error;
    return absent(entry, scope, `${error.placed.what}: ${error.message}`);
  }
}

function absent(entry: Entry, scope: Scope, why: string): string {
  scope.setAbsent(entry.id, why);
  return why;
}

async function typeFaults(
  outputs: readonly Output[],
  { values, missing }: OutputValues,
  parts: OutputParts,
): Promise<readonly ExprFault[]> {
  const faults: ExprFault[] = [];
  for (const output of outputs) {
    const { name, isDeclared } = output;
    const value = values[name];
    const isWhole = ![...missing.keys()].some(
      (path) => path === name || /^[.[]/.test(path.slice(name.length)),
    );
    if (!isDeclared || value === undefined || !isWhole) continue;
    const check = await parts.outputCheck(output);
    const checked = check(value);
    if (checked.ok) continue;
    for (const { path, message } of checked.faults.slice(0, 3)) {
      const text = message.replace(/^(?:parameter [^ ]+|the properties) /, '');
      faults.push({ kind: 'evaluation', path: formatFieldPath([name, ...path]), message: text });
    }
  }
  return faults;
}

/** Segments of a path in plain words; undefined for anything that CUE could take for more. */
function plainPath(valueFrom: string): readonly (string | number)[] | undefined {
  const text = valueFrom.trim();
  return /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*|\[\d{1,6}\])*$/.test(text)
    ? parseFieldPath(text)
    : undefined;
}

function whyMissing(
  path: readonly (string | number)[] | undefined,
  { missing }: OutputValues,
): string | undefined {
  for (let length = path?.length ?? 0; length > 0; length--) {
    const text = formatFieldPath(path?.slice(0, length) ?? []);
    const why = missing.get(text);
    if (why !== undefined) return `${text} has no value: ${why}`;
  }
  return undefined;
}

function withHint(fault: ExprFault, { missing }: OutputValues): ExprFault {
  const reasons = [...missing].slice(0, 3).map(([path, why]) => `${path} has no value: ${why}`);
  return fault.hint !== undefined || reasons.length === 0 ? fault : { ...fault, hint: reasons.join('; ') };
}
