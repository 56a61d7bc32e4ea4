import type { ContainerSpec, Workload } from '../pod-template.ts';
import type { AuditRule } from './rule.ts';
import { flagAt, numberAt } from '../json-fields.ts';
import { perContainer } from './rule.ts';

export const runsAsRoot: AuditRule = {
  id: 'RunsAsRoot',
  severity: 'high',
  category: 'isolation',
  check: perContainer((container, workload) => {
    if (workload.windows) return undefined;
    const own = numberAt(container.spec, 'securityContext', 'runAsUser');
    if ((own ?? numberAt(workload.podSpec, 'securityContext', 'runAsUser')) !== 0) return undefined;
    const base = own === undefined ? workload.podPath : container.path;
    return {
      fieldPath: `${base}.securityContext.runAsUser`,
      text: `Container "${container.name}" runs as root (runAsUser: 0): who breaks out of the program owns everything in the container.`,
      fix: `Run as an unprivileged user: set ${base}.securityContext.runAsUser to the image's own user, such as 10001, and runAsNonRoot to true.`,
    };
  }),
};

export const rootNotExcluded: AuditRule = {
  id: 'RootNotExcluded',
  severity: 'medium',
  category: 'isolation',
  check: perContainer((container, workload) => {
    if (workload.windows || userOf(container, workload) !== undefined || nonRoot(container, workload))
      return undefined;
    return {
      fieldPath: `${container.path}.securityContext.runAsNonRoot`,
      text: `Container "${container.name}" runs as whatever user the image names, which is root for most images: neither runAsNonRoot nor runAsUser is set.`,
      fix: `Forbid root: set ${workload.podPath}.securityContext.runAsNonRoot to true, and runAsUser (such as 10001) if the image names no user.`,
    };
  }),
};

function userOf(container: ContainerSpec, workload: Workload): number | undefined {
  return (
    numberAt(container.spec, 'securityContext', 'runAsUser') ??
    numberAt(workload.podSpec, 'securityContext', 'runAsUser')
  );
}

function nonRoot(container: ContainerSpec, workload: Workload): boolean {
  const own = flagAt(container.spec, 'securityContext', 'runAsNonRoot');
  return own ?? flagAt(workload.podSpec, 'securityContext', 'runAsNonRoot') ?? false;
}
