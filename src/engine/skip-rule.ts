import type { PlannedStep } from '../plan/plan.ts';
import type { Draft } from './draft.ts';

/** Why a step without an `if:` is skipped; undefined when it runs. */
export function defaultSkip(draft: Draft, step: PlannedStep): string | undefined {
  // A required gate is one reason more to skip a step, never one less: in a list the steps before it count all the same.
  const gate = step.requires.find((path) => draft.step(path).phase !== 'succeeded');
  if (gate !== undefined) return `gate ${draft.planned(gate).name} ${draft.step(gate).phase}`;
  const needs = draft.index.needs.get(step.path) ?? [];
  if (needs.length > 0) return unmetNeed(draft, step);
  if (step.siblingMode === 'DAG') return undefined;
  const siblings =
    step.parent === undefined
      ? draft.index.sections[step.section ?? 'steps']
      : (draft.index.children.get(step.parent) ?? []);
  for (const sibling of siblings) {
    if (sibling.path === step.path) return undefined;
    const { phase } = draft.step(sibling.path);
    if (phase !== 'succeeded' && phase !== 'skipped') return `step ${sibling.name} ${phase}`;
  }
  return undefined;
}

/** A step that was skipped anywhere up the chain skips too, even when what lies between succeeded. */
function unmetNeed(draft: Draft, step: PlannedStep): string | undefined {
  const seen = new Set<string>();
  const todo = [...(draft.index.needs.get(step.path) ?? [])];
  for (let path = todo.pop(); path !== undefined; path = todo.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { phase } = draft.step(path);
    if (phase !== 'succeeded') return `step ${draft.planned(path).name} ${phase}`;
    todo.push(...(draft.index.needs.get(path) ?? []));
  }
  return undefined;
}
