import { isWorse } from '../outcome.ts';
import type { Check, Reason } from '../verdict.ts';
import { isCounted } from './combine.ts';

const most = 5;
const longest = 300;

/** The checks that kept a gate from passing, worst first: by outcome, keys before others, then by weight. */
export function reasonsOf(checks: readonly Check[], first: readonly string[] = []): readonly Reason[] {
  const bad = checks.filter((check) => isCounted(check) && check.outcome !== 'pass');
  const sorted = bad.toSorted((a, b) => {
    if (a.outcome !== b.outcome) return isWorse(a.outcome, b.outcome) ? -1 : 1;
    return Number(b.key) - Number(a.key) || b.weight - a.weight;
  });
  const own = first.map((text): Reason => ({ ruleOrQuote: cut(text), evidenceRef: null }));
  return [...own, ...sorted.map(reasonOf)].slice(0, most);
}

function reasonOf(check: Check): Reason {
  return { ruleOrQuote: cut(`${check.id}: ${check.message}`), evidenceRef: check.evidenceRef };
}

function cut(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
