import type { JsonObject } from '../../api/json.ts';
import { objectAt, objectsAt, textAt, textsAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';

/** Whether a LabelSelector asks for nothing, and so chooses everything. */
export function isEmptySelector(selector: JsonObject): boolean {
  return (
    Object.keys(objectAt(selector, 'matchLabels')).length === 0 &&
    objectsAt(selector, 'matchExpressions').length === 0
  );
}

/** `app=web,tier in (a,b)`, in a fixed order. */
export function selectorText(selector: JsonObject): string {
  const labels = Object.keys(objectAt(selector, 'matchLabels'))
    .map((key) => `${key}=${textAt(selector, 'matchLabels', key)}`)
    .toSorted();
  const expressions = objectsAt(selector, 'matchExpressions').map((expression) => {
    const key = textAt(expression, 'key');
    const operator = textAt(expression, 'operator');
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator.toLowerCase()} (${textsAt(expression, 'values').toSorted().join(',')})`;
  });
  return quoteText([...labels, ...expressions.toSorted()].join(','), 300);
}
