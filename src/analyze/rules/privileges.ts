import type { ContainerSpec, Workload } from '../pod-template.ts';
import type { AuditRule } from './rule.ts';
import { flagAt } from '../json-fields.ts';
import { perContainer } from './rule.ts';

export const privileged: AuditRule = {
  id: 'PrivilegedContainer',
  severity: 'critical',
  category: 'isolation',
  check: perContainer((container, workload) => {
    if (!isPrivileged(container, workload)) return undefined;
    const field = workload.windows ? 'windowsOptions.hostProcess' : 'privileged';
    return {
      fieldPath: `${container.path}.securityContext.${field}`,
      text: `Container "${container.name}" is ${workload.windows ? 'a host process' : 'privileged'}: it has every right on its node, and isolation rules do not hold for it.`,
      fix: `Take the privilege away: remove ${container.path}.securityContext.${field}, and add the one capability or device that is needed.`,
    };
  }),
};

/** A privileged container has every capability, no seccomp filter and may always gain rights: one cause, one finding. */
export function isPrivileged(container: ContainerSpec, workload: Workload): boolean {
  if (!workload.windows) return flagAt(container.spec, 'securityContext', 'privileged') === true;
  const own = flagAt(container.spec, 'securityContext', 'windowsOptions', 'hostProcess');
  return own ?? flagAt(workload.podSpec, 'securityContext', 'windowsOptions', 'hostProcess') ?? false;
}

export const privilegeEscalation: AuditRule = {
  id: 'PrivilegeEscalationAllowed',
  severity: 'medium',
  category: 'isolation',
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
