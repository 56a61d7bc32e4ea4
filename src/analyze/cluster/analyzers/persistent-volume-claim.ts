import { textAt } from '../../json-fields.ts';
import type { Analyzer } from '../analyzer.ts';
import { settlingMs, sinceMs } from '../rollout-grace.ts';

export const persistentVolumeClaim: Analyzer = {
  name: 'PersistentVolumeClaim',
  judges: ['PersistentVolumeClaim'],
  reads: ['Event'],
  check: (look) => {
    if (textAt(look.object, 'status', 'phase') !== 'Pending') return [];
    const event = look.events().at(-1);
    const made = textAt(look.object, 'metadata', 'creationTimestamp');
    // A volume may be made by hand right after its claim.
    const isUnbound = event?.reason === 'FailedBinding' && sinceMs(look, made) >= settlingMs;
    if (event === undefined || (event.reason !== 'ProvisioningFailed' && !isUnbound)) return [];
    const message = look.quote(event.message);
    return [
      {
        id: event.reason,
        severity: 'high',
        fieldPath: 'spec.storageClassName',
        text: isUnbound
          ? `No volume fits the claim: ${message}`
          : `No volume can be made for the claim: ${message}`,
        fix: isUnbound
          ? 'Name a storage class, mark one as the default, or make a volume that fits.'
          : 'Correct the storage class or what its provisioner needs.',
        evidence: [look.evidence(event)],
        ...(isUnbound ? {} : { k8sgpt: { text: message } }),
      },
    ];
  },
};
