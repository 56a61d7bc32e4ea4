import type { JsonObject } from '../api/json.ts';
import { objectAt, objectsAt, textAt, textsAt } from './json-fields.ts';

/** Whether a label selector of an object (`matchLabels`, `matchExpressions`) fits; an empty one fits everything. */
export function fitsSelector(selector: JsonObject, labels: JsonObject): boolean {
  return (
    hasLabels(objectAt(selector, 'matchLabels'), labels) &&
    objectsAt(selector, 'matchExpressions').every((each) => fitsExpression(each, labels))
  );
}

/** Whether `labels` hold all of `wanted`, as in the selector of a Service. */
export function hasLabels(wanted: JsonObject, labels: JsonObject): boolean {
  return Object.entries(wanted).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

function fitsExpression(expression: JsonObject, labels: JsonObject): boolean {
  const key = textAt(expression, 'key');
  const isThere = Object.hasOwn(labels, key);
  const isListed = isThere && textsAt(expression, 'values').includes(textAt(labels, key));
  switch (textAt(expression, 'operator')) {
    case 'In':
      return isListed;
    case 'NotIn':
      return !isListed;
    case 'Exists':
      return isThere;
    case 'DoesNotExist':
      return !isThere;
    default:
      return false;
  }
}
