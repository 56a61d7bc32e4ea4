import type { Analyzer } from '../analyzer.ts';
import { podMakers } from '../selected-pods.ts';
import { defaultAccount } from '../security/default-account.ts';
import { boundWildcards } from '../security/wildcard-role.ts';
import { workloadProblems } from '../security/workload.ts';

/** What the audit rules find of the worst kind, at what can be changed: a workload, not each of its Pods. */
export const security: Analyzer = {
  name: 'Security',
  judges: [...podMakers, 'ReplicaSet', 'ServiceAccount', 'Role', 'ClusterRole'],
  reads: ['RoleBinding', 'ClusterRoleBinding'],
  check: (look) => {
    switch (look.object.kind) {
      case 'ServiceAccount':
        return defaultAccount(look);
      case 'Role':
      case 'ClusterRole':
        return boundWildcards(look);
      default:
        return workloadProblems(look);
    }
  },
};
