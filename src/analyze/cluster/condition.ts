import type { JsonObject } from '../../api/json.ts';
import { objectsAt, textAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import type { Look } from './look.ts';
import { sinceMs } from './rollout-grace.ts';

/** An entry of `conditions`, its texts on one line. */
export interface Condition {
  readonly type: string;
  /** '' where it says none, which is neither True nor False. */
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** Milliseconds since it became so; Infinity where it does not say. */
  readonly ageMs: number;
}

/** The conditions of a status, or of a part of one that has its own. */
export function conditionsAt(look: Look, status: JsonObject): readonly Condition[] {
  return objectsAt(status, 'conditions').map((condition) => ({
    type: quoteText(textAt(condition, 'type'), 100),
    status: quoteText(textAt(condition, 'status'), 20),
    reason: quoteText(textAt(condition, 'reason'), 100),
    message: look.quote(textAt(condition, 'message')),
    ageMs: sinceMs(look, textAt(condition, 'lastTransitionTime')),
  }));
}

/** `Reason: message`, or what there is of it. */
export function saying({ reason, message }: Pick<Condition, 'reason' | 'message'>): string {
  return [reason, message].filter((each) => each !== '').join(': ');
}
