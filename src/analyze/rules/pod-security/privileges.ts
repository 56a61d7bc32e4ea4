import type { ContainerSpec, Workload } from '../../pod-template.ts';
import type { WorkloadRule } from '../rule.ts';
import { flagAt } from '../../json-fields.ts';
import { perContainer } from '../rule.ts';
import { podSecurity } from '../source.ts';

export const privileged: WorkloadRule = {
  id: 'PrivilegedContainer',
  severity: 'critical',
  category: 'isolation',
  reason: 'whoever gets into the program controls the node and all that runs on it',
  cis: '5.2.2',
  ...podSecurity('baseline', 'Privileged Containers'),
  check: perContainer((container) => {
    if (flagAt(container.spec, 'securityContext', 'privileged') !== true) return undefined;
    return {
      fieldPath: `${container.path}.securityContext.privileged`,
      text: `Container "${container.name}" is privileged: it has every right on its node, and isolation rules do not hold for it.`,
      fix: `Take the privilege away: remove ${container.path}.securityContext.privileged, and add the one capability or device that is needed.`,
    };
  }),
};

export const hostProcess: WorkloadRule = {
  id: 'HostProcessContainer',
  severity: 'critical',
  category: 'isolation',
  reason:
    'it is not a container but a process of the Windows node, with the rights of an account of the node',
  cis: '5.2.11',
  ...podSecurity('baseline', 'HostProcess'),
  check: perContainer((container, workload) => {
    if (!isHostProcess(container, workload)) return undefined;
    const own = flagAt(container.spec, ...hostProcessField) !== undefined;
    const fieldPath = `${own ? container.path : workload.podPath}.${hostProcessField.join('.')}`;
    return {
      fieldPath,
      text: `Container "${container.name}" is a host process: it runs on its Windows node without isolation.`,
      fix: `Run it as a container: remove ${fieldPath}, and hostNetwork with it.`,
    };
  }),
};

const hostProcessField = ['securityContext', 'windowsOptions', 'hostProcess'] as const;

/** Whether the container is a host process; what it says itself goes before what its Pod says. */
export function isHostProcess(container: ContainerSpec, workload: Workload): boolean {
  return (
    flagAt(container.spec, ...hostProcessField) ?? flagAt(workload.podSpec, ...hostProcessField) ?? false
  );
}

/** A privileged container has every capability, no profiles, and may always gain rights: one cause, one finding. */
export function isPrivileged(container: ContainerSpec, workload: Workload): boolean {
  return (
    flagAt(container.spec, 'securityContext', 'privileged') === true || isHostProcess(container, workload)
  );
}

export const privilegeEscalation: WorkloadRule = {
  id: 'PrivilegeEscalationAllowed',
  severity: 'medium',
  category: 'isolation',
  reason: 'a set-uid program in the image can give an attacker root',
  cis: '5.2.6',
  ...podSecurity('restricted', 'Privilege Escalation'),
  check: perContainer((container, workload) => {
    if (workload.windows || isPrivileged(container, workload)) return undefined;
    const set = flagAt(container.spec, 'securityContext', 'allowPrivilegeEscalation');
    if (set === false) return undefined;
    return {
      fieldPath: `${container.path}.securityContext.allowPrivilegeEscalation`,
      text: `Container "${container.name}" may gain more rights than it was started with (allowPrivilegeEscalation is ${set === true ? 'true' : 'unset, which means true'}).`,
      fix: `Forbid privilege escalation: set ${container.path}.securityContext.allowPrivilegeEscalation to false.`,
    };
  }),
};
