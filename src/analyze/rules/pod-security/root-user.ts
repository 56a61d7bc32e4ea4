import type { ContainerSpec, Workload } from '../../pod-template.ts';
import type { WorkloadRule } from '../rule.ts';
import { flagAt, numberAt, textAt } from '../../json-fields.ts';
import { quoteText } from '../../quote-text.ts';
import { perContainer } from '../rule.ts';
import { documented, podSecurity } from '../source.ts';
import { hasUserNamespace } from './user-namespace.ts';

export const runsAsRoot: WorkloadRule = {
  id: 'RunsAsRoot',
  severity: 'high',
  category: 'isolation',
  reason: 'root in the container is root of the node as soon as one wall breaks',
  cis: '5.2.7',
  ...podSecurity('restricted', 'Running as Non-root user'),
  check: perContainer((container, workload) => {
    if (workload.windows || hasUserNamespace(workload)) return undefined;
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

export const rootNotExcluded: WorkloadRule = {
  id: 'RootNotExcluded',
  severity: 'medium',
  category: 'isolation',
  reason: 'most images run as root when nothing forbids it',
  cis: '5.2.7',
  ...podSecurity('restricted', 'Running as Non-root'),
  check: perContainer((container, workload) => {
    if (hasUserNamespace(workload) || nonRoot(container, workload)) return undefined;
    if (workload.windows ? isPlainUser(container, workload) : userOf(container, workload) !== undefined)
      return undefined;
    return {
      fieldPath: `${container.path}.securityContext.runAsNonRoot`,
      text: workload.windows
        ? `Container "${container.name}" may run as the administrator of the container: runAsNonRoot is not set.`
        : `Container "${container.name}" runs as whatever user the image names, which is root for most images: neither runAsNonRoot nor runAsUser is set.`,
      fix: workload.windows
        ? `Forbid the administrator: set ${workload.podPath}.securityContext.runAsNonRoot to true, and windowsOptions.runAsUserName to ContainerUser.`
        : `Forbid root: set ${workload.podPath}.securityContext.runAsNonRoot to true, and runAsUser (such as 10001) if the image names no user.`,
    };
  }),
};

/** Info: the number forbids root as well, but a cluster that enforces the standard wants it said. */
export const nonRootNotEnforced: WorkloadRule = {
  id: 'NonRootNotEnforced',
  severity: 'info',
  category: 'isolation',
  reason: 'a namespace that enforces the standard refuses the Pod',
  ...podSecurity('restricted', 'Running as Non-root'),
  check: perContainer((container, workload) => {
    if (hasUserNamespace(workload) || nonRoot(container, workload)) return undefined;
    const isPlain = workload.windows
      ? isPlainUser(container, workload)
      : (userOf(container, workload) ?? 0) !== 0;
    if (!isPlain) return undefined;
    const user = workload.windows ? userNameOf(container, workload) : userOf(container, workload);
    return {
      fieldPath: `${container.path}.securityContext.runAsNonRoot`,
      text: `Container "${container.name}" runs as user ${user}, and runAsNonRoot does not say that it must not be root.`,
      fix: `Set ${workload.podPath}.securityContext.runAsNonRoot to true.`,
    };
  }),
};

/** Info: root of a user namespace is nobody on the node, and the standard allows it since Kubernetes 1.35. */
export const rootInUserNamespace: WorkloadRule = {
  id: 'RootInUserNamespace',
  severity: 'info',
  category: 'isolation',
  reason: 'root still owns every file of the container',
  source: documented('User namespaces', 'concepts/workloads/pods/user-namespaces/'),
  check: perContainer((container, workload) => {
    if (workload.windows || !hasUserNamespace(workload)) return undefined;
    const user = userOf(container, workload);
    if (user === undefined ? nonRoot(container, workload) : user !== 0) return undefined;
    return {
      fieldPath: `${container.path}.securityContext.runAsNonRoot`,
      text: `Container "${container.name}" ${user === 0 ? 'runs' : 'may run'} as root of a user namespace, which is an unprivileged user of the node.`,
      fix: `Run as an unprivileged user there, too, if the program can: set ${workload.podPath}.securityContext.runAsNonRoot to true.`,
    };
  }),
};

function userOf(container: ContainerSpec, workload: Workload): number | undefined {
  return (
    numberAt(container.spec, 'securityContext', 'runAsUser') ??
    numberAt(workload.podSpec, 'securityContext', 'runAsUser')
  );
}

/** '' where the image decides. */
function userNameOf(container: ContainerSpec, workload: Workload): string {
  const path = ['securityContext', 'windowsOptions', 'runAsUserName'] as const;
  return quoteText(textAt(container.spec, ...path) || textAt(workload.podSpec, ...path), 200);
}

/** Windows has no users with numbers; this one, also as a member of a domain, is what stands for root there. */
function isPlainUser(container: ContainerSpec, workload: Workload): boolean {
  const name = userNameOf(container, workload).toLowerCase();
  return name !== '' && !/(?:^|\\)(?:container)?administrator$/.test(name);
}

function nonRoot(container: ContainerSpec, workload: Workload): boolean {
  const own = flagAt(container.spec, 'securityContext', 'runAsNonRoot');
  return own ?? flagAt(workload.podSpec, 'securityContext', 'runAsNonRoot') ?? false;
}
