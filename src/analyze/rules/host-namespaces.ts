import type { Severity } from '../finding.ts';
import type { AuditRule } from './rule.ts';
import { flagAt } from '../json-fields.ts';

export const hostNetwork: AuditRule = hostNamespace(
  'HostNetwork',
  'high',
  'hostNetwork',
  'uses the network of its node: it reaches services that listen on the node alone, and network policies do not hold for it',
);

export const hostPid: AuditRule = hostNamespace(
  'HostPid',
  'high',
  'hostPID',
  'sees every process of its node, their environment included, and can signal those of its user',
);

export const hostIpc: AuditRule = hostNamespace(
  'HostIpc',
  'high',
  'hostIPC',
  'shares inter-process memory with every process of its node',
);

function hostNamespace(
  id: string,
  severity: Severity,
  field: 'hostNetwork' | 'hostPID' | 'hostIPC',
  meaning: string,
): AuditRule {
  return {
    id,
    severity,
    category: 'isolation',
    check: (workload) => {
      if (flagAt(workload.podSpec, field) !== true) return [];
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
