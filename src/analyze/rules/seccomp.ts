import type { ContainerSpec, Workload } from '../pod-template.ts';
import type { AuditRule } from './rule.ts';
import { textAt } from '../json-fields.ts';
import { isPrivileged } from './privileges.ts';
import { perContainer } from './rule.ts';

export const seccompUnconfined: AuditRule = {
  id: 'SeccompUnconfined',
  severity: 'medium',
  category: 'isolation',
  check: perContainer((container, workload) => {
    if (workload.windows || isPrivileged(container, workload)) return undefined;
    if (profileOf(container, workload) !== 'Unconfined') return undefined;
    const own = textAt(container.spec, 'securityContext', 'seccompProfile', 'type') !== '';
    const path = `${own ? container.path : workload.podPath}.securityContext.seccompProfile.type`;
    return {
      fieldPath: path,
      text: `Container "${container.name}" may make every system call: its seccomp profile is Unconfined.`,
      fix: `Filter system calls: set ${path} to RuntimeDefault.`,
    };
  }),
};

export const seccompUnset: AuditRule = {
  id: 'SeccompUnset',
  severity: 'low',
  category: 'isolation',
  check: perContainer((container, workload) => {
    if (workload.windows || isPrivileged(container, workload) || profileOf(container, workload) !== '')
      return undefined;
    return {
      fieldPath: `${container.path}.securityContext.seccompProfile`,
      text: `Container "${container.name}" has no seccomp profile: unless the node sets one, every system call is allowed.`,
      fix: `Filter system calls: set ${workload.podPath}.securityContext.seccompProfile.type to RuntimeDefault.`,
    };
  }),
};

function profileOf(container: ContainerSpec, workload: Workload): string {
  const own = textAt(container.spec, 'securityContext', 'seccompProfile', 'type');
  return own === '' ? textAt(workload.podSpec, 'securityContext', 'seccompProfile', 'type') : own;
}
