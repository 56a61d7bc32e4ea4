import { flagAt } from '../../json-fields.ts';
import type { Workload } from '../../pod-template.ts';
import type { WorkloadRule } from '../rule.ts';
import { podSecurity } from '../source.ts';
import { isHostProcess } from './privileges.ts';

export const hostNetwork: WorkloadRule = hostNamespace('HostNetwork', 'hostNetwork', {
  reason: 'services of the node and of the cloud that trust local callers are open to it',
  cis: '5.2.5',
  meaning:
    'uses the network of its node: it reaches services that listen on the node alone, and network policies do not hold for it',
});

export const hostPid: WorkloadRule = hostNamespace('HostPid', 'hostPID', {
  reason: 'arguments and environments of other processes hold their secrets',
  cis: '5.2.3',
  meaning: 'sees every process of its node, their environment included, and can signal those of its user',
});

export const hostIpc: WorkloadRule = hostNamespace('HostIpc', 'hostIPC', {
  reason: 'shared memory of other programs can be read and changed',
  cis: '5.2.4',
  meaning: 'shares inter-process memory with every process of its node',
});

function hostNamespace(
  id: string,
  field: 'hostNetwork' | 'hostPID' | 'hostIPC',
  { reason, cis, meaning }: { readonly reason: string; readonly cis: string; readonly meaning: string },
): WorkloadRule {
  return {
    id,
    severity: 'high',
    category: 'isolation',
    reason,
    cis,
    ...podSecurity('baseline', 'Host Namespaces'),
    check: (workload) => {
      if (flagAt(workload.podSpec, field) !== true || isImplied(workload, field)) return [];
      const fieldPath = `${workload.podPath}.${field}`;
      return [
        {
          fieldPath,
          text: `The Pod ${meaning}.`,
          fix: `Leave the host's namespace: remove ${fieldPath} or set it to false.`,
        },
      ];
    },
  };
}

/** The API server takes host processes only with the network of the host: one cause. */
function isImplied(workload: Workload, field: string): boolean {
  return field === 'hostNetwork' && workload.containers.some((each) => isHostProcess(each, workload));
}
