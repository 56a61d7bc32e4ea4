import { textAt, textsAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';
import { rolloutMs, sinceMs } from '../rollout-grace.ts';

/** What keeps a Pod that somebody has asked to be deleted. */
export function leavingProblems(look: Look): readonly Problem[] {
  return [...keptByFinalizers(look), ...stillThere(look)];
}

/** The time of deletion counts from the end of the grace that the Pod was given. */
function keptByFinalizers(look: Look): readonly Problem[] {
  const finalizers = textsAt(look.object, 'metadata', 'finalizers');
  const since = sinceMs(look, textAt(look.object, 'metadata', 'deletionTimestamp'));
  if (finalizers.length === 0 || since < rolloutMs || since === Number.POSITIVE_INFINITY) return [];
  return [
    {
      id: 'DeletionPending',
      severity: 'medium',
      fieldPath: 'metadata.finalizers',
      text: `The Pod was to be deleted, and finalizers keep it: ${quoteText(finalizers.join(', '), 300)}.`,
      fix: 'Look at the controller that should remove them; where it is gone for good, remove them by hand.',
    },
  ];
}

/** Only its kubelet can say that a Pod has ended; until then nothing takes its place in a StatefulSet. */
function stillThere(look: Look): readonly Problem[] {
  const { object } = look;
  const since = sinceMs(look, textAt(object, 'metadata', 'deletionTimestamp'));
  const node = quoteText(textAt(object, 'spec', 'nodeName'), 253);
  const isKept = textsAt(object, 'metadata', 'finalizers').length > 0;
  if (isKept || node === '' || since < rolloutMs || since === Number.POSITIVE_INFINITY) return [];
  return [
    {
      id: 'TerminationStuck',
      severity: 'medium',
      fieldPath: 'metadata.deletionTimestamp',
      text: `The Pod was to be deleted, and node ${node} has not said that it has ended.`,
      fix: 'See whether the kubelet of the node answers. Where the node is gone for good, delete the Node; a Pod is deleted by force only where it surely no longer runs.',
    },
  ];
}
