import { textAt } from '../../json-fields.ts';
import type { Analyzer } from '../analyzer.ts';

export const persistentVolumeClaim: Analyzer = {
  name: 'PersistentVolumeClaim',
  judges: ['PersistentVolumeClaim'],
  reads: ['Event'],
  check: (look) => {
    if (textAt(look.object, 'status', 'phase') !== 'Pending') return [];
    const event = look.events().at(-1);
    if (event?.reason !== 'ProvisioningFailed') return [];
    const message = look.quote(event.message);
    return [
      {
        id: 'ProvisioningFailed',
        severity: 'high',
        fieldPath: 'spec.storageClassName',
        text: `No volume can be made for the claim: ${message}`,
        fix: 'Correct the storage class or what its provisioner needs.',
        evidence: [look.evidence(event)],
        k8sgpt: { text: message },
      },
    ];
  },
};
