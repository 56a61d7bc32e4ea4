import type { WorkloadRule } from '../rule.ts';
import { flagAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { documented } from '../source.ts';

export const serviceAccountToken: WorkloadRule = {
  id: 'ServiceAccountTokenMounted',
  severity: 'low',
  category: 'isolation',
  reason: 'a stolen token speaks to the API server with the rights of the account',
  cis: '5.1.6',
  source: documented(
    'Service accounts: opt out of automounting',
    'tasks/configure-pod-container/configure-service-account/#opt-out-of-api-credential-automounting',
  ),
  check: (workload) => {
    if (flagAt(workload.podSpec, 'automountServiceAccountToken') === false) return [];
    const account = textAt(workload.podSpec, 'serviceAccountName') || 'default';
    const fieldPath = `${workload.podPath}.automountServiceAccountToken`;
    return [
      {
        fieldPath,
        text: `The Pod gets an API token of ServiceAccount "${quoteText(account, 63)}", unless that account turns it off: who breaks into the program can use it against the API server.`,
        fix: `Do not mount the token: set ${fieldPath} to false if the program does not call the Kubernetes API.`,
      },
    ];
  },
};
