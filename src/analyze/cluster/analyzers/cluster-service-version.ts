import { objectAt, objectsAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer } from '../analyzer.ts';
import { saying } from '../condition.ts';
import type { Look } from '../look.ts';
import { rolloutMs, sinceMs } from '../rollout-grace.ts';

/** Phases on the way to another one. */
const passing = ['Pending', 'InstallReady', 'Installing', 'Replacing', 'Deleting'];

export const clusterServiceVersion: Analyzer = {
  name: 'ClusterServiceVersion',
  judges: ['ClusterServiceVersion'],
  reads: [],
  check: (look) => {
    const phase = quoteText(textAt(look.object, 'status', 'phase'), 60);
    if (phase === '' || phase === 'Succeeded' || isCopy(look)) return [];
    const since = sinceMs(look, textAt(look.object, 'status', 'lastTransitionTime'));
    if (passing.includes(phase) && since < rolloutMs) return [];
    const said = saying(stateOf(look));
    return [
      {
        id: 'OperatorNotInstalled',
        severity: phase === 'Failed' ? 'high' : 'medium',
        fieldPath: 'status.phase',
        text: `The operator is not installed, phase ${phase}${said === '' ? '.' : `: ${said}`}`,
        fix: 'Correct what the message names: requirements, permissions, the Deployments of the operator.',
        k8sgpt: { text: `phase="${phase}": ${said}`.replace(/: $/, ' (see status.conditions)') },
      },
    ];
  },
};

/** A copy into a namespace that the operator watches says what the original says. */
function isCopy({ object }: Look): boolean {
  return textAt(object, 'metadata', 'labels', 'olm.copiedFrom') !== '';
}

/** How it is now: of the list of its conditions the first ones are the oldest. */
function stateOf(look: Look): { readonly reason: string; readonly message: string } {
  const status = objectAt(look.object, 'status');
  const now = textAt(status, 'message') === '' ? (objectsAt(status, 'conditions').at(-1) ?? {}) : status;
  return {
    reason: quoteText(textAt(now, 'reason'), 100),
    message: look.quote(textAt(now, 'message')),
  };
}
