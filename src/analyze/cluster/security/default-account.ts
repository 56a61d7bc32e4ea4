import { flagAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import type { Problem } from '../analyzer.ts';
import type { Look } from '../look.ts';

/** Pods that get a token of the account which is for those that name none; without a token it gives them nothing. */
export function defaultAccount(look: Look): readonly Problem[] {
  if (look.name !== 'default') return [];
  const ofAccount = flagAt(look.object, 'automountServiceAccountToken') ?? true;
  const users = (look.givenOf('Pod') ?? []).filter(
    (pod) =>
      textAt(pod, 'metadata', 'namespace') === look.namespace &&
      (textAt(pod, 'spec', 'serviceAccountName') || 'default') === 'default' &&
      (flagAt(pod, 'spec', 'automountServiceAccountToken') ?? ofAccount) &&
      !['Succeeded', 'Failed'].includes(textAt(pod, 'status', 'phase')),
  );
  if (users.length === 0) return [];
  const names = users.map((pod) => quoteText(textAt(pod, 'metadata', 'name'), 253));
  const shown = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  return [
    {
      id: 'DefaultAccountUsed',
      severity: 'low',
      category: 'access',
      text: `Pods get a token of the default account, whose rights all of them share: ${shown}.`,
      fix: 'Give each program an account of its own, or set automountServiceAccountToken to false.',
      k8sgpt: {
        text: `Default service account is being used by pods: [${names.join(' ')}]`,
        kind: 'Security/ServiceAccount',
      },
    },
  ];
}
