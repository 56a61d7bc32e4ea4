import { groupOf, isOwnGroup } from '../../cluster/known-kinds.ts';
import { isSnapshotKind } from '../cluster/kinds.ts';
import type { Finding } from '../finding.ts';
import { objectsAt, textAt } from '../json-fields.ts';
import type { LiveState } from '../live-state.ts';
import { quoteText } from '../quote-text.ts';
import { runtimeFinding, type Subject } from './subject.ts';

/** By the conventions of Kubernetes, what is True of an object that does well. */
const good: ReadonlySet<string> = new Set([
  'Ready',
  'Available',
  'Healthy',
  'Synced',
  'Reconciled',
  'Succeeded',
  'Established',
  'Accepted',
  'Programmed',
]);
/** And what is True of one that does not. */
const bad: ReadonlySet<string> = new Set(['Stalled', 'Failed', 'Degraded', 'ReconcileError', 'Denied']);

/** More than these say nothing new. */
const mostConditions = 5;

/** What the controller of a kind that no rule knows says of an object: conditions that are not as they should be. */
export function ownConditions(subject: Subject): readonly Finding[] {
  if (!isCustom(subject.state)) return [];
  return objectsAt(subject.state.object, 'status', 'conditions')
    .filter((condition) => isWrong(textAt(condition, 'type'), textAt(condition, 'status')))
    .slice(0, mostConditions)
    .map((condition) => {
      const type = quoteText(textAt(condition, 'type'), 60);
      const reason = textAt(condition, 'reason');
      const message = textAt(condition, 'message');
      return runtimeFinding(subject, 'ConditionNotMet', 'medium', {
        fieldPath: `status.conditions[${type}]`,
        text: `Its condition ${type} is ${textAt(condition, 'status')}${reason === '' ? '' : ` (${quoteText(reason, 100)})`}${message === '' ? '.' : `: ${subject.quote(message)}`}`,
        fix: 'Do what the message of the condition asks for; the controller of this kind writes it.',
      });
    });
}

/** Whether the object says of itself that it does well. */
export function saysWell(state: LiveState): boolean {
  return (
    isCustom(state) &&
    objectsAt(state.object, 'status', 'conditions').some(
      (condition) => good.has(textAt(condition, 'type')) && textAt(condition, 'status') === 'True',
    )
  );
}

function isCustom({ object: { apiVersion, kind } }: LiveState): boolean {
  return !isOwnGroup(groupOf(apiVersion)) && !isSnapshotKind(apiVersion, kind);
}

function isWrong(type: string, status: string): boolean {
  return (good.has(type) && status === 'False') || (bad.has(type) && status === 'True');
}
