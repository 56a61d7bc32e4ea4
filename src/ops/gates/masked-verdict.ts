import type { Json } from '../../api/json.ts';
import { isObject } from '../../api/json.ts';
import type { Check, Verdict } from '../../gate/verdict.ts';

type Mask = (text: string) => string;

/**
 * The verdict with every text that others wrote masked. Names, digests and the words of our own stay: a secret that happens to
 * be `pass` must not change an outcome.
 */
export function maskedVerdict(verdict: Verdict, mask: Mask): Verdict {
  const { policy } = verdict;
  return {
    ...verdict,
    checks: verdict.checks.map((check) => maskedCheck(check, mask)),
    reasons: verdict.reasons.map((each) => ({ ...each, ruleOrQuote: mask(each.ruleOrQuote) })),
    policy: {
      ...policy,
      text: policy.text === null ? null : (maskedJson(policy.text, mask) as typeof policy.text),
    },
  };
}

function maskedCheck(check: Check, mask: Mask): Check {
  const { value, condition, quote } = check;
  return {
    ...check,
    value: typeof value === 'string' ? mask(value) : value,
    condition: condition === null ? null : mask(condition),
    quote: quote === null ? null : mask(quote),
    message: mask(check.message),
  };
}

function maskedJson(value: Json, mask: Mask): Json {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((each) => maskedJson(each, mask));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, maskedJson(each, mask)]));
}
