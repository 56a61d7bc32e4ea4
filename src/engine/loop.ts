import type { Json } from '../api/json.ts';
import type { PlannedLoop, PlannedStep } from '../plan/plan.ts';
import { maxItems } from '../plan/plan.ts';
import type { Draft } from './draft.ts';
import { groupEnd } from './group.ts';
import { resolveInput } from './inputs.ts';
import { contextOf } from './scope.ts';
import type { StepEnd } from './state.ts';

/** Steps, sub-steps and items of a run: what its state has room for. */
const stepLimit = 1000;
const toldFailures = 3;

/** Fixes the list of a step whose turn has come: it is part of the state from now on, and never looked up again. */
export function beginLoop(draft: Draft, step: PlannedStep, loop: PlannedLoop): void {
  const list = listOf(draft, step, loop);
  if (list.ok) draft.openLoop(step.path, list.items);
  else draft.end(step.path, { phase: 'failed', reason: 'Input', message: `forEach: ${list.message}` });
}

type FoundList =
  | { readonly ok: true; readonly items: readonly Json[] }
  | { readonly ok: false; readonly message: string };

function listOf({ index, state }: Draft, step: PlannedStep, loop: PlannedLoop): FoundList {
  if (loop.items !== undefined) return fitting(loop.items, 'the list', loop, state.steps);
  const { from = '' } = loop;
  const found = resolveInput(index, state, step, contextOf(index, state, step), from);
  if (found === undefined)
    return { ok: false, message: `"${from}" has no value: nothing stands at that path` };
  if (Array.isArray(found)) return fitting(found as readonly Json[], `"${from}"`, loop, state.steps);
  const what = found === null ? 'null' : typeof found === 'object' ? 'a map' : `a ${typeof found}`;
  return { ok: false, message: `"${from}" is ${what}, not a list` };
}

function fitting(
  items: readonly Json[],
  what: string,
  { minItems }: PlannedLoop,
  steps: Draft['state']['steps'],
): FoundList {
  const { length } = items;
  const known = Object.keys(steps).length;
  if (length < minItems)
    return { ok: false, message: `${what} has fewer items (${length}) than \`minItems\` (${minItems})` };
  if (length > maxItems)
    return { ok: false, message: `${what} has ${length} items; at most ${maxItems} are allowed` };
  if (known + length > stepLimit)
    return {
      ok: false,
      message: `${what} has ${length} items, and the run ${known} steps; at most ${stepLimit} are allowed together`,
    };
  return { ok: true, items };
}

/** What a step with `forEach` has come to; undefined while an item is open. */
export function loopEnd(draft: Draft, items: readonly PlannedStep[]): StepEnd | undefined {
  if (items.length === 0)
    return { phase: 'succeeded', message: 'the list is empty: there was nothing to do' };
  const end = groupEnd(items.map(({ path }) => draft.step(path)));
  if (end?.phase !== 'failed') return end;
  const failed = items.filter(({ path }) => draft.step(path).phase === 'failed');
  const told = failed.slice(0, toldFailures).map(({ path }) => {
    const { message, reason } = draft.step(path);
    return `${path}: ${(message ?? reason ?? 'failed').slice(0, 300)}`;
  });
  const more = failed.length > told.length ? [`and ${failed.length - told.length} more`] : [];
  return { ...end, message: `${failed.length} of ${items.length} failed: ${[...told, ...more].join('; ')}` };
}
