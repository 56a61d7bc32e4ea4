import { objectAt } from '../json-fields.ts';
import type { Problem } from './analyzer.ts';
import { conditionsAt, saying, type Condition } from './condition.ts';
import type { Look } from './look.ts';
import { rolloutMs, settlingMs } from './rollout-grace.ts';

/** Conditions of OLM v1 that are not as they should be: Progressing by its reason, any other by not being true. */
export function olmConditions(look: Look, types: readonly string[]): readonly Problem[] {
  return conditionsAt(look, objectAt(look.object, 'status'))
    .filter((condition) => types.includes(condition.type) && isBad(condition))
    .map((condition) => ({
      id: `${look.object.kind}Not${condition.type}`,
      severity: severityOf(condition),
      fieldPath: `status.conditions{${condition.type}}`,
      text: `${condition.type} is ${condition.status || 'unknown'}: ${saying(condition)}`,
      fix: 'Correct what the message names; the log of the controller says more.',
      k8sgpt: {
        text: `OLMv1 ${look.object.kind}: ${look.name} has condition of type ${condition.type}, reason ${condition.reason}: ${condition.message}`,
      },
    }));
}

function isBad({ type, status, reason, ageMs }: Condition): boolean {
  if (type !== 'Progressing') return status !== 'True' && ageMs >= settlingMs;
  if (reason === 'Succeeded') return false;
  // What is blocked waits for a person; everything else is given the time of a rollout.
  return reason === 'Blocked' || ageMs >= rolloutMs;
}

function severityOf({ type, reason }: Condition): 'high' | 'medium' {
  return type === 'Progressing' && reason !== 'Blocked' ? 'medium' : 'high';
}
