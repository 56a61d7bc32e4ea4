import { fieldAt, numberAt, objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer, Problem } from '../analyzer.ts';
import { conditionsAt, saying } from '../condition.ts';
import { selectorText } from '../selector-text.ts';
import type { Look } from '../look.ts';
import { rolloutMs, sinceMs, settlingMs } from '../rollout-grace.ts';
import { podMakers, selectsPods } from '../selected-pods.ts';

export const podDisruptionBudget: Analyzer = {
  name: 'PodDisruptionBudget',
  judges: ['PodDisruptionBudget'],
  reads: podMakers,
  check: (look) => {
    const problem = unused(look) ?? neverAllows(look) ?? blocked(look);
    return problem === undefined ? [] : [problem];
  },
};

function unused(look: Look): Problem | undefined {
  if (sinceMs(look, textAt(look.object, 'metadata', 'creationTimestamp')) < settlingMs) return undefined;
  // Without a selector a budget is for no Pod at all, with an empty one for all.
  const hasSelector = fieldAt(look.object, 'spec', 'selector') !== undefined;
  const selector = objectAt(look.object, 'spec', 'selector');
  if (hasSelector && selectsPods(look, selector) !== false) return undefined;
  return {
    id: 'BudgetWithoutPods',
    severity: 'medium',
    fieldPath: 'spec.selector',
    text: `The budget protects nothing: no Pod and no Pod template of its namespace ${hasSelector ? `has ${selectorText(selector) || 'any labels'}` : 'is chosen without a selector'}.`,
    fix: 'Correct spec.selector, or delete the budget.',
    k8sgpt: peer(look, 'InsufficientPods'),
  };
}

/** A budget that allows no disruption even while all its Pods are healthy stops every drain of a node. */
function neverAllows(look: Look): Problem | undefined {
  const expected = numberAt(look.object, 'status', 'expectedPods');
  const desired = numberAt(look.object, 'status', 'desiredHealthy');
  const most = fieldAt(look.object, 'spec', 'maxUnavailable');
  const least = fieldAt(look.object, 'spec', 'minAvailable');
  const isSaid = most === 0 || isPercent(most, 0) || isPercent(least, 100);
  const isCounted = expected !== undefined && expected > 0 && desired !== undefined && desired >= expected;
  if (!isSaid && !isCounted) return undefined;
  const field = most === undefined ? 'minAvailable' : 'maxUnavailable';
  return {
    id: 'BudgetAllowsNoDisruption',
    severity: 'medium',
    fieldPath: `spec.${field}`,
    text: `${field} ${shown(most ?? least)} never lets a Pod be evicted${expected === undefined ? '' : `, of ${expected} that it is for`}: draining a node waits for ever.`,
    fix: 'Allow one Pod to be unavailable (maxUnavailable: 1), and run more than one replica.',
    k8sgpt: peer(look, 'InsufficientPods'),
  };
}

function blocked(look: Look): Problem | undefined {
  const condition = conditionsAt(look, objectAt(look.object, 'status')).find(
    ({ type }) => type === 'DisruptionAllowed',
  );
  if (condition?.status !== 'False') return undefined;
  const { reason, ageMs } = condition;
  const isCounted = reason === 'InsufficientPods';
  // Pods are unhealthy while they are rolled out.
  if (ageMs < (isCounted ? rolloutMs : settlingMs)) return undefined;
  const healthy = numberAt(look.object, 'status', 'currentHealthy') ?? 0;
  const desired = numberAt(look.object, 'status', 'desiredHealthy') ?? 0;
  return {
    id: isCounted ? 'DisruptionsBlocked' : 'BudgetNotComputed',
    severity: 'medium',
    fieldPath: 'status.conditions{DisruptionAllowed}',
    text: isCounted
      ? `No Pod may be evicted: ${healthy} are healthy, and ${desired} have to be.`
      : `The budget cannot be computed, so no Pod may be evicted: ${saying(condition)}`,
    fix: isCounted
      ? 'Look at the Pods that are not healthy.'
      : 'Correct what the message names; every Pod that the budget is for needs a controller with a scale.',
    k8sgpt: peer(look, reason),
  };
}

function peer(look: Look, reason: string): NonNullable<Problem['k8sgpt']> {
  return {
    text: `${reason}, expected pdb pod label ${selectorText(objectAt(look.object, 'spec', 'selector'))}`,
  };
}

function shown(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? quoteText(String(value), 20) : '';
}

function isPercent(value: unknown, percent: number): boolean {
  return typeof value === 'string' && /^\d{1,3}%$/.test(value) && Number.parseInt(value, 10) === percent;
}
