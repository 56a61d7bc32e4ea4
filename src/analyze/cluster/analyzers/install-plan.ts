import { objectAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Analyzer } from '../analyzer.ts';
import { conditionsAt, saying } from '../condition.ts';
import { rolloutMs, sinceMs } from '../rollout-grace.ts';

export const installPlan: Analyzer = {
  name: 'InstallPlan',
  judges: ['InstallPlan'],
  reads: [],
  check: (look) => {
    const phase = quoteText(textAt(look.object, 'status', 'phase'), 60);
    const isWaiting = phase === 'RequiresApproval';
    const isEnded = phase === 'Failed' || isWaiting;
    const age = sinceMs(look, textAt(look.object, 'metadata', 'creationTimestamp'));
    if (phase === '' || phase === 'Complete' || (!isEnded && age < rolloutMs)) return [];
    const refusal = conditionsAt(look, objectAt(look.object, 'status')).find(
      ({ status }) => status === 'False',
    );
    const said = refusal === undefined ? '' : saying(refusal);
    return [
      {
        id: isWaiting ? 'InstallPlanNotApproved' : 'InstallPlanIncomplete',
        severity: isWaiting ? 'low' : phase === 'Failed' ? 'high' : 'medium',
        fieldPath: 'status.phase',
        text: isWaiting
          ? 'The plan waits for its approval.'
          : `The plan is not carried out, phase ${phase}${said === '' ? '.' : `: ${said}`}`,
        fix: isWaiting
          ? 'Set spec.approved to true when it suits.'
          : 'Correct what the message names; a failed plan is made anew by deleting it.',
        k8sgpt: {
          text:
            said === ''
              ? `phase="${phase}" (approval/manual? check status.conditions)`
              : `phase="${phase}": ${said}`,
        },
      },
    ];
  },
};
