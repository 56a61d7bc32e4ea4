import type { ContainerSpec, Workload } from '../../pod-template.ts';
import type { WorkloadRule } from '../rule.ts';
import { textAt } from '../../json-fields.ts';
import { isPrivileged } from './privileges.ts';
import { perContainer } from '../rule.ts';
import { podSecurity } from '../source.ts';

export const seccompUnconfined: WorkloadRule = {
  id: 'SeccompUnconfined',
  severity: 'medium',
  category: 'isolation',
  reason: 'system calls that no program needs are the usual way into the kernel',
  ...podSecurity('baseline', 'Seccomp'),
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

export const seccompUnset: WorkloadRule = {
  id: 'SeccompUnset',
  severity: 'low',
  category: 'isolation',
  reason: 'most nodes apply no filter of system calls unless a Pod asks for it',
  ...podSecurity('restricted', 'Seccomp'),
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
