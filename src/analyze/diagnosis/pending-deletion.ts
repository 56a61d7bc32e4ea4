import type { Finding } from '../finding.ts';
import { objectsAt, textAt, textsAt } from '../json-fields.ts';
import { quoteText } from '../quote-text.ts';
import { runtimeFinding, type Subject } from './subject.ts';

/** Until then, deletion has its time. */
const patienceMs = 600_000;

/** What keeps an object that somebody has asked to be deleted. Of Pods the analyzers tell it. */
export function pendingDeletion(subject: Subject): Finding | undefined {
  const { object } = subject.state;
  const since = subject.nowMs - Date.parse(textAt(object, 'metadata', 'deletionTimestamp'));
  if (object.kind === 'Pod' || Number.isNaN(since) || since < patienceMs) return undefined;
  const told = object.kind === 'Namespace' ? leftInNamespace(subject) : [];
  const finalizers = textsAt(object, 'metadata', 'finalizers');
  return runtimeFinding(subject, 'DeletionPending', 'high', {
    fieldPath: told.length > 0 ? 'status.conditions' : 'metadata.finalizers',
    text:
      finalizers.length === 0
        ? 'It was to be deleted, and is still there.'
        : `It was to be deleted, and finalizers keep it: ${quoteText(finalizers.join(', '), 300)}.`,
    fix:
      told.length > 0
        ? 'Remove what the conditions name: an API whose server is gone, objects that finalizers keep. Then it goes by itself.'
        : 'Look at what should remove the finalizers: a controller, or whatever still uses the object. Where that is gone for good, remove them by hand.',
    evidence: told,
  });
}

/** The namespace controller says what is left, and what it could not ask. */
function leftInNamespace(subject: Subject): Finding['evidence'] {
  return objectsAt(subject.state.object, 'status', 'conditions')
    .filter((condition) => textAt(condition, 'status') === 'True')
    .map((condition) => ({
      source: `Condition ${quoteText(textAt(condition, 'type'), 60)}`,
      text: subject.quote(textAt(condition, 'message')),
    }));
}
