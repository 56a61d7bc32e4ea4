import { textAt } from '../../json-fields.ts';
import type { ObjectRule } from '../rule.ts';
import { documented } from '../source.ts';

export const lastingToken: ObjectRule = {
  id: 'LastingAccountToken',
  severity: 'medium',
  category: 'secrets',
  reason: 'a copy of it works until someone finds out',
  source: documented(
    'Service accounts: long-lived API tokens',
    'tasks/configure-pod-container/configure-service-account/#manually-create-a-long-lived-api-token-for-a-serviceaccount',
  ),
  kinds: ['Secret'],
  check: (secret) => {
    if (textAt(secret, 'type') !== 'kubernetes.io/service-account-token') return [];
    return [
      {
        fieldPath: 'type',
        text: 'The Secret is a token of a ServiceAccount that never expires.',
        fix: 'Delete it, and let who needs one ask for a token that expires: a projected volume, or kubectl create token.',
      },
    ];
  },
};
